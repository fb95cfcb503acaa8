import { BehaviorSubject, firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { BalanceReport } from '../../../../proto/messages.ts';
import type { PolicyName } from '../../../../proto/policies.ts';
import { micros, millis } from '../../../../proto/units.ts';
import { chosenOf, type Defaults } from '../../../../server/project/choosing.ts';
import { CORES_TO_SPARE, comparisonWanted } from '../../../../server/project/comparing.ts';
import { JournalView } from '../../../../server/project/journal-view.ts';
import { startingState } from '../../../../server/project/learning-state.ts';
import { oneAfterAnother } from '../../../../server/project/one-after-another.ts';
import { Rebalancing } from '../../../../server/project/rebalancing.ts';
import { FakeFeedbackLog } from '../../../support/fake-feedback-log.ts';
import { FakeShadow } from '../../../support/fake-shadow.ts';

const clock = { monotonic: () => micros(0), wall: () => millis(0) };
const DEFAULTS: Defaults = { choice: 'uni-modal-pmr', comparison: 'auto' };
const ahead = (labels: number) => Array.from({ length: labels }, () => ({ on: 1, off: 0 }));
const level = (labels: number) => Array.from({ length: labels }, () => ({ on: 1, off: 1 }));

async function open(cores = 2, defaults = DEFAULTS, given: JournalView | null = null) {
  const journal = given ?? (await JournalView.open(new FakeFeedbackLog(clock), clock));
  const shadow = new FakeShadow();
  const rebalancing = new Rebalancing({
    journal,
    defaults,
    cores,
    startShadow: (events) => shadow.start(events),
  });
  const policies: PolicyName[] = [];
  rebalancing.open(oneAfterAnother(), { choose: (policy) => void policies.push(policy) });
  const state$ = new BehaviorSubject(startingState([], 'joint'));
  const report = (): Promise<BalanceReport> =>
    firstValueFrom(rebalancing.report$(new BehaviorSubject(0), { state$ }));
  /** What the trainer was told last, once everything asked so far is done. */
  const told = async (): Promise<PolicyName | undefined> => {
    await rebalancing.choose({ type: 'rebalance' });
    return policies.at(-1);
  };
  return { journal, shadow, rebalancing, told, report };
}

describe('a choice', () => {
  it('is the default until somebody chooses, is kept in the journal, and the last one counts', async () => {
    const { rebalancing, journal, report } = await open();
    expect(await report()).toMatchObject({ choice: 'uni-modal-pmr', policy: 'uni-modal-pmr', because: '' });
    await rebalancing.choose({ type: 'rebalance', choice: 'joint' });
    await rebalancing.choose({ type: 'rebalance', choice: 'pmr-stream' });
    await rebalancing.choose({ type: 'rebalance', choice: 'pmr-stream' });
    expect(journal.entries.map(({ event }) => event.type)).toEqual(['training-choice', 'training-choice']);
    expect(chosenOf(journal.entries, DEFAULTS)).toMatchObject({ choice: 'pmr-stream', policy: 'pmr-stream' });
  });

  it('leaves the policy alone where only the comparison is spoken of', async () => {
    const { rebalancing, shadow } = await open();
    await rebalancing.choose({ type: 'rebalance', comparison: 'on' });
    expect(rebalancing.chosen).toMatchObject({ choice: 'uni-modal-pmr', comparison: 'on' });
    expect(shadow.running).toBe(true);
  });
});

describe('auto', () => {
  it('begins off and compares, switches on when that has shown a benefit, and off again without one', async () => {
    const { rebalancing, shadow, report, journal, told } = await open();
    await rebalancing.choose({ type: 'rebalance', choice: 'auto' });
    expect([rebalancing.chosen.policy, shadow.running]).toEqual(['joint-uni-modal', true]);

    shadow.tell({ scores: ahead(20), done: 20, total: 20 });
    expect(await told()).toBe('pmr-stream');
    expect((await report()).because).toContain('It helps here, switched on');

    shadow.tell({ scores: level(60), done: 80, total: 80 });
    expect(await told()).toBe('joint-uni-modal');
    expect((await report()).because).toContain('No benefit, switched off');
    expect(chosenOf(journal.entries, DEFAULTS)).toEqual(rebalancing.chosen);
  });

  it('goes on as before after a restart, until the comparison has come to the newest labels', async () => {
    const { rebalancing, shadow, journal, told } = await open();
    await rebalancing.choose({ type: 'rebalance', choice: 'auto' });
    shadow.tell({ scores: ahead(40), done: 40, total: 40 });
    expect(await told()).toBe('pmr-stream');

    const again = await open(2, DEFAULTS, journal);
    expect(again.shadow.running).toBe(true);
    again.shadow.tell({ scores: level(1), done: 1, total: 40 });
    expect(await again.told()).toBe('pmr-stream');
    again.shadow.tell({ scores: level(40), done: 40, total: 40 });
    expect(await again.told()).toBe('joint-uni-modal');
  });

  it('stays off where the comparison is switched off, and says why', async () => {
    const { rebalancing, shadow, report } = await open();
    await rebalancing.choose({ type: 'rebalance', choice: 'auto', comparison: 'off' });
    expect([rebalancing.chosen.policy, shadow.running]).toEqual(['joint-uni-modal', false]);
    expect((await report()).because).toContain('nothing compares it');
  });

  it('decides nothing where a person chose by name', async () => {
    const { told, shadow } = await open(CORES_TO_SPARE);
    shadow.tell({ scores: ahead(60), done: 60, total: 60 });
    expect(await told()).toBe('uni-modal-pmr');
  });
});

describe('comparisonWanted', () => {
  const chosen = { choice: 'joint', policy: 'joint', reason: '' } as const;
  it.each([
    ['on', 1, true],
    ['off', 64, false],
    ['auto', CORES_TO_SPARE, true],
    ['auto', CORES_TO_SPARE - 1, false],
  ] as const)('%s with %i cores: %s', (comparison, cores, on) => {
    expect(comparisonWanted({ ...chosen, comparison }, cores).on).toBe(on);
  });

  it('is wanted on any machine by auto, which decides by it', () => {
    expect(comparisonWanted({ ...chosen, choice: 'auto', comparison: 'auto' }, 1).on).toBe(true);
  });
});

describe('the comparison', () => {
  it('follows the journal, waits for a training round on few cores, and ends when it is switched off', async () => {
    const { rebalancing, shadow, report } = await open(2, { ...DEFAULTS, comparison: 'on' });
    rebalancing.trains(true);
    rebalancing.trains(false);
    expect(shadow.followed.map(({ yields }) => yields)).toEqual([false, true, false]);
    shadow.tell({ scores: level(3), done: 3, total: 5 });
    expect((await report()).comparison).toMatchObject({
      state: 'behind',
      done: 3,
      total: 5,
      labels: 3,
      onShare: 1,
    });
    await rebalancing.choose({ type: 'rebalance', comparison: 'off' });
    expect(shadow.running).toBe(false);
    expect((await report()).comparison).toMatchObject({ state: 'off', labels: 0, reason: 'switched off' });
  });

  it('never waits where there are cores to spare', async () => {
    const { rebalancing, shadow } = await open(CORES_TO_SPARE);
    rebalancing.trains(true);
    expect(shadow.followed.at(-1)?.yields).toBe(false);
  });

  it('says when it has failed', async () => {
    const { shadow, report } = await open(CORES_TO_SPARE);
    shadow.fail('its process ended (SIGKILL)');
    expect((await report()).comparison).toMatchObject({
      state: 'failed',
      reason: 'its process ended (SIGKILL)',
    });
  });
});
