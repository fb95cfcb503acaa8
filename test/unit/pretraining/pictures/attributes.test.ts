import { describe, expect, it } from 'vitest';
import {
  attributesOf,
  axis,
  coloured,
  KINDS,
  MEASURES,
  rates,
} from '../../../../src/pretraining/pictures/attributes.ts';
import { FULL, STILL } from '../../../../src/pretraining/pictures/motion.ts';

describe('attributesOf', () => {
  it('puts each measure in its place and null where there is none', () => {
    const { kind, measures } = attributesOf('star', { zoom: 0.5, light: -1 });
    expect(KINDS[kind]).toBe('star');
    expect(measures).toHaveLength(MEASURES.length);
    expect(measures[MEASURES.indexOf('zoom')]).toBe(0.5);
    expect(measures[MEASURES.indexOf('light')]).toBe(-1);
    expect(measures.filter((measure) => measure !== null)).toHaveLength(2);
  });
});

describe('rates', () => {
  it('measures motion by the full rates, right and down being positive', () => {
    const measured = rates({ ...STILL, velocity: [FULL.velocity, -FULL.velocity / 2], turn: FULL.turn });
    expect(measured).toMatchObject({
      'velocity-x': 1,
      'velocity-y': -0.5,
      turn: 1,
      zoom: 0,
      'whole-moves': -1,
    });
  });

  it('says nothing of the background where nothing moves', () => {
    expect(rates(STILL)).not.toHaveProperty('whole-moves');
    expect(rates({ ...STILL, zoom: 0.1, whole: true })).toHaveProperty('whole-moves', 1);
  });
});

describe('coloured', () => {
  it('is 0 for the chroma of grey and 1 for the light of white', () => {
    const { red, blue, light } = coloured([1, 1, 1]);
    expect([red, blue, light]).toEqual([0, 0, 1].map((value) => expect.closeTo(value, 12)));
  });

  it('is 1 for the redness of red and the blueness of blue', () => {
    expect(coloured([1, 0, 0]).red).toBeCloseTo(1, 12);
    expect(coloured([0, 0, 1]).blue).toBeCloseTo(1, 12);
    expect(coloured([0, 1, 0]).red).toBeLessThan(-0.5);
  });
});

describe('axis', () => {
  it('does not tell half a turn', () => {
    const [one, other] = [axis(0.4), axis(0.4 + Math.PI)];
    expect(one['axis-cos']).toBeCloseTo(other['axis-cos'] ?? Number.NaN, 12);
    expect(one['axis-sin']).toBeCloseTo(other['axis-sin'] ?? Number.NaN, 12);
  });
});
