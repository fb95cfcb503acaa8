/**
 * Embeddings as a slightly different window might have given them. What was in the picture or the sound cannot be changed any more: mild
 * noise and dropout stand in for it (ADR 0075).
 */
import type { Random } from '../random.ts';

export type EmbeddingAugmentation = {
  /** Deviation of the noise on each number of a normalized embedding, whose own deviation is 1. */
  readonly noise: number;
  /** Share of the numbers that are set to the mean, 0. */
  readonly drop: number;
};

export const EMBEDDING_AUGMENTATION: EmbeddingAugmentation = { noise: 0.1, drop: 0.1 };

/** Changes a normalized embedding in place. */
export function augmentEmbedding(
  values: Float32Array,
  source: Random,
  { noise, drop }: EmbeddingAugmentation,
): void {
  for (let i = 0; i < values.length; i++)
    values[i] = source.uniform() < drop ? 0 : values[i]! + noise * source.normal();
}
