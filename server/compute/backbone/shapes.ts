/**
 * What a backbone takes and gives, read from the shapes that it says: which input of ours it gets, which of its outputs is the embedding.
 * Pure. What cannot be used is explained: what was seen, what was expected, what to do.
 */
import type { Modality } from '../../../proto/messages.ts';
import { BackboneError } from '../../errors.ts';

/** What pixels are scaled to. */
export const RANGES = ['0..1', '-1..1', '0..255'] as const;
export type Range = (typeof RANGES)[number];

/** A tensor as a model declares it; -1 or null for a side that is free, null for a shape that is not said. */
export type Declared = {
  readonly name: string;
  readonly shape: readonly (number | null)[] | null;
  readonly dtype: string;
};

/** How our windows become the model's input. `single`: its batch is fixed at one window. */
export type BackboneInput =
  | {
      readonly type: 'image';
      readonly height: number;
      readonly width: number;
      readonly range: Range;
      readonly dtype: 'float32' | 'int32';
      readonly single: boolean;
    }
  /** `samples`: how many it wants, cut or filled with silence; null: as many as there are. */
  | { readonly type: 'waveform'; readonly samples: number | null; readonly rank: 1 | 2 }
  /** `rank` 4 with a channel of one, 3 without. */
  | { readonly type: 'log-mel'; readonly rank: 3 | 4; readonly single: boolean };

/** Samples of a window's sound: 96 columns of 10 ms, the last of which spans 25 ms. */
export const WAVEFORM_SAMPLES = 15_600;
/** Fixed lengths of a waveform that a window can stand for: from 0.48 s to 1.95 s. */
const WAVEFORM_RANGE = [7_680, 31_200] as const;
/** Where a model leaves the size of its picture open: what most were trained on. */
const FREE_SIZE = 224;
const SIZES = [16, 640] as const;

const WANTED = {
  video: 'a picture [n, side, side, 3] (MobileNet, EfficientNet-Lite)',
  audio: 'a waveform of 16 kHz [samples] or [1, samples] (YAMNet), or log-mel [n, 96, 64, 1] (VGGish)',
} as const;

const flagOf = (modality: Modality): string => `--${modality}-backbone`;
const free = (side: number | null | undefined): boolean => side === -1 || side === null || side === undefined;
const written = (shape: Declared['shape']): string =>
  `[${(shape ?? []).map((side) => (free(side) ? 'n' : side)).join(', ')}]`;

function refuse(modality: Modality, seen: string, remedy: string): never {
  const expected = `expected ${WANTED[modality]}`;
  throw new BackboneError(
    'ERR_BACKBONE_INPUT',
    `the ${modality} backbone takes ${seen}, ${expected}: ${remedy}`,
  );
}

const OTHER = 'give another model, or convert it with such an input';

/**
 * The input that a model's declared ones ask for.
 *
 * @param range as found or asked for; a model of integers takes 0..255 whatever that is.
 * @throws {BackboneError} ERR_BACKBONE_INPUT
 */
export function inputOf(modality: Modality, declared: readonly Declared[], range: Range): BackboneInput {
  const [input, ...more] = declared;
  if (!input || more.length > 0) {
    const names = declared.map(({ name }) => name).join(', ');
    refuse(modality, `${declared.length} inputs (${names})`, 'give a model of one input');
  }
  const { shape, dtype } = input;
  if (!shape)
    refuse(modality, `an input "${input.name}" of no declared shape`, 'convert it with a signature');
  if (dtype !== 'float32' && dtype !== 'int32')
    refuse(modality, `${dtype} numbers`, 'give a model of float32');
  return modality === 'video' ? imageOf(shape, dtype, range) : soundOf(shape, dtype);
}

function imageOf(
  shape: NonNullable<Declared['shape']>,
  dtype: 'float32' | 'int32',
  range: Range,
): BackboneInput {
  const seen = written(shape);
  const [batch, height = null, width = null, channels] = shape;
  if (shape.length !== 4) {
    const sound = shape.length <= 2 ? 'a waveform belongs to --audio-backbone' : OTHER;
    refuse('video', seen, sound);
  }
  if (height === 3 && channels !== 3)
    refuse('video', `${seen}, channels first`, 'convert it with channels last (NHWC)');
  if (channels === 1 && height === 96 && width === 64)
    refuse('video', seen, 'that is log-mel: it belongs to --audio-backbone');
  if (channels !== 3) refuse('video', seen, 'give a model of colour pictures');
  if (!free(batch) && batch !== 1)
    refuse('video', `${seen}, ${batch} pictures at once`, 'convert it with a free batch');
  const [rows, columns] = [height, width].map((side) => (free(side) ? FREE_SIZE : (side ?? FREE_SIZE)));
  if (!rows || !columns || Math.min(rows, columns) < SIZES[0] || Math.max(rows, columns) > SIZES[1])
    refuse('video', seen, `give a model of ${SIZES[0]} to ${SIZES[1]} pixels a side`);
  const scaled = dtype === 'int32' ? '0..255' : range;
  return { type: 'image', height: rows, width: columns, range: scaled, dtype, single: batch === 1 };
}

