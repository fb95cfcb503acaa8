import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fingerprint, isDone, markDone, writeWhole } from '../../../deploy/setup/stamps.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'counterpoise-stamps-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('isDone', () => {
  it('is false before the first time, true for the same key, false for another', () => {
    expect(isDone('step', 'a', folder)).toBe(false);
    markDone('step', 'a', folder);
    expect(isDone('step', 'a', folder)).toBe(true);
    expect(isDone('step', 'b', folder)).toBe(false);
    expect(isDone('other', 'a', folder)).toBe(false);
  });
});

describe('writeWhole', () => {
  it('makes the folder, replaces the file and leaves nothing beside it', () => {
    const file = join(folder, 'deep', 'file.json');
    writeWhole(file, 'old');
    writeWhole(file, 'new');
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(readdirSync(join(folder, 'deep'))).toEqual(['file.json']);
  });
});

describe('fingerprint', () => {
  it('changes with a content, a name, a value and a file that comes or goes', () => {
    const inputs = join(folder, 'inputs');
    mkdirSync(join(inputs, 'sub'), { recursive: true });
    writeFileSync(join(inputs, 'a'), '1');
    const seen = [fingerprint([inputs], 'x')];
    writeFileSync(join(inputs, 'a'), '2');
    seen.push(fingerprint([inputs], 'x'));
    renameSync(join(inputs, 'a'), join(inputs, 'b'));
    seen.push(fingerprint([inputs], 'x'));
    writeFileSync(join(inputs, 'sub', 'c'), '');
    seen.push(fingerprint([inputs], 'x'), fingerprint([inputs], 'y'), fingerprint([], 'x'));
    expect(new Set(seen).size).toBe(6);
  });

  it('is the same for the same content in another folder', () => {
    const folders = ['one', 'two'].map((name) => join(folder, name));
    for (const path of folders) {
      mkdirSync(path);
      writeFileSync(join(path, 'a'), 'same');
    }
    const [one = '', two = ''] = folders;
    expect(fingerprint([one])).toBe(fingerprint([two]));
  });

  it('takes a missing path as such', () => {
    expect(fingerprint([join(folder, 'absent')])).toBe(fingerprint([join(folder, 'absent too')]));
  });
});
