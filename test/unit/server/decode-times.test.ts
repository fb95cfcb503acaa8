import { describe, expect, it } from 'vitest';
import { millis } from '../../../proto/units.ts';
import { DecodeTimes } from '../../../server/decode-times.ts';

describe('DecodeTimes', () => {
  it('gives what a quarter stayed below, 0 before the first', () => {
    const times = new DecodeTimes();
    expect(times.undisturbed).toBe(0);
    for (const took of [0.5, 40, 0.4, 12, 30, 0.6, 25, 18]) times.add(millis(took));
    expect(times.undisturbed).toBe(0.6); // 0.4 and 0.5 are below
  });

  it('keeps the last hundred, in whatever order it is asked and told', () => {
    const times = new DecodeTimes();
    for (let n = 0; n < 100; n++) times.add(millis(1_000 + n));
    expect(times.undisturbed).toBe(1_025);
    for (let n = 0; n < 76; n++) times.add(millis(1));
    expect(times.undisturbed).toBe(1); // 76 of 100
    for (let n = 0; n < 100; n++) times.add(millis(200 - n));
    expect(times.undisturbed).toBe(126); // 101..200
  });
});
