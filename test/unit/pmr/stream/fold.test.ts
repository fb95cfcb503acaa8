import { describe, expect, it } from 'vitest';
import type { PolicyName } from '../../../../proto/policies.ts';
import { millis } from '../../../../proto/units.ts';
import type { JournalEntry, JournalEvent, SampleScore } from '../../../../src/journal.ts';
import { streamStateOf } from '../../../../src/pmr/stream/fold.ts';
import { STREAM_START } from '../../../../src/pmr/stream/state.ts';
import { labelAt } from '../../training/labelled.ts';

const journal = (events: readonly JournalEvent[]): JournalEntry[] =>
  events.map((event, i) => ({ seq: i + 1, at: millis(0), event }));
const label = (n: number, classId: string): JournalEvent => {
  const { seq: _, ...event } = labelAt(n, classId);
  return event;
};
const sample = (classId: string, audio: number | null): SampleScore => ({
  fused: classId,
  audio: audio === null ? null : classId,
  video: classId,
  audioScore: audio,
  videoScore: 0.9,
});
const score = (n: number, ...samples: SampleScore[]): JournalEvent => ({
  type: 'score',
  id: `label-${n}:score`,
  labelId: `label-${n}`,
  samples,
});
const round = (policy: PolicyName): JournalEvent => ({
  type: 'round',
  id: 'r',
  round: 1,
  baseVersion: 0,
  lastSeq: 0,
  seed: 1,
  steps: 1,
  policy,
  backend: 'graph',
});
/** Twelve labels of two classes, the sound far behind. */
const taught = Array.from({ length: 12 }, (_, i) => i + 1).flatMap((n) => {
  const classId = n % 2 === 0 ? 'door' : 'cat';
  return [label(n, classId), score(n, sample(classId, 0.5), sample(classId, 0.5))];
});

describe('streamStateOf', () => {
  it('is the start for an empty journal, and says nothing of labels without scores', () => {
    expect(streamStateOf([])).toEqual(STREAM_START);
    expect(streamStateOf(journal([label(1, 'door')]))).toEqual(STREAM_START);
  });

  it('takes what was scored before each label was learned', () => {
    const state = streamStateOf(journal(taught));
    expect(state.mode).toBe('audio-weak');
    expect(state.scores.get('door')?.audio).toEqual({ score: 0.5, samples: 12 });
    expect(state.watch.labels).toBe(12);
  });

  it('counts a label that was taken back as never given', () => {
    const undone: JournalEvent = { type: 'undo', id: 'u', labelId: 'label-12' };
    expect(streamStateOf(journal([...taught, undone]))).toEqual(streamStateOf(journal(taught.slice(0, -2))));
  });

  it('leaves out a side without a score: no prototype, or dead', () => {
    const state = streamStateOf(journal([label(1, 'door'), score(1, sample('door', null))]));
    expect(state.guard.hits).toEqual({ audio: [], video: [true] });
  });

  it('puts a modality on trial when a round of this policy begins, not of another', () => {
    expect(streamStateOf(journal([...taught, round('pmr-stream')])).guard.trial).toEqual({
      modality: 'audio',
      samples: 0,
      from: 1,
    });
    expect(streamStateOf(journal([...taught, round('joint')])).guard.trial).toBeNull();
  });

  it('watches a version from its promotion, and no longer after a rollback', () => {
    const promotion: JournalEvent = {
      type: 'promotion',
      id: 'p',
      round: 1,
      version: 1,
      baseVersion: 0,
      appliedSeq: 24,
      sha256: '',
      heldOut: null,
      verdict: '',
    };
    const promoted = streamStateOf(journal([...taught, promotion]));
    expect(promoted.watch).toMatchObject({ atPromotion: 1, labels: 0 });
    const back: JournalEvent = { type: 'rollback', id: 'b', version: 0, reason: '' };
    expect(streamStateOf(journal([...taught, promotion, back])).watch.atPromotion).toBeNull();
  });

  it('reads no label before its prediction: one that has not been scored changes nothing, whatever it says', () => {
    const before = streamStateOf(journal(taught));
    for (const classId of ['door', 'cat', 'never seen'])
      expect(streamStateOf(journal([...taught, label(50, classId)]))).toEqual(before);
  });

  it('knows the past alone: what comes later changes nothing of what was', () => {
    const entries = journal(taught);
    const other = journal([...taught.slice(0, 10), label(99, 'tap'), score(99, sample('tap', 0.1))]);
    expect(streamStateOf(entries.slice(0, 10))).toEqual(streamStateOf(other.slice(0, 10)));
  });
});
