/** Engines: a train of uneven pulses through a few resonances. */
import type { Random } from '../../../../../src/random.ts';
import { scaled, within } from '../draws.ts';
import { body, RATE, SAMPLES, type Voice } from './track.ts';

type Engine = {
  /** Firings a second. */
  readonly rate: number;
  /** Strength of each cylinder. */
  readonly cylinders: readonly number[];
  readonly modes: Parameters<typeof body>[1];
  /** Octaves that the rate moves by, and how often a second. */
  readonly rev: number;
  readonly revHz: number;
};

const running =
  ({ rate, cylinders, modes, rev, revHz }: Engine): Voice =>
  (draw) => {
    const pulses = new Float32Array(SAMPLES);
    const [pace, begin] = [rate * within(draw, [0.94, 1.06]), draw.uniform()];
    let phase = draw.uniform();
    let fired = draw.integer(cylinders.length);
    for (let n = 0; n < SAMPLES; n++) {
      pulses[n] = 0.02 * draw.normal();
      phase += (pace * 2 ** (rev * Math.sin(2 * Math.PI * ((revHz * n) / RATE + begin)))) / RATE;
      if (phase < 1) continue;
      phase -= 1 + 0.06 * (draw.uniform() - 0.5);
      pulses[n] = 8 * (cylinders[fired++ % cylinders.length] ?? 1);
    }
    return body(pulses, modes);
  };

export const ENGINES = {
  moped: (draw: Random) =>
    running({
      ...{ rate: scaled(draw, [55, 75]), cylinders: [1, 0.8], rev: 0, revHz: 0 },
      modes: [
        { hertz: within(draw, [850, 1100]), decayS: 0.004, gain: 1 },
        { hertz: within(draw, [2400, 2900]), decayS: 0.002, gain: 0.7 },
      ],
    }),
  diesel: (draw: Random) =>
    running({
      ...{ rate: scaled(draw, [16, 22]), cylinders: [1, 0.6, 0.9, 0.5], rev: 0, revHz: 0 },
      modes: [
        { hertz: within(draw, [180, 260]), decayS: 0.02, gain: 1 },
        { hertz: within(draw, [1500, 1900]), decayS: 0.004, gain: 0.5 },
      ],
    }),
  revving: (draw: Random) =>
    running({
      ...{ rate: scaled(draw, [80, 120]), cylinders: [1], rev: 0.8, revHz: within(draw, [1.6, 2.2]) },
      modes: [
        { hertz: within(draw, [450, 600]), decayS: 0.005, gain: 1 },
        { hertz: within(draw, [1200, 1500]), decayS: 0.004, gain: 0.6 },
      ],
    }),
} as const;
