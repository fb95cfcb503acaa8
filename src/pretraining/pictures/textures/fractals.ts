/** Textures that count how long a point takes to escape under z -> z² + c (Julia, 1918; Mandelbrot, 1980). */
import type { Random } from '../../../random.ts';
import { axis } from '../attributes.ts';
import { between } from '../colour.ts';
import type { Field } from '../surface.ts';
import { fieldTexture, sizeMeasure, type Texture } from './texture.ts';

const ITERATIONS = 28;
const ESCAPED = 16; // squared: far enough out for the fraction below to be smooth

/** Outside, how late it escapes, without steps, in `bands` runs up and down; inside, how near to 0 it came. */
function depth(x: number, y: number, cx: number, cy: number, bands: number): number {
  let zx = x;
  let zy = y;
  let nearest = ESCAPED;
  for (let i = 0; i < ITERATIONS; i++) {
    const xx = zx * zx;
    const yy = zy * zy;
    const squared = xx + yy;
    if (squared > ESCAPED) {
      const part = 1 - Math.log2(Math.log2(squared) / 4);
      const run = Math.sqrt(Math.max(0, i + part) / ITERATIONS) * bands;
      return 1 - Math.abs((run % 2) - 1);
    }
    if (squared < nearest) nearest = squared;
    zy = 2 * zx * zy + cy;
    zx = xx - yy + cx;
  }
  return 1 - Math.sqrt(nearest);
}

/** A point just outside the main cardioid's edge, where the sets are richest. */
function drawEdgePoint(source: Random): readonly [number, number] {
  const [angle, out] = [between(source, 0.15, 2 * Math.PI - 0.15), between(source, 1.0, 1.12)];
  const x = Math.cos(angle) / 2 - Math.cos(2 * angle) / 4;
  const y = Math.sin(angle) / 2 - Math.sin(2 * angle) / 4;
  return [x * out, y * out];
}

export function drawJulia(source: Random): Texture {
  const [cx, cy] = drawEdgePoint(source);
  const [frequency, angle] = [between(source, 0.7, 1.4), between(source, 0, Math.PI)];
  const bands = between(source, 1, 4);
  const field: Field = (x, y) => depth(x, y, cx, cy, bands);
  const measured = { ...axis(angle), size: sizeMeasure(4 * frequency) };
  return fieldTexture(source, { kind: 'julia', field, frequency, angle, measured, roam: 0.12 });
}

/** A piece of the Mandelbrot set's edge. */
export function drawMandelbrot(source: Random): Texture {
  const [cx, cy] = drawEdgePoint(source);
  const [frequency, angle] = [between(source, 0.25, 0.8), between(source, 0, 2 * Math.PI)];
  const bands = between(source, 1, 4);
  const field: Field = (x, y) => depth(x + cx, y + cy, x + cx, y + cy, bands);
  const measured = { size: sizeMeasure(3 / frequency) };
  return fieldTexture(source, { kind: 'mandelbrot', field, frequency, angle, measured, roam: 0.08 });
}
