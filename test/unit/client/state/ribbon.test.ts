import { describe, expect, it } from 'vitest';
import { EMPTY_RIBBON, predictionAt, type Ribbon, reduceRibbon } from '../../../../client/state/ribbon.ts';
import type { ServerMessage } from '../../../../proto/messages.ts';
import { micros } from '../../../../proto/units.ts';
import { placed, prediction, tile, welcome } from '../fixtures.ts';

const fold = (...messages: ServerMessage[]): Ribbon => messages.reduce(reduceRibbon, EMPTY_RIBBON);

describe('reduceRibbon', () => {
  it('keeps what belongs to the welcomed session and nothing of others', () => {
    const ribbon = fold(
      welcome(),
      tile(0),
      prediction(960_000),
      prediction(1_200_000, { sessionId: 'other' }),
    );
    expect(ribbon.tiles).toHaveLength(1);
    expect(ribbon.predictions).toHaveLength(1);
    expect(ribbon.newest).toBe(960_000);
  });

  it('forgets what is older than its span', () => {
    const ribbon = fold(welcome(), tile(0), placed('l1', 0), tile(62_500_000));
    expect(ribbon.tiles.map(({ start }) => start)).toEqual([62_500_000]);
    expect(ribbon.labels).toEqual([]);
  });

  it('takes a replay after a reconnect without doubling anything, in order of time', () => {
    const ribbon = fold(welcome(), tile(480_000), tile(0), tile(480_000), welcome());
    expect(ribbon.tiles.map(({ start }) => start)).toEqual([0, 480_000]);
  });

  it('begins anew with another session', () => {
    expect(fold(welcome(), tile(0), welcome('s2')).tiles).toEqual([]);
  });

  it('drops the labels of data that was deleted', () => {
    const two = fold(welcome(), placed('l1', 0), placed('l2', 0, { classId: 'b' }));
    expect(
      reduceRibbon(two, { type: 'forgotten', classId: 'b' }).labels.map(({ labelId }) => labelId),
    ).toEqual(['l1']);
    expect(reduceRibbon(two, { type: 'forgotten', classId: '' }).labels).toEqual([]);
  });

  it('places and withdraws labels', () => {
    const one = fold(welcome(), tile(9_000_000), placed('l2', 5_000_000), placed('l1', 1_000_000));
    expect(one.labels.map(({ labelId }) => labelId)).toEqual(['l1', 'l2']);
    expect(reduceRibbon(one, placed('l1', 1_000_000, { undone: true })).labels).toHaveLength(1);
  });
});

describe('predictionAt', () => {
  it('is the newest one that ended by then', () => {
    const ribbon = fold(welcome(), prediction(960_000), prediction(1_200_000));
    expect(predictionAt(ribbon, micros(1_199_999))?.end).toBe(960_000);
    expect(predictionAt(ribbon, micros(100))).toBeUndefined();
  });
});
