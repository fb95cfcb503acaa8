import { describe, expect, it } from 'vitest';
import { micros, millis } from '../../../../proto/units.ts';
import {
  placeOf,
  recordedBoundaries,
  recordedRounds,
  recordedSeed,
} from '../../../../server/replay/recorded-rounds.ts';
import type { JournalEntry, JournalEvent } from '../../../../src/journal.ts';
import { labelOf } from '../../../support/compute-windows.ts';

const journal = (...events: JournalEvent[]): JournalEntry[] =>
  events.map((event, i) => ({ seq: i + 1, at: millis(0), event }));

const label = (n: number): JournalEvent => labelOf('door', n);
const round = (number: number, baseVersion: number, lastSeq: number): JournalEvent => ({
  type: 'round',
  id: `round-${number}`,
  round: number,
  baseVersion,
  lastSeq,
  seed: 100 + number,
  steps: 8,
  policy: 'joint',
  backend: 'wasm',
});
const promotion = (number: number, version: number, appliedSeq: number): JournalEvent => ({
  type: 'promotion',
  id: `promotion-${number}`,
  round: number,
  version,
  baseVersion: 0,
  appliedSeq,
  sha256: 'ab',
  heldOut: null,
  verdict: 'promoted',
});
const rejection = (number: number, verdict: string): JournalEvent => ({
  type: 'rejection',
  id: `rejection-${number}`,
  round: number,
  verdict,
  heldOut: null,
});

const entries = journal(
  label(1),
  round(1, 0, 1),
  promotion(1, 1, 1),
  round(2, 1, 3),
  label(2),
  rejection(2, 'discarded: a label it learned from was taken back'),
  round(3, 1, 5),
  round(4, 1, 5),
  rejection(4, 'not promoted'),
);

describe('recordedRounds', () => {
  it('gives the rounds that ended, with what they ran on and how they ended', () => {
    expect(recordedRounds(entries)).toMatchObject([
      {
        round: 1,
        seed: 101,
        steps: 8,
        policy: 'joint',
        backend: 'wasm',
        outcome: { type: 'promoted', seq: 3 },
      },
      { round: 2, outcome: { type: 'rejected', discarded: true } },
      { round: 4, baseVersion: 1, lastSeq: 5, outcome: { type: 'rejected', discarded: false } },
    ]);
  });

  it('knows the policy of a journal that is older than the choice', () => {
    const old: JournalEvent = {
      ...{ type: 'round', id: 'round-1', round: 1, baseVersion: 0, lastSeq: 1 },
      ...{ seed: 101, steps: 8, backend: 'wasm' },
    };
    expect(recordedRounds(journal(label(1), old, promotion(1, 1, 1)))[0]?.policy).toBe('uni-modal-pmr');
  });

  it('knows that a round cannot be run again once something it read was erased, and that a later one can', () => {
    const erased: JournalEvent = { type: 'erased', id: 'label-1', forgetId: 'forget' };
    const events = journal(
      erased,
      round(1, 0, 1),
      promotion(1, 1, 1),
      { type: 'forget', id: 'forget', classId: 'door' },
      round(2, 0, 4),
      promotion(2, 2, 4),
    );
    expect(recordedRounds(events).map(({ repeatable }) => repeatable)).toEqual([false, true]);
  });
});

describe('recordedRounds, of what was undone before it was erased', () => {
  it('can run a round again that never read it', () => {
    const events = journal(
      { type: 'erased', id: 'label-1', forgetId: 'forget' },
      { type: 'undo', id: 'undo', labelId: 'label-1' },
      round(1, 0, 2),
      promotion(1, 1, 2),
      { type: 'forget-span', id: 'forget', sessionId: 's', start: micros(0), end: micros(1) },
    );
    expect(recordedRounds(events).map(({ repeatable }) => repeatable)).toEqual([true]);
  });
});

describe('placeOf', () => {
  it.each([
    [null, 9],
    ['label-2', 5],
    ['round-3', 7],
    ['v1', 3],
    ['1', 3],
    ['v0', 0],
  ])('%s stands at %i', (id, place) => {
    expect(placeOf(entries, id)).toBe(place);
  });

  it.each(['v2', 'nobody', ''])('refuses %j with ERR_CLI_OPTION and says which versions there are', (id) => {
    expect(() => placeOf(entries, id)).toThrow(expect.objectContaining({ code: 'ERR_CLI_OPTION' }));
    expect(() => placeOf(entries, id)).toThrow('its versions are v0, v1');
  });
});

describe('recordedBoundaries', () => {
  it('names the newest label of each group of rounds once', () => {
    expect(recordedBoundaries(entries)).toEqual([1, 5]);
    expect(recordedBoundaries(journal(label(1)))).toEqual([]);
  });
});

describe('recordedSeed', () => {
  it('is the first round’s own less its number', () => {
    expect(recordedSeed(entries)).toBe(100);
    expect(recordedSeed(journal(label(1)))).toBeNull();
  });
});
