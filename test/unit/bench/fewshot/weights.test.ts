import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NamedArray } from '../../../../src/model/encoders.ts';
import { digestOf, randomEncoders, readEncoders } from '../../../bench/fewshot/weights.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'counterpoise-weights-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const bytesOf = (weights: readonly NamedArray[]): Buffer =>
  Buffer.concat(
    weights.map(({ values }) => Buffer.from(values.buffer, values.byteOffset, values.byteLength)),
  );
const side = (weights: readonly NamedArray[], name: string) =>
  weights.filter((one) => one.name.startsWith(`${name}/`));

describe('readEncoders', () => {
  const weights = randomEncoders(3);

  it('reads both encoders out of one file, or of two, in either order', async () => {
    await writeFile(join(folder, 'weights.bin'), bytesOf(weights));
    await writeFile(join(folder, 'a.bin'), bytesOf(side(weights, 'audio')));
    await writeFile(join(folder, 'v.bin'), bytesOf(side(weights, 'video')));
    for (const path of [folder, `${folder}/v.bin+${folder}/a.bin`]) {
      const found = await readEncoders(path);
      expect(digestOf(found.weights)).toBe(digestOf(weights));
      expect(found.senses.toSorted()).toEqual(['audio', 'video']);
    }
  });

  it('leaves the encoder that is not there random', async () => {
    await writeFile(join(folder, 'weights.bin'), bytesOf(side(weights, 'video')));
    const { weights: found, senses } = await readEncoders(folder);
    expect(senses).toEqual(['video']);
    expect(digestOf(side(found, 'video'))).toBe(digestOf(side(weights, 'video')));
    expect(digestOf(side(found, 'audio'))).toBe(digestOf(side(randomEncoders(0), 'audio')));
  });

  it('rejects a file that holds no encoder', async () => {
    await writeFile(join(folder, 'weights.bin'), Buffer.alloc(40));
    await expect(readEncoders(folder)).rejects.toThrow(/holds 10 numbers/);
  });
});
