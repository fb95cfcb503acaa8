import { describe, expect, it } from 'vitest';
import { micros, millis } from '../../../../proto/units.ts';
import {
  cleanVersions,
  offeredOf,
  olderChampion,
  servingOf,
  versionsOf,
} from '../../../../server/project/lineage.ts';
import type { JournalEntry, JournalEvent, LabelEvent } from '../../../../src/journal.ts';

const label = (id: string, classId = 'x'): LabelEvent => ({
  type: 'label',
  id,
  sessionId: 's',
  start: micros(0),
  end: micros(2_400_000),
  kind: 'class',
  classId,
  scope: 'both',
  labelledAt: millis(0),
  by: '',
  split: 'train',
  audioSamples: 4,
  videoSamples: 4,
});
const undo = (labelId: string): JournalEvent => ({ type: 'undo', id: `u-${labelId}`, labelId });
const promotion = (version: number, baseVersion: number, appliedSeq: number): JournalEvent => ({
  type: 'promotion',
  id: `p${version}`,
  round: version,
  version,
  baseVersion,
  appliedSeq,
  sha256: '',
  heldOut: null,
  verdict: '',
});
const rollback = (version: number): JournalEvent => ({
  type: 'rollback',
  id: `r${version}`,
  version,
  reason: '',
});
const journal = (...events: JournalEvent[]): JournalEntry[] =>
  events.map((event, i) => ({ seq: i + 1, at: millis(i), event }));
const clean = (entries: JournalEntry[]) => cleanVersions(entries).map(({ version }) => version);

describe('servingOf', () => {
  it('is version 0 before any promotion, then the last promoted or rolled back to', () => {
    expect(servingOf(journal(label('a')))).toBe(0);
    expect(servingOf(journal(promotion(1, 0, 0), promotion(2, 1, 1)))).toBe(2);
    expect(servingOf(journal(promotion(1, 0, 0), promotion(2, 1, 1), rollback(1)))).toBe(1);
  });
});

describe('versionsOf', () => {
  it('lists version 0 and every promotion with what it had read', () => {
    expect(
      versionsOf(journal(label('a'), promotion(1, 0, 1))).map(({ version, appliedSeq }) => [
        version,
        appliedSeq,
      ]),
    ).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });
});

describe('cleanVersions', () => {
  it('keeps a version that never read the label that was taken back', () => {
    // a(1) b(2) v1 read to 2 (3) c(4) v2 read to 4 (5) undo c (6)
    expect(
      clean(journal(label('a'), label('b'), promotion(1, 0, 2), label('c'), promotion(2, 1, 4), undo('c'))),
    ).toEqual([0, 1]);
  });

  it('drops a version whose base had read it, even when it was taken back before its own round', () => {
    // a(1) v1 read to 1 (2) undo a (3) v2 on v1, read to 3
    expect(clean(journal(label('a'), promotion(1, 0, 1), undo('a'), promotion(2, 1, 3)))).toEqual([0]);
  });

  it('keeps a version trained from a clean base after the label was taken back', () => {
    expect(clean(journal(label('a'), promotion(1, 0, 1), undo('a'), promotion(2, 0, 3)))).toEqual([0, 2]);
  });

  it('drops a version that had read what was erased since, and keeps one trained after that', () => {
    const erased: JournalEvent = { type: 'erased', id: 'a', forgetId: 'f' };
    const forget: JournalEvent = { type: 'forget', id: 'f', classId: 'x' };
    expect(clean(journal(erased, promotion(1, 0, 1), forget, promotion(2, 0, 3)))).toEqual([0, 2]);
  });

  it('counts what was undone before it was erased as taken back by the undo', () => {
    // erased a(1) undo a (2) v1 read to 2 (3) forget (4)
    const erased: JournalEvent = { type: 'erased', id: 'a', forgetId: 'f' };
    const forget: JournalEvent = { type: 'forget', id: 'f', classId: 'x' };
    expect(clean(journal(erased, undo('a'), promotion(1, 0, 2), forget))).toEqual([0, 1]);
  });

  it('counts a label in a forgotten span as taken back, and one beside it not', () => {
    const forget = (start: number): JournalEvent => ({
      ...{ type: 'forget-span', id: 'f', sessionId: 's' },
      ...{ start: micros(start), end: micros(start + 1e6) },
    });
    expect(clean(journal(label('a'), promotion(1, 0, 1), forget(2e6)))).toEqual([0]);
    expect(clean(journal(label('a'), promotion(1, 0, 1), forget(2.4e6)))).toEqual([0, 1]);
  });

  it('counts a forgotten class and a deleted class as taken back', () => {
    const forget: JournalEvent = { type: 'forget', id: 'f', classId: 'x' };
    const drop: JournalEvent = { type: 'class-delete', id: 'd', classId: 'y' };
    expect(clean(journal(label('a', 'x'), promotion(1, 0, 1), forget))).toEqual([0]);
    expect(clean(journal(label('a', 'x'), promotion(1, 0, 1), drop))).toEqual([0, 1]);
  });
});

describe('offeredOf', () => {
  const round = (lastSeq: number): JournalEvent => ({
    ...{ type: 'round', id: `round-${lastSeq}`, round: 1, baseVersion: 0, lastSeq },
    ...{ seed: 1, steps: 1, backend: 'wasm' },
  });

  it('is what the last round read', () => {
    expect(offeredOf(journal())).toBe(0);
    expect(offeredOf(journal(label('a'), round(1), promotion(1, 0, 1), label('b')))).toBe(1);
  });

  it('goes back to what the version read that serves instead of a tainted one, not after a choice of a person', () => {
    const learned = [label('a'), round(1), promotion(1, 0, 1), label('b'), round(4), promotion(2, 1, 4)];
    const back: JournalEvent = { type: 'rollback', id: 'back', version: 1, reason: '', takenBack: true };
    expect(offeredOf(journal(...learned, rollback(1)))).toBe(4);
    expect(offeredOf(journal(...learned, undo('b'), back))).toBe(1);
    expect(offeredOf(journal(...learned, undo('b'), back, round(8)))).toBe(8);
  });
});

describe('olderChampion', () => {
  const three = [label('a'), promotion(1, 0, 1), label('b'), promotion(2, 1, 3), promotion(3, 2, 3)];

  it('is the version that the serving one came from', () => {
    expect(olderChampion(journal(...three), [0, 1, 2, 3])).toBe(2);
    expect(olderChampion(journal(...three, rollback(2)), [0, 1, 2, 3])).toBe(1);
  });

  it('passes over one that is gone, or holds what was taken back', () => {
    expect(olderChampion(journal(...three), [0, 1, 3])).toBe(1);
    expect(olderChampion(journal(...three, undo('b')), [0, 1, 2, 3])).toBe(1);
  });

  it('is never the seeded version 0', () => {
    expect(olderChampion(journal(label('a'), promotion(1, 0, 1)), [0, 1])).toBeNull();
    expect(olderChampion(journal(...three, undo('a')), [0, 1, 2, 3])).toBeNull();
  });
});
