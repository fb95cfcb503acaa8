/** A label of one window. */
import { millis } from '../../../../proto/units.ts';
import type { LabelEvent } from '../../../../src/journal.ts';
import { AV_CLASSES } from './classes.ts';
import type { AvSample } from './course.ts';

const HELD_OUT_EVERY = 5; // as a project splits its labels

/** @param given labels of its class before it: every fifth judges and is never trained on. */
export function labelOf({ classIndex, sample }: AvSample, place: number, given: number): LabelEvent {
  return {
    type: 'label',
    id: `label-${place}`,
    sessionId: 'bench',
    start: sample.start,
    end: sample.end,
    kind: 'class',
    classId: AV_CLASSES[classIndex]?.name ?? '',
    scope: 'both',
    labelledAt: millis(0),
    by: 'bench',
    split: (given + 1) % HELD_OUT_EVERY === 0 ? 'validation' : 'train',
    audioSamples: 1,
    videoSamples: 1,
  };
}
