/**
 * A person's way through the page, with a fake camera and microphone that speak words and show their pictures.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CameraLoop, type LoopSection, makeCameraLoop } from '../support/camera-loop.ts';
import { launchChromium } from '../support/chromium.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { Person } from './person.ts';

let folder: string;
let loop: CameraLoop;
let server: TestServer;
let browser: Browser;
let page: Page;
let person: Person;

const taught = (): LoopSection[] => loop.sections.filter(({ covered }) => !covered);
const labelCount = () => page.getByRole('listitem').filter({ has: page.locator('.class-name') });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'counterpoise-loop-'));
  loop = await makeCameraLoop(folder);
  server = await startServer();
  browser = await launchChromium({ fakeVideo: loop.video, fakeAudio: loop.audio });
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'dark' });
  page = await context.newPage();
  person = new Person(page, loop);
  await page.goto(`http://127.0.0.1:${server.running.port}/`);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

describe('the page', () => {
  it('says what to do first when there are no classes', async () => {
    await page.getByRole('list', { name: 'First steps' }).waitFor();
    await person.screenshot('01-first-start');
  });

  it('shows the camera and the state of both senses', async () => {
    await page.getByRole('button', { name: 'Use my camera' }).click();
    await expect.poll(() => person.state('Sound'), { timeout: 20_000 }).toBe('live');
    await expect.poll(() => person.state('Picture'), { timeout: 20_000 }).toBe('live');
    await person.findLoop();
  });

  it('learns three classes from holding their keys: two labels each lift random encoders well above chance', async () => {
    for (const { name } of taught()) await person.addClass(name);
    for (const [i, section] of taught().entries()) {
      // One label for each of the section's two scenes, nearly the whole of it.
      await person.until(section, 0.3);
      await person.hold(i + 1, 3.5);
      await person.until(section, 4.3);
      await person.hold(i + 1, 3.4);
    }
    await person.screenshot('02-taught');
    const shares: number[] = [];
    for (const section of taught()) {
      await person.until(section, 1.8); // what is answered then was shown in this section
      shares.push(await person.shareRight(section.name, 6));
    }
    // Chance is a third. Each class alone is a matter of luck until encoders have been trained; then each must be right (below).
    expect(shares.reduce((sum, share) => sum + share, 0) / shares.length).toBeGreaterThanOrEqual(0.6);
    await person.screenshot('03-answers');
  });

  it('promotes new encoders after a dozen short holds of each class', async () => {
    for (let round = 0; round < 2; round++) {
      for (const [i, section] of taught().entries()) {
        await person.until(section, 0.2);
        for (let hold = 0; hold < 5; hold++) {
          await person.hold(i + 1, 1.3);
          await person.wait(0.15);
        }
      }
    }
    const versions = page.getByRole('list', { name: 'Model versions' });
    await expect.poll(() => versions.textContent(), { timeout: 420_000, interval: 1000 }).toMatch(/v[1-9]/);
    for (const section of taught()) {
      await person.until(section, 2);
      expect(await person.shareRight(section.name, 4)).toBeGreaterThanOrEqual(0.8);
    }
    await page.getByRole('list', { name: 'Model versions' }).scrollIntoViewIfNeeded();
    await person.screenshot('05-promoted');
  });

  it('lets the sound alone answer while the lens is covered', async () => {
    const covered = loop.sections.find((section) => section.covered);
    if (!covered) throw new Error('no covered section');
    await person.until(covered, 2.5);
    expect(await person.state('Picture')).toBe('dark');
    expect(await person.shareRight(covered.name, 3)).toBeGreaterThanOrEqual(0.7);
    await person.screenshot('04-covered');
  });

  it('rolls back to the seeded start, and forward again', async () => {
    const serving = page.getByRole('list', { name: 'Model versions' }).locator('.serving');
    await page.getByRole('button', { name: 'Pause' }).click(); // so that nothing is promoted meanwhile
    await page.getByRole('button', { name: 'Resume' }).waitFor({ timeout: 240_000 }); // a running round ends first
    const newest = ((await serving.locator('b').textContent()) ?? '').match(/^v(\d+)/)?.[1] ?? '';
    await page.getByRole('button', { name: 'Roll back to version 0' }).click();
    await expect.poll(() => serving.locator('b').textContent(), { timeout: 20_000 }).toMatch(/^v0$/);
    await page.getByRole('button', { name: `Roll back to version ${newest}` }).click();
    await expect
      .poll(() => serving.locator('b').textContent(), { timeout: 20_000 })
      .toMatch(new RegExp(`^v${newest}$`));
    await page.getByRole('button', { name: 'Resume' }).click();
  });

  it('corrects a span of the ribbon and takes that back', async () => {
    const rows = page.locator('.label-row');
    const ribbon = page.getByRole('slider', { name: 'Ribbon of the last minute' });
    const box = await ribbon.boundingBox();
    if (!box) throw new Error('the ribbon is not on the screen');
    await page.mouse.move(box.x + box.width * 0.55, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.62, box.y + box.height / 2, { steps: 5 });
    await page.mouse.up();
    const selection = page.getByRole('group', { name: 'Selection' });
    await selection.waitFor();
    await person.screenshot('06-ribbon');
    const first = taught()[0]?.name ?? '';
    await selection.getByRole('button', { name: first, exact: true }).click();
    await expect.poll(() => rows.first().textContent(), { timeout: 10_000 }).toContain(first);
    await expect.poll(() => rows.first().getAttribute('data-state'), { timeout: 10_000 }).toBe('saved');
    await page.keyboard.press('u');
    await expect.poll(() => rows.first().getAttribute('data-state'), { timeout: 20_000 }).toBe('undone');
  });

  it('has everything still after a reload', async () => {
    const before = await labelCount().allInnerTexts();
    await page.reload();
    await expect.poll(() => labelCount().count(), { timeout: 10_000 }).toBe(before.length);
    const names = (texts: readonly string[]) => texts.map((text) => text.match(/\d+ labels?/)?.[0]);
    expect(names(await labelCount().allInnerTexts())).toEqual(names(before));
    await expect.poll(() => page.locator('.label-row').count()).toBeGreaterThan(0);
    await person.screenshot('07-reloaded');
  });

  it('says that the server is gone, and goes on when it is back', async () => {
    const { port } = server.running;
    await server.running.close();
    await page.getByText('The server is gone').first().waitFor({ timeout: 20_000 });
    await page.locator('.banner').scrollIntoViewIfNeeded();
    await person.screenshot('08-server-gone');
    server = await startServer(['--port', String(port)], server.dataFolder);
    await expect
      .poll(() => page.getByRole('status', { name: 'Connection' }).getAttribute('data-state'), {
        timeout: 30_000,
      })
      .toBe('open');
  });

  it('names every control, and reaches them with the keyboard', async () => {
    const nameless = await page.evaluate<
      string[]
    >(`[...document.querySelectorAll('button, input, select, a[href]')]
      .filter((element) => element.getClientRects().length > 0)
      .filter((element) => !(element.getAttribute('aria-label') ?? element.labels?.[0]?.innerText ?? element.innerText).trim())
      .map((element) => element.outerHTML)`);
    expect(nameless).toEqual([]);
    await page.keyboard.press('Tab');
    expect(await page.evaluate<string>('document.activeElement.tagName')).not.toBe('BODY');
    expect(await page.evaluate<boolean>("document.activeElement.matches(':focus-visible')")).toBe(true);
  });

  it('fits a phone, light', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: 'light' });
    await person.screenshot('09-phone-light');
    const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    expect(overflow).toBeLessThanOrEqual(0);
  });

  it('had no fault, and asked no other machine for anything', () => {
    const offline = /WebSocket connection|ERR_CONNECTION_REFUSED/; // the server was gone for a while, on purpose
    expect(person.faults.filter((fault) => !offline.test(fault))).toEqual([]);
  });
});
