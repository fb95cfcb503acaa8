import { describe, expect, it } from 'vitest';
import type { PolicyName } from '../../../../proto/policies.ts';
import { micros, millis } from '../../../../proto/units.ts';
import { type Arm, Counterfactual } from '../../../../server/shadow/counterfactual.ts';
import type { ShadowProgress } from '../../../../server/shadow/ports.ts';
import type { JournalEntry, JournalEvent } from '../../../../src/journal.ts';
import { labelAt } from '../../training/labelled.ts';

/** An arm that writes down what it is asked; the one called "on" answers rightly, the other never. */
function open() {
  const calls: string[] = [];
  const reports: ShadowProgress[] = [];
  const arm = (policy: PolicyName): Arm => ({
    label: ({ id, classId }, place) => {
      calls.push(`${policy} ${id} at ${place}`);
      const fused = policy === 'pmr-stream' ? classId : null;
      return [{ fused, audio: null, video: null, audioScore: null, videoScore: null }];
    },
    note: ({ type }) => void calls.push(`${policy} ${type}`),
    learn: async () => void calls.push(`${policy} learns`),
    dispose: () => void calls.push(`${policy} ends`),
  });
  const counterfactual = new Counterfactual({
    ...{ on: 'pmr-stream', off: 'joint-uni-modal', open: arm },
    onProgress: (progress) => void reports.push(progress),
  });
  return { counterfactual, calls, reports };
}

const journal = (events: readonly JournalEvent[]): JournalEntry[] =>
  events.map((event, i) => ({ seq: i + 1, at: millis(0), event }));
const label = (n: number): JournalEvent => {
  const { seq: _, ...event } = labelAt(n, 'cat');
  return event;
};
const round = (n: number, lastSeq: number): JournalEvent => ({
  ...{ type: 'round', id: `r${n}`, round: n, baseVersion: 0, lastSeq, seed: 1, steps: 1, backend: 'wasm' },
});

describe('Counterfactual', () => {
  it('hands each label to both once, however often it is asked to follow', async () => {
    const { counterfactual, calls, reports } = open();
    await counterfactual.follow(journal([label(1)]));
    await counterfactual.follow(journal([label(1), label(2)]));
    expect(calls).toEqual([
      ...['pmr-stream label-1 at 1', 'joint-uni-modal label-1 at 1'],
      ...['pmr-stream label-2 at 2', 'joint-uni-modal label-2 at 2'],
    ]);
    const scores = [
      { on: 1, off: 0 },
      { on: 1, off: 0 },
    ];
    expect(reports.at(-1)).toEqual({ scores, done: 2, total: 2 });
  });

  it('trains both at the first round of a group, and not again before another label', async () => {
    const { counterfactual, calls } = open();
    await counterfactual.follow(journal([label(1), round(1, 1), round(2, 1), label(2), round(3, 4)]));
    expect(calls.filter((call) => call.endsWith('learns'))).toEqual([
      ...['pmr-stream learns', 'joint-uni-modal learns'],
      ...['pmr-stream learns', 'joint-uni-modal learns'],
    ]);
  });

  it('counts a label that was taken back no more', async () => {
    const { counterfactual, calls, reports } = open();
    await counterfactual.follow(journal([label(1), label(2), { type: 'undo', id: 'u', labelId: 'label-1' }]));
    expect(reports.at(-1)).toMatchObject({ scores: [{ on: 1, off: 0 }], done: 2 });
    expect(calls).toContain('pmr-stream undo');
  });

  it.each([
    { type: 'forget', id: 'f', classId: null },
    { type: 'forget-span', id: 'f', sessionId: 's', start: micros(0), end: micros(1) },
  ] as const)('starts anew after a $type: nothing of what was deleted may stay', async (deletion) => {
    const { counterfactual, calls, reports } = open();
    await counterfactual.follow(journal([label(1)]));
    const erased: JournalEvent = { type: 'erased', id: 'label-1', forgetId: 'f' };
    await counterfactual.follow(journal([erased, deletion, label(2)]));
    expect(calls.slice(2)).toEqual([
      ...['pmr-stream ends', 'joint-uni-modal ends'],
      ...['pmr-stream label-2 at 3', 'joint-uni-modal label-2 at 3'],
    ]);
    expect(reports.at(-1)).toEqual({ scores: [{ on: 1, off: 0 }], done: 1, total: 1 });
  });
});
