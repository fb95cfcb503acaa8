/** One page, read and used as a person does, by the names that client/README.md gives. */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

const SCREENSHOTS = fileURLToPath(new URL('./screenshots/', import.meta.url));
/** Starting a device, a decoder and the first window, on two busy cores. */
const START_MS = 30_000;

export type Sense = 'Sound' | 'Picture';

export type ScreenOptions = {
  readonly context?: BrowserContextOptions;
  /** Runs in the page before anything of ours; as text, because tests know no DOM types. */
  readonly script?: string;
};

export class Screen {
  readonly page: Page;
  /** What went wrong in the page, and every request to another machine. */
  readonly faults: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.faults.push(error.message));
    page.on('console', (message) => message.type() === 'error' && this.faults.push(message.text()));
    page.on('request', (request) => {
      const { hostname } = new URL(request.url());
      const own = new URL(page.url()).hostname;
      if (hostname !== '' && own !== '' && hostname !== own)
        this.faults.push(`a request left this machine: ${request.url()}`);
    });
  }

  /** A fresh context, as of a person who comes for the first time; closed with the browser. */
  static async open(browser: Browser, url: string, options: ScreenOptions = {}): Promise<Screen> {
    const look = { viewport: { width: 1440, height: 900 }, colorScheme: 'dark' } as const;
    const context = await browser.newContext({ ...look, ...options.context });
    if (options.script) await context.addInitScript(options.script);
    const screen = new Screen(await context.newPage());
    await screen.page.goto(url);
    return screen;
  }

  /** Closes the page and all that its context keeps. */
  close(): Promise<void> {
    return this.page.context().close();
  }

  async screenshot(name: string): Promise<void> {
    mkdirSync(SCREENSHOTS, { recursive: true });
    await this.page.screenshot({ animations: 'disabled', path: `${SCREENSHOTS}${name}.png` });
  }

  wait(seconds: number): Promise<void> {
    return this.page.waitForTimeout(seconds * 1000);
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  status(name: string): Locator {
    return this.page.getByRole('status', { name, exact: true });
  }

  group(name: string): Locator {
    return this.page.getByRole('group', { name, exact: true });
  }

  classItem(name: string): Locator {
    return this.page.getByRole('listitem', { name, exact: true });
  }

  /** The line over the live picture; empty where there is none. */
  async note(): Promise<string> {
    const note = this.page.locator('.note');
    return (await note.count()) === 0 ? '' : ((await note.textContent()) ?? '');
  }

  answer(): Promise<string> {
    return this.#read('Answer', 'data-answer');
  }

  soundAnswer(): Promise<string> {
    return this.#read('Sound', 'data-answer');
  }

  pictureAnswer(): Promise<string> {
    return this.#read('Picture', 'data-answer');
  }

  /** `live`, `dark`, `muted`, … */
  state(sense: Sense): Promise<string> {
    return this.#read(sense, 'data-state');
  }

  /** Until the sense is in this state. */
  async becomes(sense: Sense, state: string): Promise<void> {
    await expect.poll(() => this.state(sense), { timeout: START_MS, message: sense }).toBe(state);
  }

  /** Until the connection is in this state. */
  async connection(state: string): Promise<void> {
    const connection = this.status('Connection');
    await expect.poll(() => connection.getAttribute('data-state'), { timeout: START_MS }).toBe(state);
  }

  /** Presses a start button; returns when pictures or sounds flow. */
  async start(source: 'Use my camera' | 'Try the demo'): Promise<void> {
    await this.button(source).click();
    const stage = this.page.locator('.stage');
    const kind = source === 'Try the demo' ? 'demo' : 'camera';
    await expect.poll(() => stage.getAttribute('data-state'), { timeout: START_MS }).toBe(kind);
  }

  /** Holds a class's number key. */
  async hold(number: number, seconds: number): Promise<void> {
    await this.page.keyboard.down(String(number));
    await this.wait(seconds);
    await this.page.keyboard.up(String(number));
  }

  async addClass(name: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Name of the new class' }).fill(name);
    await this.button('Add class').click();
    await this.classItem(name).waitFor();
    await this.page.locator('body').click({ position: { x: 2, y: 2 } }); // the keys are for teaching again
  }

  /** Makes a class and teaches it with one hold of its key; returns when the label is saved. */
  async teach(name: string, number: number, seconds: number): Promise<void> {
    await this.addClass(name);
    await this.hold(number, seconds);
    await expect
      .poll(() => this.page.locator('.label-row').first().getAttribute('data-state'), { timeout: 15_000 })
      .toBe('saved');
  }

  async #read(group: string, attribute: string): Promise<string> {
    return (await this.group(group).getAttribute(attribute)) ?? '';
  }
}
