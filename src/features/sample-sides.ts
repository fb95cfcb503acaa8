/** What a stored sample has of each sense, whether as raw features or as a backbone's embedding. */
import type { Sample } from '../journal.ts';
import type { Modality, SignalState } from '../media.ts';
import { audioSignal, videoSignal } from './signal.ts';

type Sides = Omit<Sample, 'start' | 'end'>;

/** Whether anything of this sense was kept. */
export function hasSide({ mel, rgb, older, audioEmbedding, videoEmbedding }: Sides, side: Modality): boolean {
  return side === 'audio' ? Boolean(mel ?? audioEmbedding) : Boolean((rgb && older) ?? videoEmbedding);
}

const WITHOUT = {
  audio: { mel: null, audioEmbedding: null },
  video: { rgb: null, older: null, videoEmbedding: null },
} as const;

/** A sample with these senses alone. */
export function withSenses<S extends Sides>(sample: S, senses: readonly Modality[]): S {
  const without = (side: Modality) => (senses.includes(side) || !hasSide(sample, side) ? {} : WITHOUT[side]);
  return { ...sample, ...without('audio'), ...without('video') };
}

/** State of each signal; `missing` where nothing was kept. */
export function signalsOf({ mel, rgb, older, audioEmbedding, videoEmbedding }: Sides): {
  readonly audio: SignalState;
  readonly video: SignalState;
} {
  return {
    audio: audioEmbedding?.signal ?? (mel ? audioSignal(mel) : 'missing'),
    video: videoEmbedding?.signal ?? (rgb && older ? videoSignal(rgb, older) : 'missing'),
  };
}
