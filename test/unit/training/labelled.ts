/** Labelled samples of made-up classes for the training tests. */
import { micros, millis } from '../../../proto/units.ts';
import type { EffectiveLabel } from '../../../src/journal.ts';
import type { Labelled } from '../../../src/training/replay-buffer.ts';
import { type Sides, sampleOf } from '../../support/compute-windows.ts';

export function labelAt(
  seq: number,
  classId: string | null,
  change: Partial<EffectiveLabel> = {},
): EffectiveLabel {
  return {
    type: 'label',
    id: `label-${seq}`,
    sessionId: 's',
    start: micros(0),
    end: micros(2_400_000),
    kind: classId === null ? 'unknown' : 'class',
    classId,
    scope: 'both',
    labelledAt: millis(0),
    by: 'test',
    split: 'train',
    audioSamples: 4,
    videoSamples: 4,
    seq,
    ...change,
  };
}

/** One sample of class `kind`, called `class-kind`. */
export function labelled(
  kind: number,
  seq: number,
  change: Partial<EffectiveLabel> = {},
  sides: Sides = 'both',
): Labelled {
  const label = labelAt(seq, `class-${kind}`, change);
  return { label, index: 0, sample: sampleOf(kind, seq, sides), classId: label.classId };
}
