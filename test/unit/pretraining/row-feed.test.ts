import { describe, expect, it } from 'vitest';

import { RowFeed } from '../../../server/pretraining/row-feed.ts';
import { type RowPlan, RowRenderer } from '../../../src/pretraining/rows.ts';
import { TINY } from './tiny-material.ts';

const PLAN: RowPlan = { seed: 5, batch: 16, reuse: 2 };
const open = (file: string, threads: number): RowFeed =>
  RowFeed.open(TINY, PLAN, new URL(file, import.meta.url), threads);

describe('RowFeed', () => {
  it('gives the rows of a step, also where it is entered in the middle', async () => {
    const feed = open('./tiny-thread.ts', 2);
    for (const step of [3, 4, 9]) {
      const { rows, rendering } = await feed.take(step);
      const expected = {
        x: new Float32Array(rows.x.length),
        kinds: new Float32Array(rows.kinds.length),
        measures: new Float32Array(rows.measures.length),
        known: new Float32Array(rows.known.length),
      };
      new RowRenderer(TINY, PLAN).write(step, expected, () => true);
      expect(rows).toEqual(expected);
      expect(rendering).toBeGreaterThan(0);
    }
    await feed.close();
    await feed.close();
  });

  it('says what a thread died of', async () => {
    const feed = open('./dying-thread.ts', 1);
    await expect(feed.take(0)).rejects.toThrow('no such picture');
    await feed.close();
  });
});
