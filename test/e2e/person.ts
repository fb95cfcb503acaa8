/** What a person does with the page, in words; and where the fake camera's loop is. */
import type { Page } from 'playwright-core';
import type { CameraLoop, LoopSection } from '../support/camera-loop.ts';
import { Screen } from './screen.ts';

export class Person extends Screen {
  readonly #loop: CameraLoop;
  /** Wall clock at which the loop's zero was last seen. */
  #zero = 0;

  constructor(page: Page, loop: CameraLoop) {
    super(page);
    this.#loop = loop;
  }

  /** Watches the live picture until the lens is covered: from then on the loop's place is known. */
  async findLoop(): Promise<void> {
    const covered = this.#loop.sections.find((section) => section.covered);
    if (!covered) throw new Error('the loop has no covered section to be found by');
    await this.#picture((luma) => luma > 25);
    await this.#picture((luma) => luma < 5);
    this.#zero = Date.now() - covered.start * 1000;
  }

  /** Waits for a section of the loop, `into` seconds after its start. */
  async until(section: LoopSection, into: number): Promise<void> {
    const { seconds } = this.#loop;
    const now = ((Date.now() - this.#zero) / 1000) % seconds;
    await this.wait((((section.start + into - now) % seconds) + seconds) % seconds);
  }

  /**
   * Looks at the answer about ten times a second for `seconds`; the share of looks that were right. Ends by the clock, not by a
   * number of looks: on a busy machine they take longer, and the last ones would be of the next section.
   */
  async shareRight(name: string, seconds: number): Promise<number> {
    const end = Date.now() + seconds * 1000;
    let [right, looks] = [0, 0];
    while (Date.now() < end) {
      looks++;
      if ((await this.answer()) === name) right++;
      await this.wait(0.1);
    }
    return right / looks;
  }

  async #picture(is: (luma: number) => boolean): Promise<void> {
    for (;;) {
      if (is(await this.page.evaluate<number>(MEAN_LUMA))) return;
      await this.wait(0.05);
    }
  }
}

/** Runs in the page, as text because tests know no DOM types: mean luma of the live picture; 255 while there is none. */
const MEAN_LUMA = `(() => {
  const video = document.querySelector('video');
  if (!video || video.videoWidth === 0) return 255;
  const canvas = Object.assign(document.createElement('canvas'), { width: 8, height: 8 });
  const context = canvas.getContext('2d');
  context.drawImage(video, 0, 0, 8, 8);
  const { data } = context.getImageData(0, 0, 8, 8);
  let sum = 0;
  for (let i = 0; i < data.length; i += 4) sum += 0.299 * data[i] + 0.587 * data[i + 1] + 0.114 * data[i + 2];
  return sum / 64;
})()`;
