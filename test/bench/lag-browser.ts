/** Lag as the page sees it, in Chromium with a fake camera and microphone. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { quantile } from '../../server/cli/scoring.ts';
import { makeCameraLoop } from '../support/camera-loop.ts';
import { launchChromium } from '../support/chromium.ts';
import { Gateway } from './gateway.ts';
import { type BenchOptions, LAG_TARGET_MS } from './lag-cli.ts';
import type { Measured } from './report.ts';

const SECONDS = { whole: 35, quick: 10 };
const WARM_UP_SECONDS = 5;

/** Runs in the page, as text because benches know no DOM types: every change of the lag chip is one answer. */
const WATCH = `(() => {
  globalThis.benchLags = [];
  new MutationObserver(() => {
    const chip = document.querySelector('[aria-label="Lag"]');
    if (chip) globalThis.benchLags.push([performance.now(), Number(chip.dataset.last)]);
  }).observe(document.querySelector('[aria-label="Lag"]'), { attributes: true, attributeFilter: ['data-last', 'data-count'] });
  return performance.now();
})()`;

const CHIP = `(() => {
  const { count, p50, p95 } = document.querySelector('[aria-label="Lag"]').dataset;
  return { count: Number(count), p50: Number(p50), p95: Number(p95) };
})()`;

type Chip = { readonly count: number; readonly p50: number; readonly p95: number };

async function watchLags(page: Page, seconds: number) {
  await page.getByRole('button', { name: 'Use my camera' }).click();
  await page.locator('[aria-label="Lag"]').waitFor({ timeout: 30_000 });
  const began = await page.evaluate<number>(WATCH);
  await page.waitForTimeout(1e3 * (WARM_UP_SECONDS + seconds));
  const seen = await page.evaluate<[number, number][]>('globalThis.benchLags');
  const chip = await page.evaluate<Chip>(CHIP);
  const steady = seen.filter(([at]) => at - began >= 1e3 * WARM_UP_SECONDS).map(([, lag]) => lag);
  return { all: seen.map(([, lag]) => lag), steady, chip };
}

async function inChromium(port: number, seconds: number) {
  const folder = await mkdtemp(join(tmpdir(), 'counterpoise-bench-loop-'));
  try {
    const { video, audio } = await makeCameraLoop(folder);
    const browser = await launchChromium({ fakeVideo: video, fakeAudio: audio });
    try {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      await page.goto(`http://127.0.0.1:${port}/`);
      return await watchLags(page, seconds);
    } finally {
      await browser.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @returns the page's own lag of each answer, and what its lag chip says. */
export async function lagFromBrowser({ quick }: BenchOptions): Promise<Measured> {
  const gateway = await Gateway.start();
  try {
    const lags = await inChromium(gateway.port, quick ? SECONDS.quick : SECONDS.whole);
    const { all, steady, chip } = lags;
    return {
      what:
        "the page's own lag of each answer (window's last sample on its capture clock to the prediction's receipt), read from " +
        `its lag chip at every change; the first ${WARM_UP_SECONDS} s left out. Software rendering and two encoders share the cores`,
      figures: [
        { name: 'lag p50', value: quantile(steady, 0.5), unit: 'ms' },
        { name: 'lag p95', value: quantile(steady, 0.95), unit: 'ms', atMost: LAG_TARGET_MS },
        { name: 'lag max', value: quantile(steady, 1), unit: 'ms' },
        { name: 'windows', value: steady.length, unit: '' },
        { name: 'p95 with the first seconds', value: quantile(all, 0.95), unit: 'ms' },
        { name: "the chip's own p95", value: chip.p95, unit: 'ms' },
      ],
      detail: lags,
    };
  } finally {
    await gateway.close();
  }
}
