import { describe, expect, it } from 'vitest';
import type { ComparisonReport, GateEvidence } from '../../../../proto/messages.ts';
import { millis } from '../../../../proto/units.ts';
import { balanceCourse, balanceReport } from '../../../../server/project/balance-report.ts';
import type { Chosen } from '../../../../server/project/choosing.ts';
import type { JournalEntry, JournalEvent } from '../../../../src/journal.ts';
import { NOT_FINITE } from '../../../../src/training/gate.ts';
import { labelAt } from '../../training/labelled.ts';

const CHOSEN: Chosen = {
  choice: 'auto',
  policy: 'joint-uni-modal',
  reason: 'No benefit',
  comparison: 'auto',
};
const COMPARISON: ComparisonReport = {
  ...{
    setting: 'auto',
    state: 'off',
    reason: '',
    done: 0,
    total: 0,
    on: 'pmr-stream',
    off: 'joint-uni-modal',
  },
  ...{ labels: 0, onShare: 0, offShare: 0, low: -1, high: 1 },
};
const EVIDENCE: GateEvidence = { ...NOT_FINITE, finite: true, windows: 12, wins: 3 };

const journal = (events: readonly JournalEvent[]): JournalEntry[] =>
  events.map((event, i) => ({ seq: i + 1, at: millis(1000 * i), event }));

/** A label of the class and its score: the sound is right and the picture wrong. */
function scored(n: number, classId: string, score = 0.9): readonly JournalEvent[] {
  const { seq: _, ...label } = labelAt(n, classId);
  const sample = { fused: classId, audio: classId, video: 'other', audioScore: score, videoScore: score / 2 };
  return [label, { type: 'score', id: `label-${n}:score`, labelId: `label-${n}`, samples: [sample, sample] }];
}
const taught = Array.from({ length: 12 }, (_, i) => scored(i + 1, i % 2 ? 'door' : 'cat')).flat();
const round = (n: number): JournalEvent => ({
  ...{ type: 'round', id: `r${n}`, round: n, baseVersion: 0, lastSeq: 0, seed: 1, steps: 1 },
  ...{ policy: 'joint', backend: 'graph' },
});
const report = (events: readonly JournalEvent[]) =>
  balanceReport(balanceCourse(journal(events)), CHOSEN, COMPARISON);

describe('balanceReport', () => {
  it('says nothing of an empty journal', () => {
    expect(report([])).toMatchObject({
      ...{
        choice: 'auto',
        policy: 'joint-uni-modal',
        because: 'No benefit',
        history: [],
        rounds: [],
        rollbacks: [],
      },
      guard: {
        audio: { windows: 0, accuracy: 0, chance: 1, needed: null, pausedFor: 0, trial: null },
        reason: '',
      },
    });
  });

  it('has a point for each scored label, without a ratio until enough was scored', () => {
    const { history } = report(taught);
    expect(history.map(({ label }) => label)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    expect(history[8]).toEqual({ label: 9, rho: null, mode: 'unknown' });
    expect(history.at(-1)?.rho).toBeCloseTo(2, 6); // two classes have ten windows: 0.9 over 0.45
  });

  it('leaves out labels that were taken back', () => {
    expect(report([...taught, { type: 'undo', id: 'u', labelId: 'label-3' }]).history).toHaveLength(11);
  });

  it('bounds a ratio without measure', () => {
    const silent = Array.from({ length: 12 }, (_, i) => scored(i + 1, i % 2 ? 'door' : 'cat', 0)).flat();
    const one = silent.map(
      (event): JournalEvent =>
        event.type === 'score'
          ? { ...event, samples: event.samples.map((sample) => ({ ...sample, audioScore: 0.5 })) }
          : event,
    );
    expect(report(one).history.at(-1)?.rho).toBe(1000);
  });

  it('gives the guard of each sense with what it must reach', () => {
    const { guard } = report(taught);
    expect(guard.audio).toMatchObject({ windows: 24, accuracy: 1, chance: 0.5 });
    expect(guard.audio.needed).toBeCloseTo(0.5 + 1.64 * Math.sqrt(0.25 / 24), 6);
    expect(guard.video.accuracy).toBe(0);
    expect(guard.video.pausedFor).toBeGreaterThan(0); // it lags, and is at chance
    expect(guard.reason).toBe('the picture is at chance');
  });

  it('tells of each judged round by what it trained, and what the gate looked at', () => {
    const events: JournalEvent[] = [
      ...taught,
      round(1),
      { type: 'rejection', id: 'x', round: 1, verdict: 'not promoted', heldOut: null, evidence: EVIDENCE },
      round(2),
      {
        ...{ type: 'promotion', id: 'p', round: 2, version: 1, baseVersion: 0, appliedSeq: 3, sha256: '' },
        ...{ heldOut: null, verdict: 'promoted' },
      },
    ];
    const common = { afterLabels: 12, policy: 'joint' };
    expect(report(events).rounds).toMatchObject([
      { ...common, round: 1, outcome: 'rejected', version: 0, verdict: 'not promoted', evidence: EVIDENCE },
      { ...common, round: 2, outcome: 'promoted', version: 1, evidence: null },
    ]);
  });

  it('tells of ways back: from where, to where, why', () => {
    const promotion = (version: number): JournalEvent => ({
      ...{ type: 'promotion', id: `p${version}`, round: version, version, baseVersion: 0, appliedSeq: 0 },
      ...{ sha256: '', heldOut: null, verdict: '' },
    });
    const back: JournalEvent = { type: 'rollback', id: 'b', version: 1, reason: 'answers fell' };
    expect(report([promotion(1), promotion(2), ...scored(1, 'cat'), back]).rollbacks).toEqual([
      { at: millis(4000), afterLabels: 1, from: 2, to: 1, reason: 'answers fell' },
    ]);
  });
});
