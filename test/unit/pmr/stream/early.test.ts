import { describe, expect, it } from 'vitest';

import { earlyAfter } from '../../../../src/pmr/stream/early.ts';
import { STREAM } from '../../../../src/pmr/stream/settings.ts';

describe('earlyAfter', () => {
  it('gives each class twenty samples, and ends', () => {
    const firsts = [true, true, ...Array.from({ length: 37 }, () => false)];
    const left = firsts.reduce((old, first) => earlyAfter(old, first, STREAM), 0);
    expect(left).toBe(2 * 20 - 39);
    expect(earlyAfter(left, false, STREAM)).toBe(0);
    expect(earlyAfter(0, false, STREAM)).toBe(0);
  });

  it('begins again with a new class', () => {
    expect(earlyAfter(0, true, STREAM)).toBe(19);
  });
});
