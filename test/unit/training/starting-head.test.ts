import { describe, expect, it } from 'vitest';

import { FUSION_NAMES, type FusionName } from '../../../proto/fusions.ts';
import { type Head, headFromTrained, headLogits } from '../../../src/model/head.ts';
import { random } from '../../../src/random.ts';
import { startingHead } from '../../../src/training/starting-head.ts';

const WIDTH = 3;
const drawn = (seed: number, length: number): Float32Array => {
  const source = random(seed);
  return Float32Array.from({ length }, () => source.normal());
};

/** A head as training would leave it: nothing in it is zero. */
function trained(fusion: FusionName, classIds: readonly string[]): Head {
  const fresh = startingHead({ head: null, fusion, classIds, columns: 4, width: WIDTH, random: random(1) });
  const weights = fresh.map((array, i) => ({ ...array, values: drawn(i + 2, array.values.length) }));
  return headFromTrained({ fusion, classIds, width: WIDTH, weights, gate: 1 });
}

describe.each(FUSION_NAMES)('startingHead, %s', (fusion) => {
  const start = (head: Head | null, classIds: readonly string[], columns = 4) =>
    startingHead({ head, fusion, classIds, columns, width: WIDTH, random: random(5) });
  const served = (head: Head | null, classIds: readonly string[], columns = 4): Head =>
    headFromTrained({ fusion, classIds, width: WIDTH, weights: start(head, classIds, columns), gate: 1 });
  const z = [drawn(7, WIDTH), drawn(8, WIDTH)] as const;
  const logitsOf = (head: Head, id: string): number => {
    const { audio, video, bias } = headLogits(head, ...z);
    const k = head.classIds.indexOf(id);
    return (audio[k] ?? 0) + (video[k] ?? 0) + (bias[k] ?? 0);
  };

  it('gives known classes the logits that they had, whatever classes come, go or change places', () => {
    const base = trained(fusion, ['a', 'b']);
    const grown = served(base, ['new', 'b', 'a'], 16);
    for (const id of ['a', 'b']) expect(logitsOf(grown, id)).toBe(logitsOf(base, id));
    expect(logitsOf(served(base, ['b']), 'b')).toBe(logitsOf(base, 'b'));
  });

  it('begins a new class with small weights, and padding with none', () => {
    const base = trained(fusion, ['a']);
    for (const { shape, values } of start(base, ['a', 'new']).filter((one) => one.shape.at(-1) === 4)) {
      const columns = [...values].map((value, i) => [i % 4, value] as const);
      if (shape.length > 1) expect(columns.some(([k, value]) => k === 1 && value !== 0)).toBe(true);
      expect(columns.every(([k, value]) => k !== 1 || Math.abs(value) < 0.3)).toBe(true); // six deviations
      expect(columns.every(([k, value]) => k < 2 || value === 0)).toBe(true);
    }
  });

  it('lets both halves speak from the start', () => {
    const head = served(null, ['a', 'b']);
    const { audio, video } = headLogits(head, ...z);
    expect(audio.some((value) => value !== 0)).toBe(true);
    expect(video.some((value) => value !== 0)).toBe(true);
  });

  it('gives the same for the same randomness', () => {
    expect(start(null, ['a', 'b'])).toEqual(start(null, ['a', 'b']));
  });

  it('refuses a base of another fusion with ERR_SHAPE', () => {
    const other = fusion === 'concat' ? 'sum' : 'concat';
    expect(() => start(trained(other, ['a']), ['a'])).toThrow(expect.objectContaining({ code: 'ERR_SHAPE' }));
  });
});
