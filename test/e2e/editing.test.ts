/** What a person does with the ribbon, the classes and their data: one way through, each step on what the ones before left. */
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { PICTURES_OF_A_SELECTION, PLAYBACK_PROBE, play, selectNewest } from './playback.ts';
import { Screen } from './screen.ts';

let server: TestServer;
let browser: Browser;
let screen: Screen;

beforeAll(async () => {
  server = await startServer();
  browser = await launchChromium();
  const url = `http://127.0.0.1:${server.running.port}/`;
  screen = await Screen.open(browser, url, { script: PLAYBACK_PROBE });
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

const ribbon = (): Locator => screen.page.getByRole('slider', { name: 'Ribbon of the last minute' });
const selection = (): Locator => screen.group('Selection');
const newestLabel = (): Locator => screen.page.locator('.label-row').first();
const dialog = (): Locator => screen.page.getByRole('dialog');
const classes = (): Locator => screen.page.locator('.class-item');
const storage = (): Locator => screen.page.getByRole('region', { name: 'Your data' });

/** Until the newest label says this and is stored. */
async function labelled(text: string): Promise<void> {
  await expect.poll(() => newestLabel().locator('b').first().textContent(), { timeout: 10_000 }).toBe(text);
  await expect.poll(() => newestLabel().getAttribute('data-state'), { timeout: 10_000 }).toBe('saved');
}

/** Selects the newest span and labels it, with a scope. */
async function label(name: string, scope: 'Both' | 'Sound only' | 'Picture only'): Promise<void> {
  await selectNewest(screen);
  await selection().getByRole('radio', { name: scope }).check();
  if (scope !== 'Both') await screen.screenshot(`ribbon-${scope.split(' ')[0]?.toLowerCase()}`);
  await selection().getByRole('button', { name, exact: true }).click();
}

describe('the ribbon', () => {
  it('plays a span: its pictures move, its sound is heard, and the live picture comes back', async () => {
    await screen.start('Use my camera');
    await screen.becomes('Sound', 'live');
    await screen.becomes('Picture', 'live');
    const tiles = async (): Promise<number> => Number(await ribbon().getAttribute('data-tiles'));
    await expect.poll(tiles, { timeout: 30_000 }).toBeGreaterThanOrEqual(12);
    await selectNewest(screen);
    expect(await ribbon().getAttribute('aria-valuetext')).toMatch(/^3\.4 s /);
    const played = await play(screen, () => screen.screenshot('ribbon-playback'));
    expect(played.pictures).toBeGreaterThanOrEqual(PICTURES_OF_A_SELECTION);
    expect(played.seconds).toBeCloseTo(3.36, 1);
    expect(played.rms).toBeGreaterThan(0.005); // the fake microphone beeps
    await screen.page.keyboard.press('Escape');
  });

  it('takes a label for the sound only, and one for the picture only', async () => {
    await screen.addClass('heard');
    await screen.addClass('seen');
    const needs = (name: string, sense: 'audio' | 'video') =>
      screen.classItem(name).getAttribute(`data-needs-${sense}`);
    const full = await needs('heard', 'audio');
    await label('heard', 'Sound only');
    await labelled('heard, sound only');
    await expect.poll(() => needs('heard', 'audio')).not.toBe(full);
    expect(await needs('heard', 'video')).toBe(full);
    await label('seen', 'Picture only');
    await labelled('seen, picture only');
    await expect.poll(() => needs('seen', 'video')).not.toBe(full);
    expect(await needs('seen', 'audio')).toBe(full);
    expect(await ribbon().getAttribute('data-labels')).toBe('2');
  });

  it('takes "not this", of the live answer and of a span, and "unknown"', async () => {
    const correct = screen.group('Correct the answer');
    await expect.poll(() => screen.answer(), { timeout: 20_000 }).not.toBe('');
    await correct.getByRole('button', { name: 'Not this' }).click();
    await expect.poll(() => newestLabel().locator('b').first().textContent()).toMatch(/^not (heard|seen)$/);
    await correct.getByRole('button', { name: 'Unknown' }).click();
    await labelled('unknown');
    // A span is offered as "not" what was answered at its end: select until one has an answer there.
    const not = selection().getByRole('button', { name: /^Not / });
    const answered = async (): Promise<number> => {
      await selectNewest(screen);
      return not.count();
    };
    await expect.poll(answered, { timeout: 20_000, interval: 500 }).toBe(1);
    const name = ((await not.textContent()) ?? '').replace(/^Not /, '');
    await not.click();
    await labelled(`not ${name}`);
    await screen.screenshot('ribbon-not-this');
  });
});

describe('classes', () => {
  it('renames a class everywhere, and gives it another colour', async () => {
    await screen.button('Edit heard').click();
    await screen.page.getByRole('textbox', { name: 'New name of heard' }).fill('beep');
    await screen.screenshot('class-edit');
    await screen.button('Save').click();
    await screen.classItem('beep').waitFor();
    const rows = async (): Promise<string> =>
      (await screen.page.locator('.label-row b').allInnerTexts()).join();
    await expect.poll(rows).toContain('beep, sound only');
    expect(await rows()).not.toContain('heard');
    await screen.button('Edit beep').click();
    await screen.page.getByLabel('Colour of beep').fill('#ff3366');
    const dot = screen.classItem('beep').locator('.dot');
    await expect.poll(() => dot.getAttribute('style')).toContain('rgb(255, 51, 102)');
    await screen.button('Edit beep').click();
  });

  it('deletes a class only after it was confirmed', async () => {
    await screen.addClass('mistake');
    await screen.button('Edit mistake').click();
    await screen.button('Delete class').click();
    await dialog().waitFor();
    await screen.screenshot('class-delete');
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    expect(await classes().count()).toBe(3);
    await screen.button('Delete class').click();
    await dialog().getByRole('button', { name: 'Delete class' }).click();
    await expect.poll(() => classes().count()).toBe(2);
    expect(await screen.classItem('mistake').count()).toBe(0);
  });
});

describe('data', () => {
  const stored = () => storage().locator('.fact', { hasText: 'Labels' }).locator('dd').textContent();

  it("deletes one class's data, and the class with it, after it was confirmed", async () => {
    await expect.poll(stored, { timeout: 10_000 }).toBe('5');
    await screen.page.getByLabel('Delete the data of a class').selectOption({ label: 'seen' });
    await dialog().waitFor();
    expect(await dialog().getByRole('heading').textContent()).toBe('Delete “seen” and its data?');
    await screen.screenshot('data-delete-class');
    await dialog().getByRole('button', { name: 'Delete its data' }).click();
    await screen.page.getByText('The class and its data were deleted').waitFor();
    await expect.poll(() => screen.classItem('seen').count()).toBe(0);
    expect(await screen.classItem('beep').count()).toBe(1);
    await expect.poll(async () => Number(await stored()), { timeout: 10_000 }).toBeLessThan(5);
    const rows = await screen.page.locator('.label-row').allInnerTexts();
    expect(rows.filter((row) => row.includes('seen'))).toEqual([]);
  });

  it('deletes everything only after the words were typed, and begins anew', async () => {
    await screen.button('Delete everything').click();
    const confirm = dialog().getByRole('button', { name: 'Delete everything' });
    expect(await confirm.isDisabled()).toBe(true);
    await dialog().getByRole('textbox').fill('delete everything');
    await screen.screenshot('data-delete-everything');
    await confirm.click();
    await screen.page.getByRole('list', { name: 'First steps' }).waitFor();
    expect(await screen.page.locator('.label-row').count()).toBe(0);
    await expect.poll(stored, { timeout: 10_000 }).toBe('0');
    await screen.screenshot('data-deleted');
    await screen.page.reload();
    await screen.connection('open');
    await screen.page.getByRole('list', { name: 'First steps' }).waitFor();
    await screen.start('Use my camera');
    await screen.becomes('Sound', 'live');
    await screen.teach('anew', 1, 3);
    await expect.poll(() => screen.answer(), { timeout: 15_000 }).toBe('anew');
    expect(screen.faults).toEqual([]);
  });
});
