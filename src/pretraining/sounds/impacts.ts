/**
 * Blows: a short knock, then the struck body's modes, each dying away at its own rate (modal synthesis). The body is
 * identity; where and how hard it is struck is not.
 */
import { AUDIO_RATE } from '../../features/spec.ts';
import type { Random } from '../../random.ts';
import { aboutOne, between, logBetween, pick } from './draws.ts';
import { filter, lowPass } from './filters.ts';
import { whiteNoise } from './noise.ts';
import { strikeAt } from './placing.ts';
import { emptyScene, LEAD, type Scene } from './scene.ts';
import type { Thing } from './thing.ts';
import { attackMeasure, centreMeasure, decayMeasure, spread } from './vocabulary.ts';

/** What a body may be made of, as it sounds. */
export const MATERIALS = ['wood', 'metal', 'glass', 'skin'] as const;
export type Material = (typeof MATERIALS)[number];

/** Frequency in Hz, amplitude, seconds for a fall by 60 dB. */
type Mode = { readonly hz: number; readonly gain: number; readonly decay: number };

/** A thing that can be struck. */
export type Body = {
  readonly material: Material;
  readonly modes: readonly Mode[];
  /** The knock's noise: its amplitude and where it ends, in Hz. */
  readonly knock: number;
  /** How fast the knock fades, in seconds to a third. */
  readonly contact: number;
  readonly dullness: number;
};

type Range = readonly [low: number, high: number];
type Recipe = {
  readonly lowest: Range; // Hz
  readonly count: Range;
  readonly spacing: Range; // from one mode to the next
  readonly decay: Range; // seconds
  readonly damping: Range;
  readonly knock: Range;
};

/** Ranges of what a material is made of. `damping`: how much faster a mode an octave higher dies. */
const MADE_OF: Readonly<Record<Material, Recipe>> = {
  wood: {
    lowest: [200, 1_200],
    count: [3, 6],
    spacing: [1.4, 2.6],
    decay: [0.04, 0.2],
    damping: [0.3, 0.8],
    knock: [0.5, 1.5],
  },
  metal: {
    lowest: [250, 1_500],
    count: [7, 14],
    spacing: [1.1, 1.6],
    decay: [0.6, 3],
    damping: [0, 0.35],
    knock: [0.1, 0.5],
  },
  glass: {
    lowest: [1_200, 3_000],
    count: [4, 8],
    spacing: [1.15, 1.7],
    decay: [0.15, 0.8],
    damping: [0.1, 0.4],
    knock: [0.1, 0.6],
  },
  skin: {
    lowest: [60, 300],
    count: [5, 9],
    spacing: [1.2, 1.6],
    decay: [0.1, 0.6],
    damping: [0.6, 1.2],
    knock: [0.2, 1],
  },
};

const HIGHEST_HZ = 7_600;

/** A body of any material. */
export function drawBody(source: Random): Body {
  const material = pick(source, MATERIALS);
  const ranges = MADE_OF[material];
  const damping = between(source, ...ranges.damping);
  const lowest = logBetween(source, ...ranges.lowest);
  const longest = logBetween(source, ...ranges.decay);
  const fall = between(source, 0, 1);
  const modes: Mode[] = [];
  let hz = lowest;
  for (let left = Math.round(between(source, ...ranges.count)); left > 0 && hz < HIGHEST_HZ; left--) {
    const octaves = Math.log2(hz / lowest);
    modes.push({
      hz,
      gain: aboutOne(source, 0.5) * 2 ** (-fall * octaves),
      decay: longest * 2 ** (-damping * octaves),
    });
    hz *= between(source, ...ranges.spacing);
  }
  return {
    material,
    modes,
    knock: between(source, ...ranges.knock),
    contact: logBetween(source, 0.001, 0.015),
    dullness: logBetween(source, 500, 6_000),
  };
}

/** Adds one decaying sine from sample `from` on, until it is 70 dB down: a two-pole recursion set ringing. */
function ring(out: Float32Array, from: number, { hz, gain, decay }: Mode): void {
  const radius = 10 ** (-3 / (decay * AUDIO_RATE));
  const turn = (2 * Math.PI * hz) / AUDIO_RATE;
  const [b, c] = [2 * radius * Math.cos(turn), -radius * radius];
  const to = Math.min(out.length, from + Math.round(decay * AUDIO_RATE * 1.2));
  let [late, later] = [0, -gain * Math.sin(turn)];
  for (let n = from; n < to; n++) {
    const y = b * late + c * later;
    later = late;
    late = y;
    out[n]! += y;
  }
}

/** Adds a knock of noise, five times as long as its contact. */
function knock(
  out: Float32Array,
  from: number,
  { knock: gain, contact, dullness }: Body,
  source: Random,
): void {
  const noise = whiteNoise(source, Math.ceil(5 * contact * AUDIO_RATE));
  filter(noise, lowPass(dullness));
  const fall = Math.exp(-1 / (contact * AUDIO_RATE));
  let level = gain;
  for (let n = 0; n < noise.length && from + n < out.length; n++) {
    out[from + n]! += level * noise[n]!;
    level *= fall;
  }
}

/** Strikes a body at sample `from`: its modes by about 4 dB otherwise than the last time, and 1 % in pitch as a whole. */
export function strike(out: Float32Array, from: number, body: Body, source: Random): void {
  const whole = aboutOne(source, 0.01);
  const damped = aboutOne(source, 0.1);
  for (const { hz, gain, decay } of body.modes)
    ring(out, from, { hz: hz * whole, gain: gain * aboutOne(source, 0.45), decay: decay * damped });
  knock(out, from, { ...body, dullness: body.dullness * aboutOne(source, 0.3) }, source);
}

/** What can be measured of a body: means over its modes, by power. */
export function measuredBody({ modes, knock: gain }: Body): Thing['measured'] {
  const power = modes.reduce((sum, mode) => sum + mode.gain ** 2, 0);
  const mean = (of: (mode: Mode) => number): number =>
    modes.reduce((sum, mode) => sum + mode.gain ** 2 * of(mode), 0) / power;
  return {
    centre: centreMeasure(Math.exp(mean(({ hz }) => Math.log(hz)))),
    attack: attackMeasure(0.002),
    decay: decayMeasure(Math.exp(mean(({ decay }) => Math.log(decay)))),
    roughness: spread(gain, 0, 1.5),
  };
}

/** One blow on a body. */
export function drawImpact(source: Random): Thing {
  const body = drawBody(source);
  return {
    kind: `impact-${body.material}`,
    measured: measuredBody(body),
    play: (nuisance) => {
      const out: Scene = emptyScene();
      strike(out, LEAD + Math.round(strikeAt(nuisance) * AUDIO_RATE), body, nuisance);
      return out;
    },
  };
}
