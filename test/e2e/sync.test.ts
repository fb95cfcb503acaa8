/**
 * One clock: a camera and a microphone that show a flash and a beep in step, a page that sends them, and how far apart the server
 * has them, against what the page's own tracks said.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Micros, micros } from '../../proto/units.ts';
import { WireClient } from '../../server/cli/wire-client.ts';
import { DEFAULT_AUDIO_BIAS } from '../../server/ingest/audio-ingest.ts';
import { launchChromium } from '../support/chromium.ts';
import { makeFlashClip } from '../support/flash-clip.ts';
import { median, quantile, skewErrors } from '../support/flash-events.ts';
import { TRUTH_SCRIPT, takeTruth } from '../support/page-truth.ts';
import { mediaNow, playBack, ribbonEvents } from '../support/ribbon-events.ts';
import { startServer } from '../support/server.ts';

/** Events come once a second; of 24 the worst may be beyond the bound of 95 %. */
const SECONDS = 24;
const SETTLE_MS = 3000;

let folder: string;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'counterpoise-flash-'));
  const clip = await makeFlashClip(folder);
  browser = await launchChromium({ fakeVideo: clip.video, fakeAudio: clip.audio });
});

afterAll(async () => {
  await browser?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function streaming(page: Page): Promise<void> {
  const state = (name: string) => page.getByRole('group', { name, exact: true }).getAttribute('data-state');
  await page.getByRole('button', { name: 'Use my camera' }).click();
  await expect.poll(() => state('Sound'), { timeout: 20_000 }).toBe('live');
  await expect.poll(() => state('Picture'), { timeout: 20_000 }).toBe('live');
}

/** Errors of `seconds` of streaming, microseconds, positive where the sound is stamped late. */
async function measure(url: string, page: Page, bias: Micros, seconds: number): Promise<readonly number[]> {
  await page.waitForTimeout(SETTLE_MS);
  await takeTruth(page);
  const { client, welcome } = await WireClient.connect({
    url,
    token: null,
    sessionName: '',
    pace: 'live',
    by: '',
    role: 'watch',
  });
  await page.waitForTimeout(seconds * 1000);
  const truth = await takeTruth(page);
  const now = await mediaNow(client);
  const shift = now - (await page.evaluate<number>('performance.now()')) * 1e3;
  const start = micros(now - (seconds + 1) * 1e6);
  const made = await ribbonEvents(await playBack(client, welcome.sessionId, start, now), bias);
  client.close();
  return skewErrors(truth, made, shift);
}

function report(way: string, errors: readonly number[]): void {
  const ms = (us: number): string => (us / 1e3).toFixed(1);
  const absolute = errors.map(Math.abs);
  const figures = `median ${ms(median(errors))}, |error| p95 ${ms(quantile(absolute, 0.95))}, worst ${ms(quantile(absolute, 1))} ms`;
  process.stdout.write(`sound against picture over ${way}: ${figures}, n ${errors.length}\n`);
}

describe('the stamps of sound and picture', () => {
  it('are within 10 ms of the truth over WebSocket', async () => {
    const server = await startServer();
    const page = await browser.newPage();
    try {
      await page.addInitScript(TRUTH_SCRIPT);
      await page.goto(`http://127.0.0.1:${server.running.port}/?path=websocket`);
      await streaming(page);
      const errors = await measure(server.url, page, DEFAULT_AUDIO_BIAS.websocket, SECONDS);
      report('WebSocket', errors);
      expect(errors.length).toBeGreaterThanOrEqual(SECONDS * 0.75);
      expect(quantile(errors.map(Math.abs), 0.95)).toBeLessThanOrEqual(10_000);
    } finally {
      await page.close();
      await server.close();
    }
  });
});
