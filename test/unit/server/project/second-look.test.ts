import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { micros, millis } from '../../../../proto/units.ts';
import { JournalView } from '../../../../server/project/journal-view.ts';
import { openSuspicions, SecondLook } from '../../../../server/project/second-look.ts';
import type { JournalEvent, LabelEvent } from '../../../../src/journal.ts';
import type { Suspicion } from '../../../../src/model/suspicion.ts';
import { FakeFeedbackLog } from '../../../support/fake-feedback-log.ts';
import { FakeInference } from '../../../support/fake-inference.ts';

const clock = { monotonic: () => micros(0), wall: () => millis(0) };
const label = (id: string, classId = 'a'): LabelEvent => ({
  ...{ type: 'label', id, sessionId: 's', start: micros(0), end: micros(2e6), kind: 'class', classId },
  ...{ scope: 'both', labelledAt: millis(5), by: 'Ada', split: 'train', audioSamples: 1, videoSamples: 1 },
});
const add = (classId: string): JournalEvent => ({
  ...{ type: 'class-add', id: `add-${classId}`, classId, name: classId, colour: '#000000' },
});
const suspicion = (labelId: string, audio = 2): Suspicion => ({
  ...{ labelId, classId: 'a', otherId: 'b', audio, video: 2 },
});

async function opened(events: readonly JournalEvent[]) {
  const log = new FakeFeedbackLog(clock);
  for (const event of events) await log.append(event);
  const journal = await JournalView.open(log, clock);
  const inference = new FakeInference(log.reader());
  let found: readonly Suspicion[] = [];
  inference.suspects = async () => found;
  inference.thumbnails = async (seqs) => seqs.map((seq) => Uint8Array.of(seq));
  const look = new SecondLook({ journal, inference });
  const shown = async () => firstValueFrom(look.message$);
  const find = (suspicions: readonly Suspicion[]): void => {
    found = suspicions;
  };
  return { log, journal, inference, look, shown, find };
}

const BOTH = [add('a'), add('b')];

describe('SecondLook', () => {
  it('keeps a suspicion after the model has learned the label and finds nothing wrong any more', async () => {
    const { look, shown, find, journal } = await opened([...BOTH, label('1'), label('2')]);
    find([suspicion('1')]);
    await look.look();
    find([]);
    await look.look();
    const { suspicions, total } = await shown();
    expect(total).toBe(1);
    expect(suspicions).toMatchObject([{ labelId: '1', classId: 'a', otherId: 'b', at: 5, by: 'Ada' }]);
    expect([...(suspicions[0]?.picture ?? [])]).toEqual([3]); // the label's place
    expect(journal.entries.filter(({ event }) => event.type === 'suspicion')).toHaveLength(1);
  });

  it('is there again after a restart', async () => {
    const { look, find, log } = await opened([...BOTH, label('1')]);
    find([suspicion('1')]);
    await look.look();
    const journal = await JournalView.open(log, clock);
    const next = new SecondLook({ journal, inference: new FakeInference(log.reader()) });
    await next.look();
    expect((await firstValueFrom(next.message$)).suspicions).toMatchObject([{ labelId: '1' }]);
  });

  it('shows the five clearest of many, the clearest first', async () => {
    const labels = [1, 2, 3, 4, 5, 6, 7].map((n) => label(`${n}`));
    const { look, shown, find } = await opened([...BOTH, ...labels]);
    find(labels.map(({ id }) => suspicion(id, Number(id))));
    await look.look();
    const { suspicions, total } = await shown();
    expect(suspicions.map(({ labelId }) => labelId)).toEqual(['7', '6', '5', '4', '3']);
    expect(total).toBe(7);
  });

  it('lets calls that come while it looks share one more look', async () => {
    const { look, inference } = await opened(BOTH);
    let looks = 0;
    inference.suspects = async () => {
      looks++;
      return [];
    };
    await Promise.all([look.look(), look.look(), look.look()]);
    expect(looks).toBeLessThanOrEqual(2);
    await look.look();
    expect(looks).toBeLessThanOrEqual(3);
  });

  it('goes on after the inference process has failed it', async () => {
    const { look, shown, find, inference } = await opened([...BOTH, label('1')]);
    const { suspects } = inference;
    inference.suspects = () => Promise.reject(new Error('died'));
    await look.look();
    inference.suspects = suspects;
    find([suspicion('1')]);
    await look.look();
    expect((await shown()).total).toBe(1);
  });
});

describe('openSuspicions', () => {
  const raised: JournalEvent = { type: 'suspicion', id: 'x', ...suspicion('1') };
  const open = (...events: readonly JournalEvent[]): number =>
    openSuspicions(
      [...BOTH, label('1'), raised, ...events].map((event, i) => ({ seq: i + 1, at: millis(0), event })),
    ).length;

  it('ends with a decision, with the label, and with either class', () => {
    expect(open()).toBe(1);
    expect(open({ type: 'keep', id: 'k', labelId: '1', by: '' })).toBe(0);
    expect(open({ type: 'undo', id: 'u', labelId: '1' })).toBe(0);
    expect(open({ type: 'class-delete', id: 'd', classId: 'b' })).toBe(0);
    expect(open({ type: 'class-delete', id: 'd', classId: 'a' })).toBe(0);
  });
});
