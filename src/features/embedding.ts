/** A backbone's embeddings to an adapter's input. Pure. */
import { ShapeError } from '../errors.ts';

/** Smallest deviation that an embedding is divided by: one that is the same everywhere comes to zeros. */
const DEVIATION_FLOOR = 1e-6;

/**
 * Writes one embedding, minus its mean over its deviation, into `out` [E]: backbones differ in scale by orders of magnitude, and one
 * adapter and one learning rate serve all.
 *
 * @throws {ShapeError} ERR_SHAPE for another width, ERR_NOT_FINITE for NaN or infinity.
 */
export function embeddingInto(out: Float32Array, embedding: Float32Array): void {
  const width = embedding.length;
  if (width !== out.length) {
    const seen = `an embedding of ${width} numbers, the adapter takes ${out.length}`;
    throw new ShapeError('ERR_SHAPE', `${seen}: it was made by another backbone`);
  }
  let sum = 0;
  for (let i = 0; i < width; i++) sum += embedding[i]!;
  const mean = sum / width;
  let squares = 0;
  for (let i = 0; i < width; i++) squares += (embedding[i]! - mean) ** 2;
  if (!Number.isFinite(squares)) {
    const seen = 'an embedding holds NaN or infinity';
    throw new ShapeError('ERR_NOT_FINITE', `${seen}: use another backbone, or another range of its input`);
  }
  const scale = 1 / Math.max(DEVIATION_FLOOR, Math.sqrt(squares / width));
  for (let i = 0; i < width; i++) out[i] = (embedding[i]! - mean) * scale;
}
