/** Plucked strings: noise that goes round in a delay line and is averaged (Karplus and Strong, 1983). */
import type { Random } from '../../../../../src/random.ts';
import { scaled, within } from '../draws.ts';
import { detuned, mixInto, RATE, SAMPLES, type Voice } from './track.ts';

type Pluck = { readonly hertz: number; readonly decay: number; readonly samples: number };

/** One note. `decay` below 1: the share that a round leaves. */
function string({ hertz, decay, samples }: Pluck, draw: Random): Float32Array {
  const delay = RATE / hertz - 0.5;
  const whole = Math.max(2, Math.floor(delay));
  const rest = delay - whole;
  const out = new Float32Array(samples);
  for (let n = 0; n < samples; n++) {
    if (n <= whole) {
      out[n] = 2 * draw.uniform() - 1;
      continue;
    }
    const [a, b, c] = [out[n - whole]!, out[n - whole - 1]!, out[Math.max(0, n - whole - 2)]!];
    out[n] = decay * 0.5 * ((1 - rest) * (a + b) + rest * (b + c));
  }
  return out;
}

/** Notes at equal steps, over and over from any place. */
const pattern =
  (notes: readonly number[], { hertz, gapS, decay }: { hertz: number; gapS: number; decay: number }): Voice =>
  (draw) => {
    const track = new Float32Array(SAMPLES);
    const [gap, pitch] = [gapS * within(draw, [0.92, 1.08]) * RATE, hertz * detuned(draw, 0.7)];
    let step = draw.integer(notes.length);
    for (let at = -gap * (1 + draw.uniform()); at < SAMPLES; at += gap) {
      const note = pitch * 2 ** ((notes[step++ % notes.length] ?? 0) / 12);
      mixInto(track, string({ hertz: note, decay, samples: Math.ceil(2 * gap) }, draw), at);
    }
    return track;
  };

export const PLUCKS = {
  harp: (draw: Random) =>
    pattern([0, 4, 7, 12], {
      hertz: scaled(draw, [260, 400]),
      gapS: within(draw, [0.14, 0.18]),
      decay: 0.997,
    }),
  bass: (draw: Random) =>
    pattern([0, 0, 5], { hertz: scaled(draw, [70, 110]), gapS: within(draw, [0.28, 0.36]), decay: 0.985 }),
  tremolo: (draw: Random) =>
    pattern([0], { hertz: scaled(draw, [500, 750]), gapS: within(draw, [0.07, 0.09]), decay: 0.99 }),
} as const;
