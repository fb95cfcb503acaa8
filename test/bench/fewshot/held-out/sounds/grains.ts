/** Textures of many small grains at random times: rain, crackle, gravel. */
import type { Random } from '../../../../../src/random.ts';
import { type Range, scaled, within } from '../draws.ts';
import { mixInto, RATE, SAMPLES, type Voice } from './track.ts';

type Texture = {
  /** Grains a second. */
  readonly rate: number;
  /** Of a grain's tone, and how long it lasts. */
  readonly hertz: Range;
  readonly decayMs: Range;
  /** Share of noise in a grain. */
  readonly noise: number;
  /** Grains of one flurry lie close together; 1: none do. */
  readonly flurry: number;
};

function grain({ hertz, decayMs, noise }: Texture, draw: Random): Float32Array {
  const [pitch, decay] = [scaled(draw, hertz), (scaled(draw, decayMs) * RATE) / 1000];
  return Float32Array.from({ length: Math.ceil(5 * decay) }, (_, n) => {
    const tone = (1 - noise) * Math.sin((2 * Math.PI * pitch * n) / RATE) + noise * (2 * draw.uniform() - 1);
    return tone * Math.exp(-n / decay);
  });
}

const texture =
  (what: Texture): Voice =>
  (draw) => {
    const track = new Float32Array(SAMPLES);
    const gap = (RATE * what.flurry) / (what.rate * within(draw, [0.85, 1.15]));
    const next = (): number => -Math.log(1 - draw.uniform()) * gap;
    for (let at = next(); at < SAMPLES; at += next())
      for (let i = 0; i < what.flurry; i++)
        mixInto(track, grain(what, draw), at + draw.uniform() * 0.03 * RATE * i, scaled(draw, [0.2, 1]));
    return track;
  };

export const GRAINS = {
  rain: (draw: Random) =>
    texture({
      rate: scaled(draw, [220, 320]),
      hertz: [2500, 6500],
      decayMs: [1.5, 4],
      noise: 0.5,
      flurry: 1,
    }),
  crackle: (draw: Random) =>
    texture({ rate: scaled(draw, [14, 22]), hertz: [900, 5000], decayMs: [0.4, 1.2], noise: 0.8, flurry: 2 }),
  gravel: (draw: Random) =>
    texture({ rate: scaled(draw, [45, 70]), hertz: [350, 1300], decayMs: [5, 12], noise: 0.35, flurry: 4 }),
} as const;
