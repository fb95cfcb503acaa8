/**
 * When the flashes and the beeps of `flash-clip.ts` were, out of stamped pictures and stamped sound; and how far apart. Pure.
 */
import { FLASH } from './flash-clip.ts';

/** Luma of the middle of one picture; any scale. `at` in microseconds of any clock. */
export type StampedLuma = { readonly at: number; readonly luma: number };
/** Consecutive mono samples; `at` is the first one's instant, microseconds of any clock. */
export type StampedSound = {
  readonly at: number;
  readonly rateHz: number;
  readonly samples: ArrayLike<number>;
};

/** One flash and its beep: onsets in microseconds. */
export type FlashEvent = { readonly flash: number; readonly beep: number };

/** Pictures come 15 a second; one and a half steps before the flash, and the picture in which it began was not seen. */
const MAX_STEP_US = 100_000;
/** A flash and its beep are this close, however the devices begin. */
const MAX_APART_US = 400_000;

/** Stamps of the pictures in which a flash begins. A flash whose first picture was lost is left out. */
export function flashOnsets(pictures: readonly StampedLuma[]): readonly number[] {
  const lumas = pictures.map(({ luma }) => luma);
  const threshold = (Math.min(...lumas) + Math.max(...lumas)) / 2;
  return pictures.flatMap(({ at, luma }, i) => {
    const before = pictures[i - 1];
    const begins = before !== undefined && before.luma < threshold && luma >= threshold;
    return begins && at - before.at <= MAX_STEP_US ? [at] : [];
  });
}

/** A stretch of sound that is louder than the hiss. */
type Burst = { energy: number; moment: number; last: number; first: number };

/**
 * Onsets of the beeps: the centre of each one's energy less half its length, which neither the smear of a codec nor the phase moves.
 * A beep of which a part is missing is left out.
 */
export function beepOnsets(sound: readonly StampedSound[]): readonly number[] {
  const quiet = 0.05 ** 2; // the beep has 0.6, the hiss 0.002
  const gapUs = 20_000;
  const bursts: Burst[] = [];
  for (const { at, rateHz, samples } of sound) {
    for (let n = 0; n < samples.length; n++) {
      const power = (samples[n] ?? 0) ** 2;
      if (power < quiet) continue;
      const t = at + (n * 1e6) / rateHz;
      const energy = power / rateHz;
      const last = bursts.at(-1);
      if (last && t - last.last < gapUs) {
        last.energy += energy;
        last.moment += energy * (t - last.first);
        last.last = t;
      } else bursts.push({ energy, moment: 0, first: t, last: t });
    }
  }
  const usual = median(bursts.map(({ energy }) => energy));
  const whole = bursts.filter(({ energy }) => energy > 0.9 * usual && energy < 1.1 * usual);
  return whole.map(({ first, moment, energy }) => first + moment / energy - (FLASH.beepS * 1e6) / 2);
}

/** Each flash with the beep next to it; what has none is left out. */
export function pairEvents(flashes: readonly number[], beeps: readonly number[]): readonly FlashEvent[] {
  return flashes.flatMap((flash) => {
    const beep = nearest(beeps, flash);
    return beep !== undefined && Math.abs(beep - flash) < MAX_APART_US ? [{ flash, beep }] : [];
  });
}

/**
 * How much later than in truth the sound is stamped against the picture, microseconds, for each event that was also made out.
 * @param shift what the clock of `made` shows less what that of `truth` shows, to within half a period of the events.
 */
export function skewErrors(
  truth: readonly FlashEvent[],
  made: readonly FlashEvent[],
  shift: number,
): readonly number[] {
  const close = (FLASH.everyS * 1e6) / 2;
  return made.flatMap(({ flash, beep }) => {
    const real = truth.find((event) => Math.abs(event.flash + shift - flash) < close);
    return real ? [beep - flash - (real.beep - real.flash)] : [];
  });
}

/** The share `p` of the values is at or below it (nearest rank). NaN of nothing. */
export function quantile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

function nearest(values: readonly number[], to: number): number | undefined {
  return values.toSorted((a, b) => Math.abs(a - to) - Math.abs(b - to))[0];
}
