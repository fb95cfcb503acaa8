/** Labels that are looked at again, spans that are forgotten, and labels that a reload must not lose. */
import { rm } from 'node:fs/promises';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { type TaughtSpan, teachProject } from '../support/taught-project.ts';
import { selectNewest } from './playback.ts';
import { Screen } from './screen.ts';

const NAMES = ['door', 'cat', 'bell'];
/** Seven right ones of each, then one of each that shows the next. */
const SPANS: readonly TaughtSpan[] = [
  ...Array.from({ length: 21 }, (_, n) => ({ said: NAMES[n % 3] ?? '', kind: n % 3 })),
  ...NAMES.map((said, kind) => ({ said, kind: (kind + 1) % 3 })),
];

let server: TestServer;
let browser: Browser;
let screen: Screen;
/** While true, nothing that the page says reaches the server. */
let mute = false;

beforeAll(async () => {
  const { dataFolder } = await teachProject(SPANS);
  server = await startServer(['--policy', 'frozen'], dataFolder);
  browser = await launchChromium();
  screen = await Screen.open(browser, 'about:blank');
  await screen.page.routeWebSocket(/\/ws$/, (page) => {
    const socket = page.connectToServer();
    page.onMessage((message) => {
      if (!mute) socket.send(message);
    });
  });
  await screen.page.goto(`http://127.0.0.1:${server.running.port}/`);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  if (server) await rm(server.dataFolder, { recursive: true, force: true });
});

const look = (): Locator => screen.page.getByRole('region', { name: 'Have a second look' });
const item = (name: string): Locator => look().getByRole('listitem', { name, exact: true });
const dialog = (): Locator => screen.page.getByRole('dialog');
const rows = (): Locator => screen.page.locator('.label-row');
const ribbon = (): Locator => screen.page.getByRole('slider', { name: 'Ribbon of the last minute' });
const spans = async (name: string): Promise<string> => (await screen.classItem(name).textContent()) ?? '';

/** Labels the newest moments of the ribbon; returns when it is stored. */
async function label(name: string): Promise<void> {
  const before = await rows().count();
  await selectNewest(screen);
  await screen.group('Selection').getByRole('button', { name, exact: true }).click();
  await expect.poll(() => rows().count(), { timeout: 10_000 }).toBe(before + 1);
}

/** Drags over the whole ribbon: over the label too, however long the machine has taken since. */
async function selectAll(): Promise<void> {
  await ribbon().scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await ribbon().boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  const { mouse } = screen.page;
  await mouse.move(x + width - 4, y + height / 2);
  await mouse.down();
  await mouse.move(x + 4, y + height / 2);
  await mouse.up();
  await screen.group('Selection').waitFor();
}

const PATIENCE = { timeout: 15_000 };
const state = (expected: string) =>
  expect.poll(() => rows().first().getAttribute('data-state'), { timeout: 15_000 }).toBe(expected);

describe('a second look', () => {
  it('is asked for with the moment, what it was called and what it looks like', async () => {
    await look().waitFor({ timeout: 20_000 });
    expect(await look().getByRole('listitem').count()).toBe(3);
    const door = item('door that looks like cat');
    expect(await door.getByRole('img', { name: 'Picture of that moment' }).count()).toBe(1);
    expect(await door.textContent()).toMatch(/by Ada.*sound \d+\.\d ×.*picture \d+\.\d ×/);
    await look().scrollIntoViewIfNeeded();
    await screen.screenshot('second-look');
    await screen.page.setViewportSize({ width: 390, height: 844 });
    await look().scrollIntoViewIfNeeded();
    await screen.screenshot('second-look-phone');
    await screen.page.setViewportSize({ width: 1440, height: 900 });
  });

  it('ends with a decision: keep, change, undo; and asks no more after a reload', async () => {
    const before = await spans('cat');
    await item('door that looks like cat').getByRole('button', { name: 'Keep door' }).click();
    await expect.poll(() => look().getByRole('listitem').count(), PATIENCE).toBe(2);
    await item('cat that looks like bell').getByRole('button', { name: 'Change to bell' }).click();
    await expect.poll(() => look().getByRole('listitem').count(), PATIENCE).toBe(1);
    await screen.page.getByText('Changed from cat to bell').waitFor();
    await item('bell that looks like door').getByRole('button', { name: 'Undo the suspicious bell' }).click();
    await look().waitFor({ state: 'detached' });
    expect(await spans('cat')).not.toBe(before);
    await screen.page.reload();
    await screen.connection('open');
    await screen.classItem('cat').waitFor();
    expect(await look().count()).toBe(0);
  });
});

describe('a span', () => {
  it('is forgotten from the ribbon after a question that says what goes', async () => {
    await screen.start('Use my camera');
    await screen.becomes('Picture', 'live');
    const tiles = async (): Promise<number> => Number(await ribbon().getAttribute('data-tiles'));
    await expect.poll(tiles, { timeout: 30_000 }).toBeGreaterThanOrEqual(9);
    await label('door');
    await state('saved');
    await selectAll();
    await screen.group('Selection').scrollIntoViewIfNeeded();
    await screen.screenshot('forget-selection');
    await screen.page.setViewportSize({ width: 390, height: 844 });
    await screen.button('Forget this span').scrollIntoViewIfNeeded();
    await screen.screenshot('forget-phone');
    await rows().first().scrollIntoViewIfNeeded();
    await screen.screenshot('forget-row-phone');
    await screen.page.setViewportSize({ width: 1440, height: 900 });
    await screen.button('Forget this span').click();
    expect(await dialog().textContent()).toContain('1 label touches this span: door.');
    await screen.screenshot('forget-span');
    await dialog().getByRole('button', { name: 'Forget it' }).click();
    await screen.page.getByText('Forgotten: its labels and their features were deleted').waitFor();
    await expect.poll(() => rows().count(), PATIENCE).toBe(0);
    expect(await ribbon().getAttribute('data-labels')).toBe('0');
  });

  it('is forgotten from a label’s row, also when that was undone before', async () => {
    await label('cat');
    await state('saved');
    await screen.page.keyboard.press('u');
    await state('undone');
    await screen.button('Forget cat').click();
    await dialog().getByRole('button', { name: 'Forget it' }).click();
    await expect.poll(() => rows().count(), PATIENCE).toBe(0);
  });
});

describe('a class that was deleted', () => {
  it('still has its data deleted, by name', async () => {
    const choice = screen.page.getByLabel('Delete the data of a class');
    await screen.button('Edit door').click();
    await screen.button('Delete class').click();
    await dialog().getByRole('button', { name: 'Delete class' }).click();
    await expect.poll(() => screen.classItem('door').count(), PATIENCE).toBe(0);
    await choice.selectOption({ label: 'door (deleted, 8 labels)' });
    await dialog().getByRole('button', { name: 'Delete its data' }).click();
    await expect.poll(() => choice.locator('option', { hasText: 'door' }).count(), PATIENCE).toBe(0);
  });
});

describe('a label that the server never heard', () => {
  it('is still there after a reload, and is stored then', async () => {
    mute = true;
    await label('bell');
    await state('waiting');
    mute = false;
    await screen.page.reload();
    await screen.connection('open');
    await state('saved');
    expect(await rows().count()).toBe(1);
    await screen.page.reload();
    await state('saved');
    expect(screen.faults).toEqual([]);
  });
});
