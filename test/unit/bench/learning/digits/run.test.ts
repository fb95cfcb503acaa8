/** A whole cell at toy size, eagerly on whichever backend this machine has. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type ComputeBackend, openBackend } from '../../../../../server/compute/backend.ts';
import { eager } from '../../../../../server/compute/compiled.ts';
import { STREAM_START } from '../../../../../src/pmr/stream/state.ts';
import { runDigits, tenthScored } from '../../../../bench/learning/digits/run.ts';
import { TOY } from './toy.ts';

let backend: ComputeBackend;
beforeAll(async () => {
  backend = await openBackend('eager');
});

describe('runDigits', () => {
  it('gives the same scores for the same cell and leaks no tensor', async () => {
    const cell = { policy: 'pmr-stream', seed: 7, settings: TOY } as const;
    const before = backend.tensors();
    const [first, second] = [
      await runDigits(cell, async (_, fn) => eager(fn)),
      await runDigits(cell, async (_, fn) => eager(fn)),
    ];
    expect(backend.tensors()).toBe(before);
    expect({ ...second, seconds: 0 }).toEqual({ ...first, seconds: 0 });
    expect(first.rho).toHaveLength(2);
    expect(first.rho.every((rho) => rho !== null && rho > 0)).toBe(true);
  });

  it('trains another way by another policy', async () => {
    const of = (policy: 'joint' | 'published-pmr') =>
      runDigits({ policy, seed: 7, settings: TOY }, async (_, fn) => eager(fn));
    expect((await of('joint')).rho).not.toEqual((await of('published-pmr')).rho);
  });

  it('has no rho where one view learns alone', async () => {
    const cell = { policy: 'audio-only', seed: 7, settings: TOY } as const;
    expect((await runDigits(cell, async (_, fn) => eager(fn))).rho).toEqual([null, null]);
  });

  it('refuses a loss that is not finite', async () => {
    const settings = { ...TOY, rate: Number.POSITIVE_INFINITY };
    const cell = { policy: 'joint', seed: 7, settings } as const;
    await expect(runDigits(cell, async (_, fn) => eager(fn))).rejects.toThrow('take a lower rate');
  });
});

describe('tenthScored', () => {
  it('takes every picture of a tenth for a label of one sample', () => {
    const labels = Array.from({ length: 24 }, (_, i) => i % 2);
    const [weak, strong] = [
      labels.map(() => ({ score: 0.2, hit: true })),
      labels.map(() => ({ score: 0.8, hit: true })),
    ];
    const state = tenthScored(STREAM_START, { labels, sides: { audio: weak, video: strong } });
    expect(state.imbalance.rho).toBeCloseTo(0.25, 6);
    expect(state.mode).toBe('audio-weak');
    expect(
      tenthScored(STREAM_START, { labels, sides: { audio: null, video: null } }).imbalance.rho,
    ).toBeNull();
  });
});
