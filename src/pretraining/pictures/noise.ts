/** Randomness looked up instead of drawn: the same tables always, entered at places that a `Random` names. */
import { random } from '../../random.ts';

const NORMALS = 1 << 16;
const LATTICE = 128;
const MASK = LATTICE - 1;

function table(length: number, draw: () => number): Float32Array {
  return new Float32Array(length).map(draw);
}

/** Standard normal numbers; a frame of sensor noise is a run of them. */
export const normals: Float32Array = table(NORMALS, random(0x6e6f7273).normal);

const lattice = table(LATTICE * LATTICE, random(0x6c617474).uniform);

/** Value noise: smooth between random numbers at whole coordinates, 0..1; repeats after 128. */
export function valueNoise(x: number, y: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const u = x - left;
  const v = y - top;
  const s = u * u * (3 - 2 * u);
  const t = v * v * (3 - 2 * v);
  const column = left & MASK;
  const next = (left + 1) & MASK;
  const row = (top & MASK) * LATTICE;
  const below = ((top + 1) & MASK) * LATTICE;
  const a = lattice[row + column]!;
  const b = lattice[row + next]!;
  const c = lattice[below + column]!;
  const d = lattice[below + next]!;
  const upper = a + (b - a) * s;
  return upper + (c + (d - c) * s - upper) * t;
}

/** Fractional Brownian motion of `octaves` octaves, each `gain` as high as the one before; about 0..1. */
export function brownian(x: number, y: number, octaves: number, gain: number): number {
  let sum = 0;
  let height = 1;
  let total = 0;
  let u = x;
  let v = y;
  for (let octave = 0; octave < octaves; octave++) {
    sum += height * valueNoise(u, v);
    total += height;
    height *= gain;
    // Turned as well as halved, so that the lattice's axes do not show through.
    const turned = 1.6 * u - 1.2 * v + 17.3;
    v = 1.2 * u + 1.6 * v + 5.1;
    u = turned;
  }
  return sum / total;
}
