import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBackend } from '../../../../../server/compute/backend.ts';
import { digitsBench } from '../../../../bench/learning/digits/bench.ts';
import { TOY } from './toy.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'counterpoise-digits-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('digitsBench', () => {
  it('goes on where it was stopped, policy by policy', async () => {
    const backend = await openBackend('eager');
    const said: string[] = [];
    const run = (seeds: readonly number[]) =>
      digitsBench(
        {
          policies: ['joint', 'frozen'],
          seeds,
          settings: TOY,
          folder,
          onCell: ({ policy, seed }, stored) => said.push(`${policy} ${seed} ${stored ? 'stored' : 'run'}`),
          onFailure: (_, why) => said.push(why),
        },
        backend,
      );
    await run([1]);
    const results = await run([1, 2]);
    expect(said).toEqual([
      'joint 1 run',
      'frozen 1 run',
      'joint 1 stored',
      'frozen 1 stored',
      'joint 2 run',
      'frozen 2 run',
    ]);
    expect(results.map(({ policy, seed }) => `${policy} ${seed}`)).toEqual([
      'joint 1',
      'joint 2',
      'frozen 1',
      'frozen 2',
    ]);
  });

  it('says which cell could not run, stores nothing of it and runs the others', async () => {
    const backend = await openBackend('eager');
    const failed: string[] = [];
    const results = await digitsBench(
      {
        policies: ['joint', 'frozen'],
        seeds: [1],
        settings: { ...TOY, rate: Number.MAX_VALUE },
        folder,
        onCell: () => undefined,
        onFailure: ({ policy, seed }, why) => failed.push(`${policy} ${seed} ${why}`),
      },
      backend,
    );
    expect(failed).toEqual([expect.stringMatching(/^joint 1 .*take a lower rate$/)]);
    expect(results.map(({ policy }) => policy)).toEqual(['frozen']);
    expect(await readdir(folder)).toHaveLength(1);
  });
});
