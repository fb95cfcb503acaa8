import { describe, expect, it } from 'vitest';

import { hasSide, signalsOf, withSenses } from '../../../src/features/sample-sides.ts';
import type { Sample } from '../../../src/journal.ts';
import { sampleOf } from '../../support/compute-windows.ts';

const raw = sampleOf(1, 1);
const embedded: Sample = {
  ...{ start: raw.start, end: raw.end, mel: null, rgb: null, older: null },
  audioEmbedding: { values: Float32Array.of(1, 2), signal: 'silent' },
  videoEmbedding: { values: Float32Array.of(3, 4), signal: 'frozen' },
};

describe('a sample', () => {
  it('has the sides that were kept, raw or embedded', () => {
    for (const sample of [raw, embedded]) {
      expect([hasSide(sample, 'audio'), hasSide(sample, 'video')]).toEqual([true, true]);
      const heard = withSenses(sample, ['audio']);
      expect([hasSide(heard, 'audio'), hasSide(heard, 'video')]).toEqual([true, false]);
      expect(hasSide(withSenses(sample, ['video']), 'audio')).toBe(false);
    }
    expect(withSenses(raw, ['audio', 'video'])).toEqual(raw);
  });

  it('says the state of its signals: reckoned from raw features, kept beside embeddings', () => {
    expect(signalsOf(raw)).toEqual({ audio: 'live', video: 'live' });
    expect(signalsOf(embedded)).toEqual({ audio: 'silent', video: 'frozen' });
    expect(signalsOf(withSenses(embedded, ['audio']))).toEqual({ audio: 'silent', video: 'missing' });
  });
});
