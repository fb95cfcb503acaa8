import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cellKey, codeHash, filesOf } from '../../../bench/learning/code-key.ts';

let folder: string;
const path = (name: string): string => join(folder, name);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'counterpoise-code-key-'));
  await writeFile(
    path('a.ts'),
    "import { b } from './b.ts';\nimport type { T } from './t.ts';\nimport x from 'rxjs';\n",
  );
  await writeFile(path('b.ts'), "export { c } from './c.ts';\n");
  await writeFile(path('c.ts'), "import {\n  a,\n} from './a.ts';\nexport const c = 1;\n");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('filesOf', () => {
  it('follows imports round a circle, and neither types nor packages', async () => {
    const names = [...(await filesOf([path('a.ts')])).keys()].map((file) => file.slice(folder.length + 1));
    expect(names.toSorted()).toEqual(['a.ts', 'b.ts', 'c.ts']);
  });
});

describe('codeHash', () => {
  it('changes with a file that is imported, and with no other', async () => {
    const before = await codeHash([path('a.ts')], folder);
    await writeFile(path('t.ts'), 'export type T = number;\n');
    expect(await codeHash([path('a.ts')], folder)).toBe(before);
    await writeFile(path('c.ts'), "import { a } from './a.ts';\nexport const c = 2;\n");
    expect(await codeHash([path('a.ts')], folder)).not.toBe(before);
  });
});

describe('cellKey', () => {
  it('tells settings apart, whatever the order of their fields', () => {
    const key = cellKey('code', { seed: 1, rates: { a: 1, b: [1, 2] } });
    expect(cellKey('code', { rates: { b: [1, 2], a: 1 }, seed: 1 })).toBe(key);
    expect(cellKey('code', { seed: 1, rates: { a: 1, b: [2, 1] } })).not.toBe(key);
    expect(cellKey('other', { seed: 1, rates: { a: 1, b: [1, 2] } })).not.toBe(key);
  });
});
