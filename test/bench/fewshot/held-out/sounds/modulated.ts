/** Tones that modulate each other: by frequency (Chowning, 1973), or multiplied (a ring modulator). */
import type { Random } from '../../../../../src/random.ts';
import { scaled, within } from '../draws.ts';
import { detuned, mixInto, RATE, SAMPLES, type Voice } from './track.ts';

const TURN = 2 * Math.PI;

type Modulation = {
  readonly hertz: number;
  /** Of the modulator over the carrier. */
  readonly ratio: number;
  readonly index: number;
};

/** Struck: index and loudness fall together. */
const struck =
  ({ hertz, ratio, index }: Modulation, gapS: number, decayS: number): Voice =>
  (draw) => {
    const track = new Float32Array(SAMPLES);
    const pitch = hertz * detuned(draw, 0.6);
    const gap = gapS * within(draw, [0.92, 1.08]) * RATE;
    for (let at = -gap * draw.uniform(); at < SAMPLES; at += gap) {
      const note = Float32Array.from({ length: Math.ceil(3 * decayS * RATE) }, (_, n) => {
        const fade = Math.exp(-n / (decayS * RATE));
        const swing = index * fade * Math.sin((TURN * pitch * ratio * n) / RATE);
        return fade * Math.sin((TURN * pitch * n) / RATE + swing);
      });
      mixInto(track, note, at);
    }
    return track;
  };

/** Held, while the index goes up and down. */
const wobbling =
  ({ hertz, ratio, index }: Modulation, wobbleHz: number): Voice =>
  (draw) => {
    const pitch = hertz * detuned(draw, 0.6);
    const [rate, begin] = [wobbleHz * within(draw, [0.92, 1.08]), draw.uniform()];
    return Float32Array.from({ length: SAMPLES }, (_, n) => {
      const depth = (index * (1 + Math.sin(TURN * ((rate * n) / RATE + begin)))) / 2;
      return Math.sin((TURN * pitch * n) / RATE + depth * Math.sin((TURN * pitch * ratio * n) / RATE));
    });
  };

/** Two tones multiplied; the second steps between two pitches. */
const ringing =
  ({ hertz, ratio }: Modulation, stepHz: number): Voice =>
  (draw) => {
    const pitch = hertz * detuned(draw, 0.6);
    const [rate, begin] = [stepHz * within(draw, [0.92, 1.08]), draw.uniform()];
    let phase = 0;
    return Float32Array.from({ length: SAMPLES }, (_, n) => {
      const high = ((rate * n) / RATE + begin) % 1 < 0.5;
      phase += (pitch * ratio * (high ? 1.5 : 1)) / RATE;
      return Math.sin((TURN * pitch * n) / RATE) * Math.sin(TURN * phase);
    });
  };

export const MODULATED = {
  gong: (draw: Random) =>
    struck(
      { hertz: scaled(draw, [180, 280]), ratio: Math.SQRT2, index: within(draw, [5, 8]) },
      within(draw, [0.42, 0.5]),
      0.22,
    ),
  wobble: (draw: Random) =>
    wobbling(
      { hertz: scaled(draw, [110, 180]), ratio: 2, index: within(draw, [5, 9]) },
      within(draw, [4, 6]),
    ),
  robot: (draw: Random) =>
    ringing(
      { hertz: scaled(draw, [500, 800]), ratio: within(draw, [0.27, 0.43]), index: 0 },
      within(draw, [3, 5]),
    ),
} as const;
