/**
 * `counterpoise check-pmr DIR`: runs every reference file of a folder through the functions that the product itself
 * calls, float64 and tensors, and prints the largest error of each field.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import * as tf from '@tensorflow/tfjs';

import { ShapeError } from '../../src/errors.ts';
import { decodePmrCase, isJson, type Json, type PmrCase } from './pmr-case.ts';
import { computeDouble, prepare } from './pmr-double.ts';
import { computeSingle } from './pmr-single.ts';

/** Error of one field, in units of its tolerance: above 1 is too far. */
export type FieldError = {
  readonly field: string;
  readonly precision: 'double' | 'single';
  /** Largest absolute difference. */
  readonly error: number;
  /** Largest difference over its tolerance; infinite where shape or finiteness is wrong. */
  readonly share: number;
};

type Tolerance = (reference: number) => number;
const DOUBLE: Tolerance = (reference) => 1e-9 * Math.max(1, Math.abs(reference));
const SINGLE: Tolerance = (reference) => 2e-4 * Math.max(1e-2, Math.abs(reference));

/** Said of the published code or of the file, not computed. */
const DESCRIPTIVE = new Set(['official_step.dist', 'official_step.grad_has_nan']);
const REQUIRED = ['prototypes', 'official_step', 'ogm', 'paper_step'] as const;

type Deviation = { readonly error: number; readonly share: number };
const BROKEN: Deviation = { error: Number.POSITIVE_INFINITY, share: Number.POSITIVE_INFINITY };
const EXACT: Deviation = { error: 0, share: 0 };

const worse = (a: Deviation, b: Deviation): Deviation => ({
  error: Math.max(a.error, b.error),
  share: Math.max(a.share, b.share),
});

/** Compares leaf by leaf; `null` in the reference asks for a finite number. */
function deviation(reference: unknown, computed: unknown, tolerance: Tolerance): Deviation {
  if (Array.isArray(reference)) {
    if (!Array.isArray(computed) || computed.length !== reference.length) return BROKEN;
    const others: readonly unknown[] = computed;
    return reference.map((entry: unknown, i) => deviation(entry, others[i], tolerance)).reduce(worse, EXACT);
  }
  if (typeof reference === 'boolean') return computed === reference ? EXACT : BROKEN;
  if (typeof computed !== 'number' || !Number.isFinite(computed)) return BROKEN;
  if (reference === null) return EXACT;
  if (typeof reference !== 'number') return BROKEN;
  const error = Math.abs(computed - reference);
  return { error, share: error / tolerance(reference) };
}

/** Every computed field that the reference has, and, in double, every reference field that was not computed. */
function compare(
  reference: unknown,
  computed: unknown,
  precision: 'double' | 'single',
  path: string,
): FieldError[] {
  if (DESCRIPTIVE.has(path)) return [];
  if (isJson(reference)) {
    const other: Json = isJson(computed) ? computed : {};
    const keys =
      precision === 'double' ? Object.keys(reference) : Object.keys(other).filter((key) => key in reference);
    return keys.flatMap((key) =>
      compare(reference[key], other[key], precision, path ? `${path}.${key}` : key),
    );
  }
  const found = deviation(reference, computed, precision === 'double' ? DOUBLE : SINGLE);
  return [{ field: path, precision, ...found }];
}

function sections(expected: Json): Json {
  const present = [...REQUIRED, ...('extension_masked' in expected ? ['extension_masked'] : [])];
  return Object.fromEntries(present.map((name) => [name, expected[name]]));
}

/**
 * Errors of one case, field by field.
 *
 * @throws {ShapeError} ERR_SHAPE if the file leaves out a field.
 */
export function compareCase(data: PmrCase): readonly FieldError[] {
  const double = computeDouble(data);
  const missing = missingFrom(data.expected, double);
  if (missing.length > 0) {
    throw new ShapeError('ERR_SHAPE', `holds no ${missing.join(', ')}: nothing to compare these with`);
  }
  const single = computeSingle(data, prepare(data), double);
  const expected = sections(data.expected);
  return [...compare(expected, double, 'double', ''), ...compare(expected, single, 'single', '')];
}

/** Fields that a file may leave out. */
const OPTIONAL = [
  'extension_masked',
  'paper_step.sq_euclid.grad_acc_z_audio',
  'paper_step.sq_euclid.grad_acc_z_video',
];

/** Paths that are computed but that the file does not hold. */
function missingFrom(reference: Json, computed: Json, path = ''): readonly string[] {
  return Object.keys(computed).flatMap((key) => {
    const at = `${path}${key}`;
    const [expected, found] = [reference[key], computed[key]];
    if (expected === undefined) return OPTIONAL.includes(at) ? [] : [at];
    return isJson(expected) && isJson(found) ? missingFrom(expected, found, `${at}.`) : [];
  });
}

async function checkFile(path: string, name: string, write: (line: string) => void): Promise<boolean> {
  try {
    const parsed: unknown = JSON.parse(await readFile(path, 'utf8'));
    const data = decodePmrCase(parsed);
    const errors = compareCase(data);
    for (const { field, precision, error, share } of errors) {
      const verdict = share <= 1 ? 'ok' : 'BEYOND TOLERANCE';
      write(`${name}  ${precision.padEnd(6)}  ${field.padEnd(44)}  ${error.toExponential(2)}  ${verdict}`);
    }
    return errors.every(({ share }) => share <= 1);
  } catch (error) {
    write(`${name}  cannot be checked: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

async function jsonFiles(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder);
  return names.filter((name) => name.endsWith('.json')).sort();
}

/**
 * Checks a folder of reference files.
 *
 * @param write takes one line of text without its end.
 * @returns the exit code: 0 when every field of every file is within tolerance, else 1 (also for a folder that
 * cannot be read or holds no `.json` file, and for a malformed file).
 */
export async function checkPmr(folder: string, write: (line: string) => void): Promise<number> {
  let names: readonly string[];
  try {
    names = await jsonFiles(folder);
  } catch (error) {
    write(`cannot read ${folder}: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
  if (names.length === 0) {
    write(`${folder} holds no .json file: name the folder of the reference vectors`);
    return 1;
  }
  await tf.ready();
  const passed: boolean[] = [];
  for (const name of names) passed.push(await checkFile(join(folder, name), name, write));
  const good = passed.filter((is) => is).length;
  write(`${good} of ${names.length} files within tolerance (tensors on ${tf.getBackend()})`);
  return good === names.length ? 0 : 1;
}
