/** A sample on its way to a backbone, and back as it is kept: the embedding stands in for what it was made of. */
import { micros } from '../../proto/units.ts';
import { audioSignal, videoSignal } from '../../src/features/signal.ts';
import type { KeptEmbedding, Sample } from '../../src/journal.ts';
import type { Pair } from '../../src/media.ts';

/** The windows of a sample, as an answer would be asked for. */
export function pairOf({ start, end, mel, rgb, older }: Sample, pcm: Float32Array | null): Pair {
  const place = { index: 0, start: micros(start), end: micros(end) } as const;
  return {
    ...place,
    skew: null,
    audio: mel && { modality: 'audio', ...place, mel, ...(pcm ? { pcm } : {}), signal: audioSignal(mel) },
    video: rgb && older && { modality: 'video', ...place, rgb, older, signal: videoSignal(rgb, older) },
  };
}

type Sound = Pick<Sample, 'mel'> & { readonly audioEmbedding: KeptEmbedding | null };
type Pictures = Pick<Sample, 'rgb' | 'older'> & { readonly videoEmbedding: KeptEmbedding | null };

/** The sense is missing where there was nothing to embed. */
export function withoutSound({ mel }: Sample, values: Float32Array | null): Sound {
  return { mel: null, audioEmbedding: values && mel && { values, signal: audioSignal(mel) } };
}

export function withoutPictures({ rgb, older }: Sample, values: Float32Array | null): Pictures {
  const videoEmbedding = values && rgb && older && { values, signal: videoSignal(rgb, older) };
  return { rgb: null, older: null, videoEmbedding };
}
