import { describe, expect, it } from 'vitest';

import type { SignalState } from '../../../proto/messages.ts';
import { micros } from '../../../proto/units.ts';
import { evidenceOf } from '../../../src/model/evidence.ts';

const z = Float32Array.of(1);

const rows: readonly (readonly [SignalState, SignalState, boolean, boolean])[] = [
  ['live', 'live', true, true],
  ['live', 'frozen', true, true],
  ['live', 'dark', true, false],
  ['live', 'missing', true, false],
  ['silent', 'live', false, true],
  ['silent', 'frozen', false, true],
  ['silent', 'dark', true, true],
  ['silent', 'missing', true, false],
  ['missing', 'dark', false, true],
  ['missing', 'missing', false, false],
];

describe('evidenceOf', () => {
  it.each(rows)('takes %s sound and %s picture as %s and %s', (audio, video, hears, sees) => {
    const window = { start: micros(0), zAudio: z, zVideo: z, signals: { audio, video } };
    expect(evidenceOf(window)).toEqual({ audio: hears, video: sees });
  });

  it('never counts a side without a representation', () => {
    const window = {
      start: micros(0),
      zAudio: null,
      zVideo: z,
      signals: { audio: 'live', video: 'dark' },
    } as const;
    expect(evidenceOf(window)).toEqual({ audio: false, video: true });
  });
});
