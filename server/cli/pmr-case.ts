/** One file of reference numbers for the method, read and checked. Its fields are described beside the vectors. */
import { ShapeError } from '../../src/errors.ts';
import { type Matrix, matrixOf } from '../../src/pmr/matrix.ts';

/** A JSON object of which only its being an object is known. */
export type Json = Readonly<Record<string, unknown>>;

export type PmrCase = {
  readonly classes: number;
  readonly hyper: {
    readonly alpha: number;
    readonly mu: number;
    readonly epsilon: number;
    readonly alphaOgm: number;
  };
  readonly labels: readonly number[];
  readonly zAudio: Matrix;
  readonly zVideo: Matrix;
  readonly subsetLabels: readonly number[];
  readonly subsetAudio: Matrix;
  readonly subsetVideo: Matrix;
  readonly previousAudio: Matrix;
  readonly previousVideo: Matrix;
  /** [K, D_audio + D_video]. */
  readonly headWeight: Matrix;
  readonly headBias: readonly number[];
  /** The whole file: the expected values are looked up in it by path. */
  readonly expected: Json;
};

/** Narrows to a JSON object. */
export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrong(path: string, expected: string): ShapeError {
  return new ShapeError(
    'ERR_SHAPE',
    `${path} is not ${expected}: see the README beside the reference vectors`,
  );
}

/** The value at a dotted path; undefined where there is none. */
export function valueAt(root: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (isJson(value) ? value[key] : undefined), root);
}

function numberAt(root: Json, path: string): number {
  const value = valueAt(root, path);
  if (typeof value !== 'number') throw wrong(path, 'a number');
  return value;
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'number');
}

function listAt(root: Json, path: string, length: number): readonly number[] {
  const value = valueAt(root, path);
  if (!isNumbers(value) || value.length !== length) throw wrong(path, `a list of ${length} numbers`);
  return value;
}

function matrixAt(root: Json, path: string, rows: number, columns: number): Matrix {
  const value = valueAt(root, path);
  if (!Array.isArray(value) || value.length !== rows) throw wrong(path, `${rows} rows`);
  const lists: readonly unknown[] = value;
  return matrixOf(
    lists.map((row) => {
      if (!isNumbers(row) || row.length !== columns) throw wrong(path, `rows of ${columns} numbers`);
      return row;
    }),
    columns,
  );
}

/**
 * Reads one parsed file.
 *
 * @throws {ShapeError} ERR_SHAPE if a field is missing or of another form.
 */
export function decodePmrCase(parsed: unknown): PmrCase {
  if (!isJson(parsed)) throw wrong('the file', 'a JSON object');
  const dim = (name: string): number => numberAt(parsed, `dims.${name}`);
  const [classes, batch, subset] = [dim('K'), dim('B'), dim('N')];
  const [audio, video] = [dim('D_audio'), dim('D_video')];
  const matrix = (name: string, rows: number, columns: number): Matrix =>
    matrixAt(parsed, `inputs.${name}`, rows, columns);
  return {
    classes,
    hyper: {
      alpha: numberAt(parsed, 'hyper.alpha'),
      mu: numberAt(parsed, 'hyper.mu'),
      epsilon: numberAt(parsed, 'hyper.epsilon'),
      alphaOgm: numberAt(parsed, 'hyper.alpha_ogm'),
    },
    labels: listAt(parsed, 'inputs.labels', batch),
    zAudio: matrix('z_audio', batch, audio),
    zVideo: matrix('z_video', batch, video),
    subsetLabels: listAt(parsed, 'inputs.subset_labels', subset),
    subsetAudio: matrix('subset_z_audio', subset, audio),
    subsetVideo: matrix('subset_z_video', subset, video),
    previousAudio: matrix('prev_proto_audio', classes, audio),
    previousVideo: matrix('prev_proto_video', classes, video),
    headWeight: matrix('head_weight', classes, audio + video),
    headBias: listAt(parsed, 'inputs.head_bias', classes),
    expected: parsed,
  };
}
