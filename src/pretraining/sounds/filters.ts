/**
 * Second-order filters. Coefficients after R. Bristow-Johnson's equalizer formulas, run as transposed direct form II.
 */
import { AUDIO_RATE } from '../../features/spec.ts';
import { BLOCK, type Track } from './scene.ts';

/** `y = b0 x + b1 x' + b2 x'' - a1 y' - a2 y''`. */
export type Biquad = {
  readonly b0: number;
  readonly b1: number;
  readonly b2: number;
  readonly a1: number;
  readonly a2: number;
};

const HIGHEST_HZ = 0.49 * AUDIO_RATE;

/** Cosine of the angle and half its sine over the quality: what all the formulas are made of. */
function angle(hz: number, quality: number): { readonly cosine: number; readonly alpha: number } {
  const omega = (2 * Math.PI * Math.min(hz, HIGHEST_HZ)) / AUDIO_RATE;
  return { cosine: Math.cos(omega), alpha: Math.sin(omega) / (2 * quality) };
}

/** Passes what lies below `hz`, 12 dB an octave. */
export function lowPass(hz: number, quality = Math.SQRT1_2): Biquad {
  const { cosine, alpha } = angle(hz, quality);
  const b = (1 - cosine) / (2 * (1 + alpha));
  return { b0: b, b1: 2 * b, b2: b, a1: (-2 * cosine) / (1 + alpha), a2: (1 - alpha) / (1 + alpha) };
}

/** Passes what lies above `hz`, 12 dB an octave. */
export function highPass(hz: number, quality = Math.SQRT1_2): Biquad {
  const { cosine, alpha } = angle(hz, quality);
  const b = (1 + cosine) / (2 * (1 + alpha));
  return { b0: b, b1: -2 * b, b2: b, a1: (-2 * cosine) / (1 + alpha), a2: (1 - alpha) / (1 + alpha) };
}

/** Passes what lies around `hz`, unchanged at its centre; the quality is centre over width. */
export function bandPass(hz: number, quality: number): Biquad {
  const { cosine, alpha } = angle(hz, quality);
  const b = alpha / (1 + alpha);
  return { b0: b, b1: 0, b2: -b, a1: (-2 * cosine) / (1 + alpha), a2: (1 - alpha) / (1 + alpha) };
}

/** Raises or lowers what lies around `hz` by `gain` decibels. */
export function peak(hz: number, quality: number, gain: number): Biquad {
  const { cosine, alpha } = angle(hz, quality);
  const root = 10 ** (gain / 40);
  const a0 = 1 + alpha / root;
  const a1 = (-2 * cosine) / a0;
  return {
    b0: (1 + alpha * root) / a0,
    b1: a1,
    b2: (1 - alpha * root) / a0,
    a1,
    a2: (1 - alpha / root) / a0,
  };
}

/** Runs samples through one filter, in place. */
export function filter(samples: Float32Array, { b0, b1, b2, a1, a2 }: Biquad): void {
  let s1 = 0;
  let s2 = 0;
  for (let n = 0; n < samples.length; n++) {
    const x = samples[n]!;
    const y = b0 * x + s1;
    s1 = b1 * x - a1 * y + s2;
    s2 = b2 * x - a2 * y;
    samples[n] = y;
  }
}

/** Runs samples, from the scene's start on, through a band pass whose centre and quality move, in place. */
export function sweep(samples: Float32Array, centre: Track, quality: Track): void {
  let s1 = 0;
  let s2 = 0;
  for (let from = 0, block = 0; from < samples.length; from += BLOCK, block++) {
    const { b0, a1, a2 } = bandPass(centre[block]!, quality[block]!);
    const to = Math.min(samples.length, from + BLOCK);
    for (let n = from; n < to; n++) {
      const x = b0 * samples[n]!;
      const y = x + s1;
      s1 = s2 - a1 * y;
      s2 = -x - a2 * y;
      samples[n] = y;
    }
  }
}
