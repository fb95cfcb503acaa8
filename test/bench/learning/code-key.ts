/**
 * A name for what code and settings make: files that a module is made of, by content, and settings as JSON. Equal names
 * mean equal results, so a cell that was run once is not run again.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';

// Imports of types alone change no result.
const IMPORT = /^(?:import|export)\s+(?!type\b)[^'"]*?from\s+'(\.[^']+)'|^import\s+'(\.[^']+)'/gm;

/** The files that `entries` import, themselves included, by path; packages are left out. */
export async function filesOf(entries: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const waiting = entries.map((entry) => resolve(entry));
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file)) continue;
    const text = await readFile(file, 'utf8');
    found.set(file, text);
    for (const [, from, bare] of text.matchAll(IMPORT))
      waiting.push(resolve(dirname(file), from ?? bare ?? ''));
  }
  return found;
}

/** One hash of the files that `entries` are made of; where they lie on this machine is no part of it. */
export async function codeHash(entries: readonly string[], root: string): Promise<string> {
  const files = [...(await filesOf(entries))].map(([path, text]) => [relative(root, path), text] as const);
  const hash = createHash('sha256');
  for (const [path, text] of files.toSorted(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${path}\0${text}\0`);
  return hash.digest('hex');
}

const KEY_LENGTH = 24;

/** A short name of code and settings; the order of a setting's fields is no part of it. */
export function cellKey(code: string, settings: unknown): string {
  return createHash('sha256')
    .update(`${code}\0${canonical(settings)}`)
    .digest('hex')
    .slice(0, KEY_LENGTH);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join()}}`;
}
