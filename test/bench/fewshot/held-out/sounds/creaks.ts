/** Creaks: something sticks, slips and rings, again and again, at a rate that glides. */
import type { Random } from '../../../../../src/random.ts';
import { scaled, within } from '../draws.ts';
import { body, RATE, SAMPLES, type Voice } from './track.ts';

type Creak = {
  /** Slips a second, from and to, over `glideS` and back. */
  readonly from: number;
  readonly to: number;
  readonly glideS: number;
  readonly modes: Parameters<typeof body>[1];
  /** How uneven the slips are, as a share of a step. */
  readonly uneven: number;
};

const creaking =
  ({ from, to, glideS, modes, uneven }: Creak): Voice =>
  (draw) => {
    const slips = new Float32Array(SAMPLES);
    const [begin, pace] = [draw.uniform(), within(draw, [0.93, 1.07])];
    for (let n = 0; n < SAMPLES; ) {
      const place = (n / (glideS * RATE) + begin) % 1;
      const share = 1 - Math.abs(2 * place - 1);
      const rate = pace * from * (to / from) ** share;
      slips[n] = 8 * (0.6 + 0.4 * draw.uniform());
      n += Math.max(1, Math.round((RATE / rate) * (1 + uneven * (2 * draw.uniform() - 1))));
    }
    return body(slips, modes);
  };

export const CREAKS = {
  door: (draw: Random) =>
    creaking({
      ...{
        from: scaled(draw, [30, 45]),
        to: scaled(draw, [140, 190]),
        glideS: within(draw, [0.7, 0.9]),
        uneven: 0.08,
      },
      modes: [
        { hertz: within(draw, [650, 850]), decayS: 0.008, gain: 1 },
        { hertz: within(draw, [1900, 2300]), decayS: 0.005, gain: 0.8 },
      ],
    }),
  bow: (draw: Random) =>
    creaking({
      ...{
        from: scaled(draw, [230, 300]),
        to: scaled(draw, [310, 380]),
        glideS: within(draw, [0.3, 0.4]),
        uneven: 0.02,
      },
      modes: [
        { hertz: within(draw, [1000, 1300]), decayS: 0.003, gain: 1 },
        { hertz: within(draw, [3000, 3600]), decayS: 0.002, gain: 0.8 },
      ],
    }),
  floor: (draw: Random) =>
    creaking({
      ...{
        from: scaled(draw, [9, 13]),
        to: scaled(draw, [20, 28]),
        glideS: within(draw, [0.5, 0.7]),
        uneven: 0.45,
      },
      modes: [
        { hertz: within(draw, [280, 380]), decayS: 0.02, gain: 1 },
        { hertz: within(draw, [750, 950]), decayS: 0.012, gain: 0.7 },
      ],
    }),
} as const;
