/** Real WebRTC from Chromium with fake devices, the ways round a network that blocks it, and several people at one stream. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type CameraLoop, makeCameraLoop } from '../support/camera-loop.ts';
import { launchChromium } from '../support/chromium.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { Person } from './person.ts';

let folder: string;
let loop: CameraLoop;
let server: TestServer;
let browser: Browser;
const faults: string[] = [];
const open: Page[] = [];

/** Takes candidates out of every answer before the browser sees them: what a firewall would do, without one. */
const without = (candidates: string): string => `{
  const apply = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp }) {
    return apply.call(this, { type, sdp: sdp.replace(/^a=candidate:\\S+ \\d+ (${candidates}) .*\\r\\n/gim, '') });
  };
}`;

const named = (name: string): string =>
  `localStorage.setItem('counterpoise.settings', ${JSON.stringify(JSON.stringify({ name }))})`;

/** A page of its own context: nothing is shared but the server. */
async function visit(query = '', script = '', size = { width: 1440, height: 1000 }): Promise<Person> {
  const context = await browser.newContext({ viewport: size, colorScheme: 'dark' });
  const page = await context.newPage();
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  if (script !== '') await page.addInitScript(script);
  await page.goto(`http://127.0.0.1:${server.running.port}/${query}`);
  open.push(page);
  return new Person(page, loop);
}

const transport = ({ page }: Person) => page.getByRole('status', { name: 'Transport' });
const way = (person: Person) => transport(person).getAttribute('data-transport');
const session = (person: Person) => transport(person).getAttribute('data-session');
const generation = async (person: Person) => Number(await transport(person).getAttribute('data-generation'));
/** Answers received in the last minute. */
const answers = async ({ page }: Person) =>
  Number(await page.getByRole('status', { name: 'Lag' }).getAttribute('data-count'));

async function start(person: Person): Promise<void> {
  await person.page.getByRole('button', { name: 'Use my camera' }).click();
}

/** Whatever it is: the loop covers the lens for a while, and it pauses between words. */
const ARRIVES = /^(live|dark|frozen|silent)$/;
const ABSENT = /^(missing|muted|none)$/;

async function arrives(person: Person, ...senses: readonly ('Sound' | 'Picture')[]): Promise<void> {
  for (const sense of senses)
    await expect.poll(() => person.state(sense), { timeout: 20_000 }).toMatch(ARRIVES);
}

/** More answers come. */
async function goesOn(person: Person, timeout = 10_000): Promise<void> {
  const before = await answers(person);
  await expect.poll(() => answers(person), { timeout }).toBeGreaterThan(before + 3);
}

/** Process ids of the media workers: children of this process, in which the server runs. */
function workers(): readonly number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      const [, name = '', parent = ''] =
        /^\d+ \((.*)\) \S (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
      return name.startsWith('mediasoup') && Number(parent) === process.pid;
    } catch {
      return false; // it has ended meanwhile
    }
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'counterpoise-loop-'));
  loop = await makeCameraLoop(folder, 1);
  server = await startServer(['--rtc-workers', '2', '--rtc-port', '0']);
  if (!server.running.webrtc.available) throw new Error(`no WebRTC here: ${server.running.webrtc.reason}`);
  browser = await launchChromium({ fakeVideo: loop.video, fakeAudio: loop.audio });
});

