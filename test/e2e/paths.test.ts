/** The ways to capture that other browsers need, end to end: media arrive, a label is learned, and the span plays back. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { PICTURES_OF_A_SELECTION, PLAYBACK_PROBE, play, selectNewest } from './playback.ts';
import { Screen } from './screen.ts';

let server: TestServer;
let browser: Browser;

beforeAll(async () => {
  server = await startServer();
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** As a browser that never had them. */
const NO_WEBCODECS = [
  'MediaStreamTrackProcessor',
  'VideoEncoder',
  'VideoDecoder',
  'AudioEncoder',
  'AudioDecoder',
]
  .map((name) => `delete globalThis.${name};`)
  .join('');

it.each([
  { path: 'page', query: '?path=page', script: '', sends: 'VP8 and Opus, encoded in the page' },
  { path: 'plain', query: '', script: NO_WEBCODECS, sends: 'JPEG and PCM: this browser has no WebCodecs' },
])('path $path: sends, learns, answers and plays back', async ({ path, query, script, sends }) => {
  const url = `http://127.0.0.1:${server.running.port}/${query}`;
  const screen = await Screen.open(browser, url, { script: script + PLAYBACK_PROBE });
  await screen.start('Use my camera');
  expect(await screen.page.locator('.stage').getAttribute('data-path')).toBe(path);
  await screen.becomes('Sound', 'live');
  await screen.becomes('Picture', 'live');
  await screen.teach(`by ${path}`, path === 'page' ? 1 : 2, 4);
  // Both classes were shown the same, so that which of them is answered says nothing; that one of them is, does.
  await expect.poll(() => screen.answer(), { timeout: 15_000 }).toMatch(/^by /);
  expect(await screen.page.getByText(sends).count()).toBe(1);
  await selectNewest(screen);
  const played = await play(screen, () => screen.screenshot(`path-${path}`));
  expect(played.pictures).toBeGreaterThanOrEqual(PICTURES_OF_A_SELECTION);
  expect(played.seconds).toBeGreaterThan(3);
  expect(played.rms).toBeGreaterThan(0.005); // the fake microphone beeps
  expect(screen.faults).toEqual([]);
  await screen.close();
});
