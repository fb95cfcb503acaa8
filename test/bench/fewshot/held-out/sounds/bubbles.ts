/** Bubbles: short sines that rise as they fade (after van den Doel, 2005). */
import type { Random } from '../../../../../src/random.ts';
import { type Range, scaled, within } from '../draws.ts';
import { mixInto, RATE, SAMPLES, type Voice } from './track.ts';

type Liquid = {
  /** Bubbles a second. */
  readonly rate: number;
  readonly hertz: Range;
  readonly decayS: number;
  /** Octaves a second that a bubble rises by. */
  readonly rise: number;
  /** Octaves by which all of them rise over the window, as a vessel fills. */
  readonly filling: number;
  /** Whether they come at equal steps. */
  readonly regular: boolean;
};

function bubble(hertz: number, { decayS, rise }: Liquid): Float32Array {
  let phase = 0;
  return Float32Array.from({ length: Math.ceil(4 * decayS * RATE) }, (_, n) => {
    phase += (hertz * 2 ** ((rise * n) / RATE)) / RATE;
    return Math.sin(2 * Math.PI * phase) * Math.exp(-n / (decayS * RATE)) * Math.min(1, n / 32);
  });
}

const liquid =
  (what: Liquid): Voice =>
  (draw) => {
    const track = new Float32Array(SAMPLES);
    const gap = RATE / (what.rate * within(draw, [0.9, 1.1]));
    const next = (): number => (what.regular ? gap : -Math.log(1 - draw.uniform()) * gap);
    const lift = within(draw, [0.95, 1.05]);
    for (let at = -gap * draw.uniform(); at < SAMPLES; at += next()) {
      const hertz = lift * scaled(draw, what.hertz) * 2 ** ((what.filling * at) / SAMPLES);
      mixInto(track, bubble(hertz, what), at, scaled(draw, [0.4, 1]));
    }
    return track;
  };

const STREAM: Liquid = { rate: 1, hertz: [400, 800], decayS: 0.02, rise: 4, filling: 0, regular: false };

export const BUBBLES = {
  brook: (draw: Random) =>
    liquid({ ...STREAM, rate: scaled(draw, [55, 85]), hertz: [700, 2200], decayS: 0.012, rise: 6 }),
  pouring: (draw: Random) =>
    liquid({
      ...STREAM,
      rate: scaled(draw, [28, 40]),
      hertz: [320, 520],
      filling: 1.1,
      decayS: 0.03,
      rise: 3,
    }),
  drips: (draw: Random) =>
    liquid({
      ...STREAM,
      rate: scaled(draw, [3.5, 5]),
      hertz: [900, 1300],
      decayS: 0.045,
      rise: 12,
      regular: true,
    }),
} as const;
