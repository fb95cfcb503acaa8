/** The balance panel on a project that has been taught: what it shows is what the journal holds, and a choice survives a restart. */
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../server/compute/backend.ts';
import { limitThreads } from '../../server/compute/threads.ts';
import { launchChromium } from '../support/chromium.ts';
import { type RecordedProject, recordProject } from '../support/recorded-project.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { Screen } from './screen.ts';

let project: RecordedProject;
let server: TestServer;
let browser: Browser;
let screen: Screen;

const visit = (): Promise<Screen> => Screen.open(browser, `http://127.0.0.1:${server.running.port}/`);

beforeAll(async () => {
  limitThreads();
  const { report } = await openBackend('auto');
  const course = { seed: 7, steps: 4, followUps: 1, spans: 6, policy: 'pmr-stream' } as const;
  project = await recordProject({ ...course, report });
  server = await startServer(['--shadow', 'off'], project.dataFolder);
  browser = await launchChromium();
  screen = await visit();
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  await project?.remove();
});

/** Waits for the server's answer, as long as two busy cores may take. */
const becomes = (what: Locator, attribute: string, value: string) =>
  expect.poll(() => what.getAttribute(attribute), { timeout: 20_000 }).toBe(value);

const choice = () => screen.page.locator('.rebalancing');
const radio = (group: string, name: string) =>
  screen.page.getByRole('radiogroup', { name: group, exact: true }).getByRole('radio', { name, exact: true });

describe('the balance panel', () => {
  it('draws a point for each scored label, and tells the guard’s and the gate’s evidence', async () => {
    await becomes(screen.page.locator('.rho'), 'data-points', '12');
    const guard = screen.page.getByRole('region', { name: 'Guard', exact: true });
    expect(await guard.textContent()).toMatch(
      /Right on \d+ % of its last \d+ labelled windows; guessing gives 50 %/,
    );
    const [newest] = await screen.page.locator('.round').all();
    expect(await newest?.getAttribute('open')).not.toBeNull();
    const conditions = await newest?.getByRole('list', { name: 'Conditions' }).getByRole('listitem').all();
    expect(conditions).toHaveLength(4);
    expect(await newest?.textContent()).toMatch(/\d+ won, \d+ lost of \d+ held-out window/);
    expect(await newest?.getByRole('rowheader').allTextContents()).toEqual([' door', ' cat']);
    await screen.screenshot('balance-taught');
  });

  it('fits a phone', async () => {
    await screen.page.setViewportSize({ width: 390, height: 844 });
    expect(await screen.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    await screen.page.locator('.balance').scrollIntoViewIfNeeded();
    await screen.screenshot('balance-phone');
    await screen.page.setViewportSize({ width: 1440, height: 900 });
  });

  it('switches rebalancing off and on, and takes any policy by name', async () => {
    await radio('Rebalancing', 'Off').check();
    await becomes(choice(), 'data-policy', 'joint-uni-modal');
    await radio('Rebalancing', 'Off').press('ArrowRight'); // by keyboard, on
    await becomes(choice(), 'data-policy', 'pmr-stream');
    await screen.page.getByText('Advanced: choose the policy by name').click();
    await screen.page.getByLabel('Training policy').selectOption('ogm-ge');
    await becomes(choice(), 'data-choice', 'ogm-ge');
    expect(await screen.status('Rebalancing').textContent()).toMatch(/^OGM-GE: /);
    expect(await radio('Rebalancing', 'On').isChecked()).toBe(true);
  });

  it('says in plain words why auto leaves it off', async () => {
    await radio('Rebalancing', 'Auto').check();
    await becomes(choice(), 'data-choice', 'auto');
    expect(await screen.status('Rebalancing').textContent()).toBe(
      'Off: nothing compares it with training without, so it cannot show a benefit.',
    );
    expect(await screen.status('Comparison').textContent()).toBe('Not compared');
  });

  it('compares with and without in the background when asked', async () => {
    await radio('Compare in the background', 'On').check();
    const panel = screen.page.getByRole('region', { name: 'With and without', exact: true });
    await expect
      .poll(() => panel.textContent(), { timeout: 120_000 })
      .toMatch(/With rebalancing \d+ %, without \d+ % right before learning, over the last \d+ labels/);
    await screen.screenshot('balance-compared');
    await radio('Compare in the background', 'Off').check();
    await becomes(panel, 'data-state', 'off');
  });

  it('keeps the choice over a restart', async () => {
    await screen.page.getByLabel('Training policy').selectOption('paper-pmr');
    await becomes(choice(), 'data-choice', 'paper-pmr');
    expect(screen.faults).toEqual([]);
    await screen.close();
    server = await server.restart();
    screen = await visit();
    await becomes(choice(), 'data-choice', 'paper-pmr');
    expect(screen.faults).toEqual([]);
  });
});
