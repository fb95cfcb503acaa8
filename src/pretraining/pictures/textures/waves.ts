/** Textures made of sine waves. */
import type { Random } from '../../../random.ts';
import { axis } from '../attributes.ts';
import { between, pick } from '../colour.ts';
import type { Field } from '../surface.ts';
import { fieldTexture, sizeMeasure, type Texture } from './texture.ts';

const TURN = 2 * Math.PI;
const drawFrequency = (source: Random): number => Math.exp(between(source, Math.log(1), Math.log(8)));

/** Soft, sharp or slanted crests, by which gratings of one frequency still differ. */
const CRESTS: readonly [Field, ...Field[]] = [
  (x) => 0.5 + 0.5 * Math.sin(TURN * x),
  (x) => 0.5 + 0.5 * Math.max(-1, Math.min(1, 5 * Math.sin(TURN * x))),
  (x) => x - Math.floor(x),
];

export function drawGrating(source: Random): Texture {
  const [frequency, angle] = [drawFrequency(source), between(source, 0, Math.PI)];
  const measured = { ...axis(angle), size: sizeMeasure(frequency) };
  const repeat = { period: 1 / frequency, across: angle };
  const field = pick(source, CRESTS);
  return fieldTexture(source, { kind: 'grating', field, frequency, angle, measured, repeat, roam: 1 });
}

/** Two gratings across each other. */
export function drawPlaid(source: Random): Texture {
  const [frequency, angle] = [drawFrequency(source), between(source, 0, Math.PI)];
  const [ratio, lean, share] = [
    between(source, 0.5, 2),
    between(source, -0.6, 0.6),
    between(source, 0.3, 0.7),
  ];
  const field: Field = (x, y) =>
    0.5 + 0.5 * (share * Math.sin(TURN * x) + (1 - share) * Math.sin(TURN * ratio * (y + lean * x)));
  const measured = { ...axis(angle), size: sizeMeasure(frequency) };
  const repeat = { period: 1 / (frequency * Math.max(1, ratio)), across: null };
  return fieldTexture(source, { kind: 'plaid', field, frequency, angle, measured, repeat, roam: 1 });
}

/** Waves in waves: sines of sines with random coefficients. */
export function drawShader(source: Random): Texture {
  const [frequency, angle] = [between(source, 0.5, 2.2), between(source, 0, TURN)];
  const k = Array.from({ length: 8 }, () => between(source, -3, 3));
  const [bend, twist] = [between(source, 0.5, 2.5), between(source, 0.5, 2.5)];
  const field: Field = (x, y) => {
    const u = Math.sin(k[0]! * x + k[1]! * y + bend * Math.sin(k[2]! * x + k[3]! * y));
    const v = Math.sin(k[4]! * x + k[5]! * y + twist * Math.sin(k[6]! * y + k[7]! * x + 2 * u));
    return 0.5 + 0.25 * (u + v);
  };
  const measured = { size: sizeMeasure(2 * frequency) };
  return fieldTexture(source, { kind: 'shader', field, frequency, angle, measured, roam: 0.3 });
}

/** Rings around one or two centres. */
export function drawRipples(source: Random): Texture {
  const [frequency, apart] = [drawFrequency(source) / 1.5, pick(source, [0, 0, between(source, 0.3, 1)])];
  const field: Field = (x, y) => {
    const [u, v] = [x / frequency, y / frequency];
    const one = Math.sin(TURN * frequency * Math.hypot(u - apart, v));
    if (apart === 0) return 0.5 + 0.5 * one;
    return 0.5 + 0.25 * (one + Math.sin(TURN * frequency * Math.hypot(u + apart, v)));
  };
  const measured = { size: sizeMeasure(frequency) };
  const angle = between(source, 0, Math.PI);
  const repeat = { period: 1 / frequency, across: null };
  return fieldTexture(source, {
    kind: 'ripples',
    field,
    frequency,
    angle,
    measured,
    repeat,
    roam: 0.2 * frequency,
  });
}
