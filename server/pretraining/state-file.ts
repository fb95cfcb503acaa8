/**
 * A run's state in one file: the length of a JSON header, the header, then the arrays' float32 numbers one after another.
 * It is written beside the old one and takes its place at once, so that a run that is killed leaves a whole file.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { endianness } from 'node:os';
import { pid } from 'node:process';

import type { NamedArray } from '../../src/model/encoders.ts';
import { JsonReader } from '../../src/model/json-reader.ts';
import type { LearnerState } from '../../src/pretraining/learner.ts';
import { PretrainingError } from '../errors.ts';

/** What a run is, apart from its arrays. */
export type RunState = {
  /** All that must be equal for a run to go on, as text; see `settingsText`. */
  readonly settings: string;
  /** Steps of the whole run; null while it is only estimated. */
  readonly total: number | null;
  /** Seconds spent so far. */
  readonly seconds: number;
  readonly learner: LearnerState;
};

const LENGTH_BYTES = 4;

const bytesOf = (values: Float32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** Replaces the file whole. */
export async function writeWhole(path: string, bytes: string | Uint8Array): Promise<void> {
  const draft = `${path}.${pid}`;
  await writeFile(draft, bytes);
  await rename(draft, path);
}

export async function writeState(path: string, { learner, ...rest }: RunState): Promise<void> {
  const arrays = learner.arrays.map(({ name, shape }) => ({ name, shape }));
  const header = Buffer.from(JSON.stringify({ version: 1, ...rest, steps: learner.steps, arrays }));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(header.length);
  await writeWhole(
    path,
    Buffer.concat([length, header, ...learner.arrays.map(({ values }) => bytesOf(values))]),
  );
}

function parse(bytes: Buffer): RunState {
  const headerEnd = LENGTH_BYTES + bytes.readUInt32LE(0);
  const document: unknown = JSON.parse(bytes.subarray(LENGTH_BYTES, headerEnd).toString());
  const header = JsonReader.of(document, 'state');
  let at = headerEnd;
  const arrays = header.list('arrays').map((entry): NamedArray => {
    const shape = entry.numbers('shape');
    const values = new Float32Array(shape.reduce((product, side) => product * side, 1));
    bytesOf(values).set(bytes.subarray(at, at + values.byteLength));
    at += values.byteLength;
    return { name: entry.string('name'), shape, values };
  });
  if (at !== bytes.length) throw new RangeError(`${bytes.length} bytes, expected ${at}`);
  return {
    settings: header.string('settings'),
    total: header.value('total') === null ? null : header.number('total'),
    seconds: header.number('seconds'),
    learner: { steps: header.number('steps'), arrays },
  };
}

/**
 * The state in a file, or null where there is none.
 *
 * @throws {PretrainingError} ERR_PRETRAINING_STATE for a file that is damaged.
 */
export async function readState(path: string): Promise<RunState | null> {
  const bytes = await readFile(path).catch(() => null);
  if (!bytes) return null;
  try {
    if (endianness() !== 'LE') throw new RangeError('this processor is big-endian, the file is not');
    return parse(bytes);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const hint = `${path} cannot be read (${why}): remove it to begin anew, or give another --out`;
    throw new PretrainingError('ERR_PRETRAINING_STATE', hint, { cause });
  }
}
