/**
 * The states that must look right: what the page says, and goes on doing, when permission, devices, signals or the fast
 * backend are missing. Every one in a real browser against a real server.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ChromiumOptions, launchChromium } from '../support/chromium.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { makeStillRoom } from '../support/still-room.ts';
import { Screen, type ScreenOptions } from './screen.ts';

let server: TestServer;
let browser: Browser | null = null;

const urlOf = ({ running }: TestServer): string => `http://127.0.0.1:${running.port}/`;

/** A browser of its own, closed after the test. */
async function visit(devices: ChromiumOptions, options: ScreenOptions = {}, at = server): Promise<Screen> {
  browser = await launchChromium(devices);
  return Screen.open(browser, urlOf(at), options);
}

beforeAll(async () => {
  server = await startServer();
});

afterEach(async () => {
  await browser?.close();
  browser = null;
});

afterAll(async () => {
  await server?.close();
});

/** The page's words when nothing could be started, and the two ways on. */
async function refused(screen: Screen, code: string): Promise<string> {
  await screen.button('Use my camera').click();
  const start = screen.page.locator(`.start[data-state=${code}]`);
  await start.waitFor({ timeout: 20_000 });
  expect(await screen.button('Try the camera again').isEnabled()).toBe(true);
  expect(await screen.button('Try the demo').isEnabled()).toBe(true);
  return (await start.getByRole('alert').textContent()) ?? '';
}

describe('permission', () => {
  it('says how to allow camera and microphone, and offers the demo, which needs neither', async () => {
    const screen = await visit({ permission: 'asked' });
    expect(await refused(screen, 'ERR_CLIENT_PERMISSION')).toMatch(/blocked for this page\. Allow them/);
    await screen.screenshot('state-permission');
    await screen.start('Try the demo');
    await screen.becomes('Sound', 'live');
    await screen.becomes('Picture', 'live');
    expect(screen.faults).toEqual([]);
  });

  it('goes on with the sound alone where only the camera is blocked', async () => {
    const screen = await visit({ permission: 'asked' }, { context: { permissions: ['microphone'] } });
    await screen.start('Use my camera');
    await screen.becomes('Sound', 'live');
    expect(await screen.note()).toBe('The camera is blocked for this page: sound answers alone.');
    expect(screen.faults).toEqual([]);
  });
});

/** Answers as a browser does whose machine has no microphone: Chromium's fake devices always come with one. */
const NO_MICROPHONE = `{
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (wanted) =>
    wanted.audio ? Promise.reject(new DOMException('Requested device not found', 'NotFoundError')) : ask(wanted);
}`;

describe('devices', () => {
  it('says that there are none, and offers the demo', async () => {
    const screen = await visit({ devices: 'none' });
    expect(await refused(screen, 'ERR_CLIENT_NO_DEVICE')).toMatch(/^No camera or microphone was found/);
    await screen.screenshot('state-no-devices');
    expect(screen.faults).toEqual([]);
  });

  it('learns and answers by sound alone without a camera', async () => {
    const screen = await visit({ devices: 'microphone' });
    await screen.start('Use my camera');
    await screen.becomes('Sound', 'live');
    await screen.becomes('Picture', 'missing');
    expect(await screen.note()).toBe('No camera was found: sound answers alone.');
    expect(await screen.button('Picture on').isDisabled()).toBe(true);
    await screen.teach('beep', 1, 3);
    await expect.poll(() => screen.answer(), { timeout: 15_000 }).toBe('beep');
    expect(await screen.pictureAnswer()).toBe('');
    await screen.screenshot('state-no-camera');
    expect(screen.faults).toEqual([]);
  });

  it('shows the picture alone without a microphone', async () => {
    const screen = await visit({}, { script: NO_MICROPHONE });
    await screen.start('Use my camera');
    await screen.becomes('Picture', 'live');
    await screen.becomes('Sound', 'missing');
    expect(await screen.note()).toBe('No microphone was found: the picture answers alone.');
    expect(await screen.button('Sound on').isDisabled()).toBe(true);
    await screen.screenshot('state-no-microphone');
    expect(screen.faults).toEqual([]);
  });
});

