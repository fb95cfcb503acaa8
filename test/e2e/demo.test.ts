/** The demo, as a stranger without a camera meets it: it is taught by one click, and each sense is spoilt in turn. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { Screen } from './screen.ts';

let server: TestServer;
let browser: Browser;
let screen: Screen;

beforeAll(async () => {
  server = await startServer();
  browser = await launchChromium();
  screen = await Screen.open(browser, `http://127.0.0.1:${server.running.port}/`);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** What was answered while the truth was known: fused, by sound, by picture. */
type Look = {
  readonly truth: string;
  readonly fused: string;
  readonly sound: string;
  readonly picture: string;
};

/**
 * Collects in the page, five times a second for `seconds`, what is shown and what is answered. Looks within 1.5 s after a
 * change of the truth are left out: their windows hold both.
 */
const looks = (seconds: number): string => `new Promise((done) => {
  const rows = [];
  let truth = '';
  let changed = performance.now();
  const end = performance.now() + ${seconds * 1000};
  const read = (name) => document.querySelector('fieldset[aria-label="' + name + '"]').dataset.answer;
  const timer = setInterval(() => {
    const shown = document.querySelector('[data-testid=truth]').textContent;
    if (shown !== truth) [truth, changed] = [shown, performance.now()];
    else if (performance.now() - changed > 1500)
      rows.push({ truth, fused: read('Answer'), sound: read('Sound'), picture: read('Picture') });
    if (performance.now() < end) return;
    clearInterval(timer);
    done(rows);
  }, 200);
})`;

const look = (seconds: number): Promise<readonly Look[]> => screen.page.evaluate<Look[]>(looks(seconds));

/** Share of looks of which something holds. */
const share = (rows: readonly Look[], holds: (row: Look) => boolean): number =>
  rows.filter(holds).length / rows.length;

const fusedRight = ({ fused, truth }: Look): boolean => fused === truth;

/** Four classes: guessing is right in a quarter of all looks. */
const TWICE_CHANCE = 0.5;
const LOOK_SECONDS = 12;

const slider = (name: string) => screen.page.getByRole('slider', { name, exact: true });
const score = () => screen.status('Demo score');
/** What the page itself counted as right by both senses together, percent. */
const pageScore = async (): Promise<number> =>
  Number(((await score().textContent()) ?? '').match(/(\d+) % together/)?.[1]);

describe('the demo', () => {
  it('knows nothing at first', async () => {
    await screen.start('Try the demo');
    await screen.becomes('Sound', 'live');
    await screen.becomes('Picture', 'live');
    expect(share(await look(4), fusedRight)).toBe(0);
    await screen.screenshot('demo-untaught');
  });

  it('is taught by one click, so that the bars come right', async () => {
    await screen.button('Teach the demo for me').click();
    await expect.poll(() => score().count(), { timeout: 30_000 }).toBe(1);
    await screen.screenshot('demo-teaching');
    const teach = screen.button('Teach for me');
    await teach.waitFor({ timeout: 120_000 });
    expect(await screen.page.locator('.class-item').count()).toBe(4);
    const labels = await screen.page.locator('.class-item .counts').allInnerTexts();
    for (const text of labels) expect(text).toMatch(/^4 labels/);
    const rows = await look(LOOK_SECONDS);
    expect(share(rows, fusedRight)).toBeGreaterThanOrEqual(0.75);
    expect(await pageScore()).toBeGreaterThanOrEqual(75); // the page's own count, from the first lesson on
    await screen.screenshot('demo-taught');
  });

  it('answers by sound alone while the picture is dark', async () => {
    await screen.page.getByText('Spoil sound or picture').click();
    await slider('Darkness').fill('1');
    await screen.becomes('Picture', 'dark');
    const rows = await look(LOOK_SECONDS);
    const alone = rows.filter(({ picture }) => picture === '');
    expect(alone.length / rows.length).toBeGreaterThan(0.7); // darkness is asked only where the sound's window is lost (ADR 0010)
    expect(share(alone, ({ fused, sound }) => fused === sound)).toBeGreaterThanOrEqual(0.9);
    expect(share(alone, fusedRight)).toBeGreaterThan(TWICE_CHANCE);
    await screen.screenshot('demo-dark');
    await slider('Darkness').fill('0');
    await screen.becomes('Picture', 'live');
  });

  it('answers by the picture alone while the sound is silent', async () => {
    await screen.page.getByLabel('Silence the sound').check();
    await screen.becomes('Sound', 'silent');
    const rows = await look(LOOK_SECONDS);
    const alone = rows.filter(({ sound }) => sound === '');
    expect(alone.length / rows.length).toBeGreaterThan(0.7); // as above, the other way round
    expect(share(alone, ({ fused, picture }) => fused === picture)).toBeGreaterThanOrEqual(0.9);
    expect(share(alone, fusedRight)).toBeGreaterThan(TWICE_CHANCE);
    await screen.screenshot('demo-silent');
    await screen.page.getByLabel('Silence the sound').uncheck();
    await screen.becomes('Sound', 'live');
    expect(screen.faults).toEqual([]);
  });
});
