import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { checkPmr, compareCase } from '../../../server/cli/check-pmr.ts';
import { decodePmrCase } from '../../../server/cli/pmr-case.ts';

const vectors = fileURLToPath(new URL('.', import.meta.url));
const names = (await readdir(vectors)).filter((name) => name.endsWith('.json'));

async function read(name: string): Promise<unknown> {
  return JSON.parse(await readFile(join(vectors, name), 'utf8'));
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('src/pmr against the authors’ code', () => {
  it('has all six cases', () => {
    expect(names).toHaveLength(6);
  });

  it.each(names)('%s agrees in double and in tensors', async (name) => {
    const errors = compareCase(decodePmrCase(await read(name)));
    expect(errors.filter(({ share }) => share > 1)).toEqual([]);
    // Nothing slipped by uncompared: 6 + 20 + 4 + 25 + 23 fields in double, of which 13 + 11 + 5 again in tensors.
    const extension = name.startsWith('v4') ? { double: 5, single: 2 } : { double: 0, single: 0 };
    const count = (precision: string) => errors.filter((error) => error.precision === precision).length;
    expect(count('double')).toBe(6 + 20 + 4 + 25 + 23 + extension.double);
    expect(count('single')).toBe(13 + 11 + 5 + extension.single);
  });
});

describe('checkPmr', () => {
  let folder: string;
  let lines: string[];
  const check = (at: string) => checkPmr(at, (line) => lines.push(line));

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'check-pmr-'));
    lines = [];
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('prints each field of each file and returns 0', async () => {
    expect(await check(vectors)).toBe(0);
    expect(lines.filter((line) => line.includes('grad_final_z_video') && line.endsWith('ok'))).toHaveLength(
      24,
    );
    expect(lines.at(-1)).toBe('6 of 6 files within tolerance (tensors on cpu)');
  });

  it.each([
    [
      'rho',
      (text: string) => text.replace(/"rho": ?([0-9.]+)/, (_, value) => `"rho": ${Number(value) + 1e-8}`),
    ],
    ['seen', (text: string) => text.replace(/"seen": ?\[\s*true/, '"seen": [false')],
    ['beta', (text: string) => text.replace(/"beta": ?[0-9.e-]+/, '"beta": "none"')],
  ])('returns 1 when %s is off in one file', async (field, spoil) => {
    const text = await readFile(join(vectors, 'v5-tie-k2-d4.json'), 'utf8');
    const spoilt = spoil(text);
    expect(spoilt).not.toBe(text);
    await writeFile(join(folder, 'spoilt.json'), spoilt);
    expect(await check(folder)).toBe(1);
    expect(lines.filter((line) => line.includes('BEYOND')).every((line) => line.includes(field))).toBe(true);
    expect(lines.at(-1)).toContain('0 of 1');
  });

  it('returns 1 and says why for a folder that is missing, or empty', async () => {
    expect(await check(join(folder, 'nowhere'))).toBe(1);
    expect(lines[0]).toContain('cannot read');
    expect(await check(folder)).toBe(1);
    expect(lines[1]).toContain('no .json file');
  });

  it.each([
    ['not JSON', '{'],
    ['not an object', '[]'],
    ['without inputs', '{"dims": {"K": 2, "B": 1, "N": 1, "D_audio": 1, "D_video": 1}}'],
  ])('returns 1 and names a file that is %s', async (_, text) => {
    await writeFile(join(folder, 'broken.json'), text);
    expect(await check(folder)).toBe(1);
    expect(lines[0]).toContain('broken.json  cannot be checked');
  });

  it.each(['paper_step', 'ogm', 'official_step.rho', 'paper_step.euclid.grad_acc_z_audio'])(
    'returns 1 for a file without %s',
    async (path) => {
      const parsed = Object(await read('v5-tie-k2-d4.json'));
      const keys = path.split('.');
      const last = keys.pop() ?? '';
      delete keys.reduce((value, key) => value[key], parsed)[last];
      await writeFile(join(folder, 'hollow.json'), JSON.stringify(parsed));
      expect(await check(folder)).toBe(1);
      expect(lines[0]).toContain(`holds no ${path}`);
    },
  );

  it('asks for finite numbers where the reference has none', async () => {
    const parsed = Object(await read('v5-tie-k2-d4.json'));
    const official = { ...parsed.official_step, rho: null };
    await writeFile(join(folder, 'null.json'), JSON.stringify({ ...parsed, official_step: official }));
    expect(await check(folder)).toBe(0);
  });
});
