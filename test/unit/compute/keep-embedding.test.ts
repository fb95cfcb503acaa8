import { describe, expect, it } from 'vitest';

import { pairOf, withoutPictures, withoutSound } from '../../../server/compute/keep-embedding.ts';
import { sampleOf } from '../../support/compute-windows.ts';

const values = Float32Array.of(1, 2, 3);

describe('a sample on its way to the journal', () => {
  it('goes to the backbone as the pair that it was', () => {
    const sample = sampleOf(1, 4);
    const pcm = Float32Array.of(0.5);
    expect(pairOf(sample, pcm)).toMatchObject({
      ...{ start: sample.start, end: sample.end },
      audio: { mel: sample.mel, pcm, signal: 'live' },
      video: { rgb: sample.rgb, older: sample.older, signal: 'live' },
    });
    expect(pairOf(sampleOf(1, 4, 'video'), null).audio).toBeNull();
    expect(pairOf(sampleOf(1, 4, 'audio'), null).video).toBeNull();
  });

  it('keeps the embedding and the state of the signal, and nothing of what they were made of', () => {
    const sample = sampleOf(1, 4);
    expect(withoutSound(sample, values)).toEqual({ mel: null, audioEmbedding: { values, signal: 'live' } });
    expect(withoutPictures(sample, values)).toEqual({
      ...{ rgb: null, older: null },
      videoEmbedding: { values, signal: 'live' },
    });
    expect(withoutSound(sample, null)).toEqual({ mel: null, audioEmbedding: null });
    expect(withoutPictures(sampleOf(1, 4, 'audio'), values).videoEmbedding).toBeNull();
  });
});
