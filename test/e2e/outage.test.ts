/** A network that lets nothing through for five seconds, between a page and the server. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { workerBinary } from '../support/sfu.ts';
import { CLEAN, freePort, relayInitScript, UdpRelay } from '../support/udp-relay.ts';

const binary = await workerBinary();
const OUTAGE_MS = 5000;

describe.skipIf(binary === null)('a page whose network fails for five seconds', () => {
  let server: TestServer;
  let relay: UdpRelay;
  let browser: Browser;

  beforeAll(async () => {
    const port = await freePort();
    server = await startServer(['--rtc-workers', '1', '--rtc-port', String(port)]);
    relay = await UdpRelay.open(9, port);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    relay?.close();
    await server?.close();
  });

  it('goes on by itself, in the same session', async () => {
    const page = await browser.newPage();
    await page.addInitScript(relayInitScript(relay.port));
    await page.goto(`http://127.0.0.1:${server.running.port}/`);
    await page.getByRole('button', { name: 'Use my camera' }).click();
    const status = page.getByRole('status', { name: 'Transport' });
    const state = (name: string) => page.getByRole('group', { name, exact: true }).getAttribute('data-state');
    const both = async () => [await state('Sound'), await state('Picture')];
    await expect.poll(both, { timeout: 30_000 }).toEqual(['live', 'live']);
    expect(await status.getAttribute('data-transport')).toBe('WebRTC · UDP');
    const session = await status.getAttribute('data-session');
    const answers = async () =>
      Number(await page.getByRole('status', { name: 'Lag' }).getAttribute('data-count'));

    relay.shape = { ...CLEAN, outage: true };
    await page.waitForTimeout(OUTAGE_MS);
    const before = await answers();
    relay.shape = CLEAN;
    const began = performance.now();
    await expect.poll(answers, { timeout: 20_000 }).toBeGreaterThan(before + 8);
    await expect.poll(both, { timeout: 20_000 }).toEqual(['live', 'live']);
    const seconds = ((performance.now() - began) / 1e3).toFixed(1);
    const way = await status.getAttribute('data-transport');
    process.stdout.write(`two seconds of answers ${seconds} s after the outage, over ${way}\n`);
    expect(await status.getAttribute('data-session')).toBe(session);
    expect(relay.counts.up.lost).toBeGreaterThan(0);
  });
});
