/** Representations of stored samples under weights that serve for this one call: what judging a candidate needs. */
import type { NamedArray } from '../../src/model/encoders.ts';
import type { Embed } from '../../src/training/judging.ts';
import { type Embedder, EncoderWeights, LARGEST_BATCH } from './embedder.ts';

/** One encoder's weights out of both. */
export const weightsOf = (
  weights: readonly NamedArray[],
  modality: 'audio' | 'video',
): readonly NamedArray[] => weights.filter(({ name }) => name.startsWith(`${modality}/`));

/** Embeds in the largest batches there are. Borrows the embedder. */
export function embedWith(embedder: Embedder): Embed {
  return (encoders, samples) => {
    const weights = new EncoderWeights(weightsOf(encoders, 'audio'), weightsOf(encoders, 'video'));
    try {
      const batches = Math.ceil(samples.length / LARGEST_BATCH);
      return Array.from({ length: batches }, (_, i) =>
        embedder.embed(weights, samples.slice(i * LARGEST_BATCH, (i + 1) * LARGEST_BATCH)),
      ).flat();
    } finally {
      weights.dispose();
    }
  };
}
