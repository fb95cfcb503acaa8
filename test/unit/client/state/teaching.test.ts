import { describe, expect, it } from 'vitest';
import { heldSpan } from '../../../../client/state/teaching.ts';
import { micros } from '../../../../proto/units.ts';

describe('heldSpan', () => {
  it('is the hold itself', () => {
    expect(heldSpan(micros(10e6), micros(13e6))).toEqual({ start: 10e6, end: 13e6 });
  });

  it('means the moments before a tap', () => {
    expect(heldSpan(micros(10e6), micros(10.2e6))).toEqual({ start: 10.2e6 - 2.4e6, end: 10.2e6 });
  });

  it('reaches back far enough for one whole window', () => {
    expect(heldSpan(micros(10e6), micros(10.8e6))).toEqual({ start: 10.8e6 - 1.2e6, end: 10.8e6 });
  });

  it('keeps the last 30 s of a key that hangs, and never begins before the session', () => {
    expect(heldSpan(micros(0), micros(50e6)).start).toBe(20e6);
    expect(heldSpan(micros(0), micros(0.1e6)).start).toBe(0);
  });
});