function soundOf(shape: NonNullable<Declared['shape']>, dtype: 'float32' | 'int32'): BackboneInput {
  const seen = written(shape);
  const [batch] = shape;
  if (dtype !== 'float32') refuse('audio', `${seen} of ${dtype}`, 'give a model of float32');
  if (shape.length === 1 || shape.length === 2) {
    const samples = shape.at(-1);
    if (shape.length === 2 && !free(batch) && batch !== 1)
      refuse('audio', `${seen}, ${batch} waveforms at once`, 'convert it with a free batch');
    if (free(samples)) return { type: 'waveform', samples: null, rank: shape.length };
    if (!samples || samples < WAVEFORM_RANGE[0] || samples > WAVEFORM_RANGE[1]) {
      const [least, most] = WAVEFORM_RANGE;
      refuse(
        'audio',
        `${seen}: ${samples} samples`,
        `a window has ${WAVEFORM_SAMPLES}; give a model of ${least} to ${most}, or of any length`,
      );
    }
    return { type: 'waveform', samples, rank: shape.length };
  }
  if (shape.length === 4 && shape[3] === 3) refuse('audio', seen, 'a picture belongs to --video-backbone');
  const [, columns, bands, channels = 1] = shape;
  const rank = shape.length === 3 ? 3 : 4;
  if (shape.length > 4 || columns !== 96 || bands !== 64 || channels !== 1) {
    const swapped = columns === 64 && bands === 96 ? 'time comes first: transpose its input' : OTHER;
    refuse('audio', seen, swapped);
  }
  if (!free(batch) && batch !== 1)
    refuse('audio', `${seen}, ${batch} windows at once`, 'convert it with a free batch');
  return { type: 'log-mel', rank, single: batch === 1 };
}

/** An output as it came out for `rows` windows. */
export type Measured = { readonly name: string; readonly shape: readonly number[] };

/** Widths that an embedding may have. */
const WIDTHS = [4, 16_384] as const;
const NAMED = /embed|feature|bottleneck|pool/i;

/** How wide an embedding an output gives for one window; null where it is none. Sides between are averaged: time, rows, columns. */
export function widthOf(
  { shape }: Pick<Measured, 'shape'>,
  input: BackboneInput,
  rows: number,
): number | null {
  const width = shape.at(-1) ?? 0;
  if (width < WIDTHS[0] || width > WIDTHS[1]) return null;
  if (input.type === 'waveform')
    return shape.length <= 3 && (shape.length < 3 || shape[0] === 1) ? width : null;
  return (shape.length === 2 || shape.length === 4) && shape[0] === rows ? width : null;
}

/**
 * The output that is the embedding: the one asked for, else one that is named like an embedding, else the widest.
 *
 * @throws {BackboneError} ERR_BACKBONE_OUTPUT where there is none.
 */
export function embeddingOf(
  modality: Modality,
  outputs: readonly Measured[],
  {
    input,
    rows,
    wanted,
  }: { readonly input: BackboneInput; readonly rows: number; readonly wanted: string | null },
): { readonly name: string; readonly width: number } {
  const usable = outputs
    .filter(({ name }) => wanted === null || name === wanted)
    .flatMap((output) => {
      const width = widthOf(output, input, rows);
      return width === null ? [] : [{ name: output.name, width }];
    });
  const [first] = [...usable].sort((a, b) => b.width - a.width);
  const chosen = usable.find(({ name }) => NAMED.test(name)) ?? first;
  if (chosen) return chosen;
  const list = outputs.map(({ name, shape }) => `${name} [${shape.join(', ')}]`).join('; ');
  const form = input.type === 'waveform' ? '[m, width]' : '[n, width] or [n, rows, columns, width]';
  const expected = `expected an embedding ${form} of ${WIDTHS[0]} to ${WIDTHS[1]} numbers`;
  const remedy = `name another with --${modality}-output, or give ${flagOf(modality)} a model without its last layer`;
  const seen = wanted === null ? `gives ${list}` : `gives, as "${wanted}", ${list || 'nothing'}`;
  throw new BackboneError('ERR_BACKBONE_OUTPUT', `the ${modality} backbone ${seen}, ${expected}: ${remedy}`);
}
