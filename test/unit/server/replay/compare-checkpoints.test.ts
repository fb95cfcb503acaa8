import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareCheckpoints, largestDifference } from '../../../../server/replay/compare-checkpoints.ts';

const floats = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);

describe('largestDifference', () => {
  it('is the largest absolute one, infinite where a number is none', () => {
    expect(largestDifference(floats(1, 2, 3), floats(1, 2.5, 2.75))).toBe(0.5);
    expect(largestDifference(floats(1), floats(1))).toBe(0);
    expect(largestDifference(floats(1), floats(Number.NaN))).toBe(Number.POSITIVE_INFINITY);
  });

  it('is null where weights cannot be laid side by side', () => {
    expect(largestDifference(floats(1), floats(1, 2))).toBeNull();
    expect(largestDifference(new Uint8Array(3), new Uint8Array(3))).toBeNull();
  });
});

describe('compareCheckpoints', () => {
  const manifest = '{"notes":{}}';
  const promoted = createHash('sha256').update(manifest).digest('hex');
  let root: string;
  const at = (name: string): string => join(root, name);

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'counterpoise-compare-'));
    const files = { 'weights.bin': floats(1, 2), 'prototypes.bin': floats(3), 'model.json': '{}' };
    await mkdir(at('made'));
    for (const [name, content] of Object.entries({
      ...files,
      'prototypes.json': '{}',
      'manifest.json': manifest,
    }))
      await writeFile(join(at('made'), name), content);
    await cp(at('made'), at('same'), { recursive: true });
    await cp(at('made'), at('other'), { recursive: true });
    await writeFile(join(at('other'), 'weights.bin'), floats(1, 2.5));
    await cp(at('made'), at('worded'), { recursive: true });
    await writeFile(join(at('worded'), 'manifest.json'), '{"notes":{"verdict":"another"}}');
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  it('is identical where every file is the same', async () => {
    expect(await compareCheckpoints(at('made'), at('same'), promoted)).toEqual({
      type: 'identical',
      by: 'files',
    });
  });

  it('names the file that is another, and by how much', async () => {
    const seen = await compareCheckpoints(at('made'), at('other'), promoted);
    expect(seen).toEqual({ type: 'differs', reason: 'weights.bin is another', largest: 0.5 });
  });

  it('finds a manifest that is not the one that was promoted', async () => {
    const seen = await compareCheckpoints(at('made'), at('worded'), promoted);
    expect(seen).toMatchObject({ type: 'differs', largest: 0 });
  });

  it('compares with the journal’s digest where the version is not kept', async () => {
    const gone = at('gone');
    expect(await compareCheckpoints(at('made'), gone, promoted)).toEqual({ type: 'identical', by: 'digest' });
    expect(await compareCheckpoints(at('made'), gone, 'ab')).toMatchObject({
      type: 'differs',
      largest: null,
    });
    expect(await compareCheckpoints(at('made'), null, null)).toMatchObject({ type: 'differs' });
  });
});
