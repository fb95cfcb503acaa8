import { describe, expect, it } from 'vitest';

import {
  calibrate,
  DEFAULT_RADIUS,
  DEFAULT_TAU,
  distanceBetween,
  meanOf,
  type Placed,
} from '../../../src/model/calibration.ts';
import { random } from '../../../src/random.ts';

const vector = (...values: number[]): Float64Array => Float64Array.from(values);

/** Spans of four exemplars around a direction; `spread` is between spans, within one all are alike. */
function spansAround(angle: number, spans: number, spread: number, seed: number): Placed[] {
  const source = random(seed);
  return Array.from({ length: spans }, (_, span) => {
    const at = angle + spread * source.normal();
    return Array.from({ length: 4 }, () => ({
      labelId: `${angle}/${span}`,
      u: vector(Math.cos(at), Math.sin(at)),
    }));
  }).flat();
}

describe('distanceBetween and meanOf', () => {
  it('are plain Euclid and the plain mean, zeros for none', () => {
    expect(distanceBetween(vector(1, 1), vector(4, 5))).toBe(5);
    expect([...meanOf([vector(1, 2), vector(3, 6)], 2)]).toEqual([2, 4]);
    expect([...meanOf([], 2)]).toEqual([0, 0]);
  });
});

describe('calibrate', () => {
  it('keeps the defaults until two classes have two spans each', () => {
    const classes = new Map([
      ['a', spansAround(0, 3, 0.1, 1)],
      ['b', spansAround(2, 1, 0.1, 2)],
    ]);
    const { tau, accuracy, radii } = calibrate(classes, 2);
    expect({ tau, accuracy }).toEqual({ tau: DEFAULT_TAU, accuracy: null });
    expect(radii.get('b')).toBe(DEFAULT_RADIUS);
    expect(calibrate(new Map(), 2)).toEqual({ tau: DEFAULT_TAU, accuracy: null, radii: new Map() });
  });

  it('judges by whole spans: windows alike within their span do not vouch for each other', () => {
    // Spans of both classes alternate, so that without its own span each exemplar is nearer to the other class.
    const at = (labelId: string, angle: number): Placed[] =>
      [0, 1].map(() => ({ labelId, u: vector(Math.cos(angle), Math.sin(angle)) }));
    const classes = new Map([
      ['a', [...at('a1', 0), ...at('a2', 2)]],
      ['b', [...at('b1', 0.1), ...at('b2', 2.1)]],
    ]);
    expect(calibrate(classes, 2).accuracy).toBe(0);
  });

  it('is surer of itself where classes are clear than where they overlap', () => {
    const classesWith = (spread: number) =>
      new Map([
        ['a', spansAround(0, 6, spread, 1)],
        ['b', spansAround(1.5, 6, spread, 2)],
      ]);
    const [clear, blurred] = [calibrate(classesWith(0.05), 2), calibrate(classesWith(1.2), 2)];
    expect(clear.accuracy).toBe(1);
    expect(blurred.accuracy).toBeLessThan(1);
    expect(clear.tau).toBeLessThan(blurred.tau);
    expect(clear.radii.get('a')).toBeLessThan(blurred.radii.get('a') ?? 0);
    expect(clear.radii.get('a')).toBe(0.8); // (6 * 0.1 + 2 * 1) / 8 would be less
  });
});
