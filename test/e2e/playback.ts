/** Watches the page's player from inside: what it sends to the loudspeaker, and every different picture that it shows. */
import { expect } from 'vitest';
import type { Screen } from './screen.ts';

/** Give it to `Screen.open` as `script`. The player alone plays buffers while the source is a camera. */
export const PLAYBACK_PROBE = `(() => {
  const sounds = [];
  const pictures = new Set();
  globalThis.playbackProbe = { sounds, pictures };
  const start = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (...when) {
    const samples = this.buffer.getChannelData(0);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    sounds.push({ seconds: this.buffer.duration, rms: Math.sqrt(power) });
    return start.apply(this, when);
  };
  const small = Object.assign(document.createElement('canvas'), { width: 16, height: 12 }).getContext('2d');
  const look = () => {
    const canvas = document.querySelector('.playback[data-state=playing] canvas');
    if (canvas) {
      small.drawImage(canvas, 0, 0, 16, 12);
      pictures.add(small.getImageData(0, 0, 16, 12).data.join());
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()`;

type Played = {
  /** Different pictures on the player's canvas. */
  readonly pictures: number;
  /** Length and loudness of what was handed to the loudspeaker. */
  readonly seconds: number;
  readonly rms: number;
};

/** Selects the newest 3.4 s of the ribbon with the keyboard. */
export async function selectNewest({ page }: Screen): Promise<void> {
  await page.keyboard.press('Escape');
  await page.keyboard.press('r');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('Shift+ArrowLeft');
  await page.getByRole('group', { name: 'Selection', exact: true }).waitFor();
}

/** Plays the selection with Enter on the ribbon and waits for its end. `during`: called while it plays. */
export async function play({ page }: Screen, during: () => Promise<void> = async () => {}): Promise<Played> {
  await page.evaluate('playbackProbe.sounds.length = 0; playbackProbe.pictures.clear()');
  await page.getByRole('slider', { name: 'Ribbon of the last minute' }).press('Enter');
  await page.locator('.playback[data-state=playing]').waitFor({ timeout: 15_000 });
  await expect
    .poll(() => page.evaluate<number>('playbackProbe.pictures.size'), { timeout: 10_000 })
    .toBeGreaterThan(3);
  await during();
  await page.locator('.playback').waitFor({ state: 'detached', timeout: 15_000 });
  const heard = await page.evaluate<{ seconds: number; rms: number } | null>(
    'playbackProbe.sounds[0] ?? null',
  );
  const pictures = await page.evaluate<number>('playbackProbe.pictures.size');
  return { pictures, seconds: heard?.seconds ?? 0, rms: heard?.rms ?? 0 };
}

/** Of 3.4 s at 15 pictures a second, a third at least is seen to change even on a busy machine. */
export const PICTURES_OF_A_SELECTION = 17;
