import { describe, expect, it } from 'vitest';
import { lumaInto } from '../../../../../src/features/pixels.ts';
import { audioSignal, videoSignal } from '../../../../../src/features/signal.ts';
import { MEL_BANDS, PICTURE_PIXELS, PICTURE_SIZE, WINDOW_COLUMNS } from '../../../../../src/features/spec.ts';
import { FIRST_CLASSES } from '../../../../bench/learning/av/classes.ts';
import {
  type PictureCondition,
  type PictureWindow,
  pictureReel,
} from '../../../../bench/learning/av/picture.ts';
import { AV_SETTINGS } from '../../../../bench/learning/av/settings.ts';
import { type SoundCondition, soundReel } from '../../../../bench/learning/av/sound.ts';

const sounds = (condition: SoundCondition, classIndex: number, seed: number, count = 2) =>
  soundReel({ speaker: 'synthesizer', condition, classIndex, count, seed, difficulty: AV_SETTINGS.sound });
const pictures = (condition: PictureCondition, classIndex: number, seed: number, count = 2) =>
  pictureReel({ condition, classIndex, count, seed, difficulty: AV_SETTINGS.picture });

/** How loud each eighth of the bands gets, against the others: an outline of the formants, whatever the gain. */
function outlineOf(mel: Float32Array): number[] {
  const loud = Array.from({ length: MEL_BANDS / 8 }, (_, group) => {
    const values = Array.from({ length: WINDOW_COLUMNS }, (_, t) =>
      mel.subarray(t * MEL_BANDS + 8 * group, t * MEL_BANDS + 8 * group + 8).reduce((sum, x) => sum + x, 0),
    ).sort((a, b) => b - a);
    return [values[4]! / 8, (values[4]! - values[24]!) / 8];
  });
  const mean = loud.reduce((sum, [level = 0]) => sum + level, 0) / loud.length;
  return loud.flatMap(([level = 0, fall = 0]) => [level - mean, fall]);
}

/** Where what stands out from the ground lies, and how much of it there is. */
function massOf(luma: ArrayLike<number>): { readonly area: number; readonly x: number; readonly y: number } {
  const ground = Array.from(luma).sort((a, b) => a - b)[PICTURE_PIXELS / 2]!;
  let [area, x, y] = [0, 0, 0];
  for (let p = 0; p < PICTURE_PIXELS; p++) {
    if (Math.abs(luma[p]! - ground) < 35) continue;
    area++;
    x += p % PICTURE_SIZE;
    y += Math.floor(p / PICTURE_SIZE);
  }
  return { area, x: x / Math.max(1, area), y: y / Math.max(1, area) };
}

/** How the mass grows and moves, and how much there is. */
function motionOf({ rgb, older }: PictureWindow): number[] {
  const luma = new Uint8Array(PICTURE_PIXELS);
  lumaInto(luma, 0, rgb);
  const [now, before] = [massOf(luma), massOf(older.subarray(0, PICTURE_PIXELS))];
  const grown = Math.log((now.area + 1) / (before.area + 1));
  return [now.area / 500, 10 * grown, (now.x - before.x) / 4, (now.y - before.y) / 4];
}

/** Share of windows whose nearest class mean is their own. */
function separability<T>(
  reel: (classIndex: number, seed: number) => readonly T[],
  describeOne: (one: T) => number[],
) {
  const classes = Array.from({ length: FIRST_CLASSES }, (_, k) => k);
  const means = classes.map((k) => {
    const known = reel(k, 1).map(describeOne);
    return known[0]!.map((_, d) => known.reduce((sum, one) => sum + one[d]!, 0) / known.length);
  });
  const answers = classes.flatMap((k) =>
    reel(k, 2).map((one) => {
      const own = describeOne(one);
      const away = means.map((mean) => Math.hypot(...mean.map((value, d) => value - own[d]!)));
      return away.indexOf(Math.min(...away)) === k;
    }),
  );
  return answers.filter((right) => right).length / answers.length;
}

const CHANCE = 1 / FIRST_CLASSES;

describe('soundReel', () => {
  it('gives whole windows, the same from the same seed, others from another', () => {
    const reel = sounds('plain', 3, 7);
    expect(reel.map(({ length }) => length)).toEqual(Array(2).fill(WINDOW_COLUMNS * MEL_BANDS));
    expect(sounds('plain', 3, 7)).toEqual(reel);
    expect(sounds('plain', 3, 8)).not.toEqual(reel);
    expect(sounds('plain', 4, 7)).not.toEqual(reel);
  });

  it('is live in every condition but with the microphone off', () => {
    for (const condition of ['plain', 'noisy', 'other', 'noise'] as const)
      expect(sounds(condition, 0, 5).map(audioSignal)).toEqual(['live', 'live']);
    expect(sounds('muted', 0, 5).map(audioSignal)).toEqual(['silent', 'silent']);
  });

  it('tells words better than chance, and not for certain', () => {
    const share = separability((k, seed) => sounds('plain', k, seed, 12), outlineOf);
    expect(share).toBeGreaterThan(CHANCE + 0.1);
    expect(share).toBeLessThan(0.9);
  });
});

describe('pictureReel', () => {
  it('gives the same from the same seed, others from another', () => {
    const reel = pictures('plain', 3, 7, 1);
    expect(pictures('plain', 3, 7, 1)).toEqual(reel);
    expect(pictures('plain', 3, 8, 1)).not.toEqual(reel);
    expect(pictures('dim', 3, 7, 1)).not.toEqual(reel);
  });

  it('is live in every condition', () => {
    for (const condition of ['plain', 'dim', 'other', 'noise'] as const)
      expect(pictures(condition, 2, 5, 1).map(({ rgb, older }) => videoSignal(rgb, older))).toEqual(['live']);
  });

  it('tells moving shapes better than chance, and not for certain', () => {
    const share = separability((k, seed) => pictures('plain', k, seed, 4), motionOf);
    expect(share).toBeGreaterThan(CHANCE + 0.1);
    expect(share).toBeLessThan(0.95);
  });

  it('shows nothing of the class where it is noise', () => {
    const share = separability((k, seed) => pictures('noise', k, seed, 4), motionOf);
    expect(share).toBeLessThan(CHANCE + 0.25);
  });
});
