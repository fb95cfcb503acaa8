/**
 * Augmentation of raw log-mel windows: the same moment in another voice, at another pace, through another microphone.
 *
 * Works on what the store holds, before normalization, on typed arrays. Which changes are drawn, and how far they reach, was
 * measured (ADR 0020).
 */
import { MEL_BANDS, MEL_VALUES, WINDOW_COLUMNS } from '../features/spec.ts';
import type { Random } from '../random.ts';
import { around, between, checkLength, GRAIN } from './draws.ts';

/** How far each change of the sound may reach. All draws are uniform unless said otherwise. */
export type MelAugmentation = {
  /** Circular shift in time, in frames of 10 ms, either way. */
  readonly rollFrames: number;
  /** Widest masked run of bands, and of frames; 0 masks nothing. */
  readonly maskBands: number;
  readonly maskFrames: number;
  /** Standard deviation of each of the five knots of the channel curve, in nats. */
  readonly curveNats: number;
  /** Stretch of the band axis, as the logarithm of its factor: another vocal tract. */
  readonly warpBands: number;
  /** Stretch of the time axis, likewise: another pace. */
  readonly warpFrames: number;
  /** Share of windows that get a noise floor, and how far below the window's loudest band-frame it lies, in nats. */
  readonly noiseShare: number;
  readonly noiseNats: readonly [number, number];
};

/** `fewshot.md`'s figures; the warps and the noise floor are ours (ADR 0020). */
export const MEL_AUGMENTATION: MelAugmentation = {
  rollFrames: 14,
  maskBands: 14,
  maskFrames: 20,
  curveNats: 0.6,
  warpBands: 0.3,
  warpFrames: 0.25,
  noiseShare: 0.8,
  noiseNats: [1, 5],
};

/** A smooth curve over the bands: five normal knots, straight lines between them. */
function channelCurve(source: Random, deviation: number): Float32Array {
  const knots = Array.from({ length: 5 }, () => source.normal() * deviation);
  return Float32Array.from({ length: MEL_BANDS }, (_, band) => {
    const at = (band / (MEL_BANDS - 1)) * (knots.length - 1);
    const left = Math.min(Math.floor(at), knots.length - 2);
    const share = at - left;
    return knots[left]! * (1 - share) + knots[left + 1]! * share;
  });
}

type Span = { readonly from: number; readonly to: number };

function drawMask(source: Random, widest: number, length: number): Span {
  const width = widest > 0 ? source.integer(widest + 1) : 0;
  const from = source.integer(length - width + 1);
  return { from, to: from + width };
}

/** Resamples the plane: roll and stretch in time, stretch over bands around the middle. */
function warpMel(mel: Float32Array, source: Random, how: MelAugmentation, out: Float32Array): void {
  const roll = around(source, how.rollFrames);
  const frameStep = Math.exp(around(source, how.warpFrames));
  const bandStep = Math.exp(around(source, how.warpBands));
  const middle = (WINDOW_COLUMNS - 1) / 2;
  for (let frame = 0; frame < WINDOW_COLUMNS; frame++) {
    // The window goes round, so that a roll loses no sound.
    const at = (frame - middle) * frameStep + middle + roll;
    const whole = Math.floor(at);
    const share = at - whole;
    const first = (((whole % WINDOW_COLUMNS) + WINDOW_COLUMNS) % WINDOW_COLUMNS) * MEL_BANDS;
    const second = ((((whole + 1) % WINDOW_COLUMNS) + WINDOW_COLUMNS) % WINDOW_COLUMNS) * MEL_BANDS;
    for (let band = 0; band < MEL_BANDS; band++) {
      const from = Math.min(band * bandStep, MEL_BANDS - 1);
      const low = Math.min(Math.floor(from), MEL_BANDS - 2);
      const rest = from - low;
      const here = mel[first + low]! * (1 - rest) + mel[first + low + 1]! * rest;
      const there = mel[second + low]! * (1 - rest) + mel[second + low + 1]! * rest;
      out[frame * MEL_BANDS + band] = here * (1 - share) + there * share;
    }
  }
}

const FLUTTER = 0.35; // about the deviation of one mel band's log energy in white noise

/** Adds the energies of a steady coloured noise: `log(e^mel + e^noise)`. */
function addNoise(mel: Float32Array, source: Random, how: MelAugmentation): void {
  if (source.uniform() >= how.noiseShare) return;
  let loudest = Number.NEGATIVE_INFINITY;
  for (const value of mel) if (value > loudest) loudest = value;
  const level = loudest - between(source, how.noiseNats[0], how.noiseNats[1]);
  const colour = channelCurve(source, 0.7);
  const from = source.integer(GRAIN.length - mel.length);
  for (let i = 0; i < mel.length; i++) {
    const noise = level + colour[i % MEL_BANDS]! + FLUTTER * GRAIN[from + i]!;
    const high = Math.max(mel[i]!, noise);
    mel[i] = high + Math.log1p(Math.exp(Math.min(mel[i]!, noise) - high));
  }
}

function bandMeans(mel: Float32Array): Float32Array {
  const means = new Float32Array(MEL_BANDS);
  for (let i = 0; i < mel.length; i++) means[i % MEL_BANDS]! += mel[i]! / WINDOW_COLUMNS;
  return means;
}

/** Masked cells take their band's mean: in the mean-free plane that is "nothing here". */
function mask(mel: Float32Array, source: Random, how: MelAugmentation): void {
  const bands = drawMask(source, how.maskBands, MEL_BANDS);
  const frames = drawMask(source, how.maskFrames, WINDOW_COLUMNS);
  const means = bandMeans(mel);
  for (let frame = 0; frame < WINDOW_COLUMNS; frame++) {
    const whole = frame >= frames.from && frame < frames.to;
    const from = whole ? 0 : bands.from;
    const to = whole ? MEL_BANDS : bands.to;
    for (let band = from; band < to; band++) mel[frame * MEL_BANDS + band] = means[band]!;
  }
}

/**
 * Writes one changed copy of a log-mel window, [96, 64] natural-log energies, to `out`.
 *
 * @throws {ShapeError} ERR_SHAPE if either array is not 96 x 64 long.
 */
export function augmentMel(
  mel: Float32Array,
  source: Random,
  out: Float32Array,
  how: MelAugmentation = MEL_AUGMENTATION,
): void {
  checkLength('mel', mel.length, MEL_VALUES);
  checkLength('out', out.length, MEL_VALUES);
  warpMel(mel, source, how, out);
  const curve = channelCurve(source, how.curveNats);
  for (let i = 0; i < out.length; i++) out[i]! += curve[i % MEL_BANDS]!;
  addNoise(out, source, how);
  mask(out, source, how);
}