afterEach(async () => {
  for (const page of open.splice(0)) await page.context().close();
  expect(faults.splice(0)).toEqual([]);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

describe('the page over WebRTC', () => {
  it('streams over UDP, and says what arrives', async () => {
    const person = await visit();
    await start(person);
    await expect.poll(() => way(person), { timeout: 10_000 }).toBe('WebRTC · UDP');
    await arrives(person, 'Sound', 'Picture');
    await goesOn(person);
    expect(await person.page.locator('.stage').getAttribute('data-path')).toBe('webrtc');
    const row = (name: string) => person.page.getByRole('row', { name });
    await expect.poll(() => row('Coded as').textContent()).toMatch(/Opus.*VP8 \d+×\d+/);
    await expect.poll(() => row('Arriving').textContent()).toMatch(/packets\/s.*fps/);
    await transport(person).scrollIntoViewIfNeeded();
    await person.screenshot('10-webrtc');
  });

  it('lets one sense go on when the other is switched off, and takes it back', async () => {
    const person = await visit();
    await start(person);
    await arrives(person, 'Sound', 'Picture');
    for (const [off, other] of [
      ['Sound', 'Picture'],
      ['Picture', 'Sound'],
    ] as const) {
      const button = person.page.getByRole('button', { name: `${off} on` });
      await button.click();
      await expect.poll(() => person.state(off), { timeout: 10_000 }).toMatch(ABSENT);
      await goesOn(person);
      expect(await person.state(other)).toMatch(ARRIVES);
      await button.click();
      await arrives(person, 'Sound', 'Picture');
      await goesOn(person);
    }
  });

  it('goes by TCP where UDP does not get through', async () => {
    const person = await visit('', without('udp'));
    await start(person);
    await expect.poll(() => way(person), { timeout: 10_000 }).toBe('WebRTC · TCP');
    await arrives(person, 'Sound', 'Picture');
    expect(await transport(person).textContent()).toContain('UDP did not get through');
    await transport(person).scrollIntoViewIfNeeded();
    await person.screenshot('11-webrtc-tcp');
  });

  it('goes by the WebSocket within five seconds where neither does, and comes back when asked', async () => {
    const person = await visit('', without('udp|tcp'));
    await start(person);
    const began = performance.now();
    await expect.poll(() => way(person), { timeout: 10_000, interval: 50 }).toBe('WebSocket');
    expect(performance.now() - began).toBeLessThan(5000);
    await arrives(person, 'Sound', 'Picture');
    await goesOn(person);
    expect(await transport(person).textContent()).toMatch(
      /did not connect within 4 s.*Let .*port \d+ of .*through/s,
    );
    await transport(person).scrollIntoViewIfNeeded();
    await person.screenshot('12-websocket');
    await person.page.getByRole('button', { name: 'Try WebRTC again' }).click();
    await expect.poll(() => generation(person)).toBe(2);
    await expect.poll(() => way(person), { timeout: 10_000 }).toBe('WebSocket');
    await goesOn(person);
  });

  it('comes back within three seconds of a killed worker, to the same session and ribbon', async () => {
    const person = await visit();
    await start(person);
    await arrives(person, 'Sound', 'Picture');
    await goesOn(person);
    const [before, id] = [await generation(person), await session(person)];
    const ribbon = person.page.getByRole('slider', { name: 'Ribbon of the last minute' });
    const tiles = Number(await ribbon.getAttribute('data-tiles'));
    for (const pid of workers()) process.kill(pid, 'SIGKILL');
    await expect.poll(() => generation(person), { timeout: 3000, interval: 20 }).toBeGreaterThan(before);
    await expect.poll(() => way(person), { timeout: 3000, interval: 20 }).toBe('WebRTC · UDP');
    await goesOn(person);
    await arrives(person, 'Sound', 'Picture');
    expect(await session(person)).toBe(id);
    expect(Number(await ribbon.getAttribute('data-tiles'))).toBeGreaterThan(tiles);
  });

  it('lets another person watch and correct, and shows both who said it', async () => {
    const host = await visit('', named('Ada'));
    await start(host);
    await arrives(host, 'Sound', 'Picture');
    await host.addClass('Door');
    await goesOn(host);
    const guest = await visit('?watch', named('Bo'));
    expect(await session(guest)).toBe(await session(host));
    await arrives(guest, 'Sound', 'Picture');
    await guest.page
      .getByRole('group', { name: 'Correct the answer' })
      .getByRole('button', { name: 'Door' })
      .click();
    const row = host.page.locator('.label-row').first();
    await expect.poll(() => row.textContent(), { timeout: 10_000 }).toMatch(/Door.*by Bo/);
    await expect
      .poll(() => guest.page.locator('.label-row').first().getAttribute('data-state'), { timeout: 10_000 })
      .toBe('saved');
    await transport(guest).scrollIntoViewIfNeeded();
    await guest.screenshot('13-watching');
    await guest.page.getByRole('link', { name: 'Back to my own' }).click();
    await guest.page.getByRole('link', { name: "Watch Ada's browser" }).waitFor();
  });

  it('checks camera and connection, all green', async () => {
    const person = await visit();
    await person.page.getByRole('button', { name: 'Check camera and connection' }).click();
    const states = () =>
      person.page
        .locator('.check-line')
        .evaluateAll((lines) => lines.map((line) => line.getAttribute('data-state')));
    await expect.poll(states, { timeout: 15_000 }).toEqual(Array(7).fill('good'));
    await person.screenshot('14-check');
    await person.page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    await expect.poll(() => way(person)).toBe('idle');
  });
});