/** In the page: the system does to a track of the live picture what a test cannot make it do. */
const track = (kind: 'Audio' | 'Video', what: string): string =>
  `{ const [track] = document.querySelector('video').srcObject.get${kind}Tracks(); ${what} }`;
const MUTE = `Object.defineProperty(track, 'muted', { get: () => true, configurable: true });
  track.dispatchEvent(new Event('mute'))`;
const UNMUTE = "delete track.muted; track.dispatchEvent(new Event('unmute'))";
const UNPLUG = "track.stop(); track.dispatchEvent(new Event('ended'))";

describe('a sense that stops', () => {
  it('is off while the person has switched it off, muted while the system has, and comes back', async () => {
    const screen = await visit({});
    await screen.start('Use my camera');
    await screen.becomes('Sound', 'live');
    await screen.becomes('Picture', 'live');
    await screen.button('Picture on').click();
    await screen.becomes('Picture', 'muted');
    expect(await screen.button('Picture on').getAttribute('aria-pressed')).toBe('false');
    expect(await screen.note()).toBe('Picture is off: sound answers alone.');
    await screen.screenshot('state-picture-off');
    await screen.button('Picture on').click();
    await screen.becomes('Picture', 'live');

    await screen.page.evaluate(track('Audio', MUTE));
    await screen.becomes('Sound', 'muted');
    expect(await screen.note()).toBe('The system has muted the microphone: the picture answers alone.');
    await screen.screenshot('state-sound-muted');
    await screen.page.evaluate(track('Audio', UNMUTE));
    await screen.becomes('Sound', 'live');
    expect(await screen.note()).toBe('');
    expect(screen.faults).toEqual([]);
  });

  it('has stopped when its device has gone, until it is started again', async () => {
    const screen = await visit({});
    await screen.start('Use my camera');
    await screen.becomes('Picture', 'live');
    await screen.page.evaluate(track('Video', UNPLUG));
    await screen.becomes('Picture', 'muted');
    expect(await screen.note()).toBe('The camera has stopped: sound answers alone.');
    expect(await screen.button('Picture on').isDisabled()).toBe(true);
    await screen.screenshot('state-camera-ended');
    await screen.button('Start again').click();
    await screen.becomes('Picture', 'live');
    await screen.becomes('Sound', 'live');
    expect(await screen.note()).toBe('');
    expect(screen.faults).toEqual([]);
  });
});

describe('signals', () => {
  it('calls a picture that stands still frozen and a microphone that hears nothing silent', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'counterpoise-still-'));
    const { video, audio } = await makeStillRoom(folder);
    const screen = await visit({ fakeVideo: video, fakeAudio: audio });
    await screen.start('Use my camera');
    await screen.becomes('Sound', 'silent');
    await screen.becomes('Picture', 'frozen');
    await screen.screenshot('state-frozen-silent');
    expect(screen.faults).toEqual([]);
    await rm(folder, { recursive: true, force: true });
  });
});

describe("on a server without TensorFlow's library", () => {
  it('says that WebAssembly computes and why, and still learns from the first label', async () => {
    const slow = await startServer(['--backend', 'wasm']);
    const screen = await visit({}, {}, slow);
    const chip = screen.status('Model');
    await expect.poll(() => chip.getAttribute('data-state'), { timeout: 20_000 }).toBe('wasm');
    expect(await chip.textContent()).toBe('model v0 · wasm');
    expect(await screen.group('Backend').textContent()).toMatch(/WebAssembly fallback.*wasm was asked for/);
    await screen.start('Use my camera');
    await screen.becomes('Sound', 'live');
    await screen.teach('pattern', 1, 3);
    await expect.poll(() => screen.answer(), { timeout: 30_000 }).toBe('pattern');
    await screen.group('Backend').scrollIntoViewIfNeeded();
    await screen.screenshot('state-wasm');
    expect(screen.faults).toEqual([]);
    await browser?.close(); // before its server, which the page would miss
    await slow.close();
  });
});
