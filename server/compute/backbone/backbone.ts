/**
 * A plugged-in, frozen backbone at work: windows in, embeddings out. It is opened on the process's backend and belongs to whoever
 * opened it; its weights never move, and nothing of it is ever trained.
 */
import * as tf from '@tensorflow/tfjs';

import type { Modality } from '../../../proto/messages.ts';
import { MEL_BANDS, PICTURE_SIZE, WINDOW_COLUMNS } from '../../../src/features/spec.ts';
import { BackboneError } from '../../errors.ts';
import { type OpenModel, openModel } from './model.ts';
import {
  type BackboneInput,
  embeddingOf,
  inputOf,
  type Measured,
  type Range,
  WAVEFORM_SAMPLES,
} from './shapes.ts';

/** What a process needs to open a backbone. */
export type BackboneSetting = {
  readonly modality: Modality;
  /** Path of its model.json. */
  readonly model: string;
  /** Null: as its file hints. */
  readonly range: Range | null;
  /** Null: the one that looks like an embedding. */
  readonly output: string | null;
};

/** What it turned out to be. */
export type BackboneForm = {
  readonly input: BackboneInput;
  readonly output: string;
  /** E, numbers of an embedding. */
  readonly width: number;
  /** What the range of a picture was taken from; empty for sound. */
  readonly why: string;
};

/** What a backbone may read of one pair. */
export type BackboneWindow = {
  /** [96, 64] natural-log energies. */
  readonly mel: Float32Array | null;
  /** [96, 96, 3]. */
  readonly rgb: Uint8Array | null;
  /** [15600] of 16 kHz, -1..1: what the 96 columns were made of. */
  readonly pcm?: Float32Array | null;
};

const LEVELS: Readonly<Record<Range, readonly [scale: number, offset: number]>> = {
  '0..1': [1 / 255, 0],
  '-1..1': [2 / 255, -1],
  '0..255': [1, 0],
};

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/** A failure of tfjs while a backbone ran, in words: most often an operation that the backend lacks. */
export function explained(modality: Modality, cause: unknown): BackboneError {
  if (cause instanceof BackboneError) return cause;
  const message = messageOf(cause);
  const [, kernel, backend] = /Kernel '(\w+)' not registered for backend '(\w+)'/.exec(message) ?? [];
  const [, unknown] = /Unknown op '(\w+)'/.exec(message) ?? [];
  const [, dynamic] = /dynamic op '(\w+)'/.exec(message) ?? [];
  const who = `the ${modality} backbone`;
  const error = (seen: string, remedy: string): BackboneError =>
    new BackboneError('ERR_BACKBONE_OPERATION', `${who} ${seen}: ${remedy}`, { cause });
  if (kernel) {
    const remedy = 'run on TensorFlow (npm run doctor says what is missing), or give a model without it';
    return error(`needs the operation ${kernel}, which the ${backend} backend does not have`, remedy);
  }
  if (unknown)
    return error(
      `needs the operation ${unknown}, which TensorFlow.js does not have`,
      'give a model without it',
    );
  if (dynamic) {
    const seen = `has the operation ${dynamic}, whose result has a size that is known only when it has run`;
    return error(seen, 'give a model without control flow');
  }
  return error(`cannot be run (${message.split('\n')[0]})`, 'give another model, or convert it again');
}

export class Backbone {
  readonly form: BackboneForm;
  readonly #modality: Modality;
  readonly #model: OpenModel;

  private constructor(modality: Modality, model: OpenModel, form: BackboneForm) {
    this.#modality = modality;
    this.#model = model;
    this.form = form;
  }

  /**
   * Opens a model on the backend that `tf` has, and runs it once to see what it gives.
   *
   * @throws {BackboneError} what does not fit, explained.
   */
  static async open({ modality, model: path, range, output }: BackboneSetting): Promise<Backbone> {
    const model = await openModel(modality, path);
    try {
      const asked = range === null ? model.range : { range, why: 'asked for' };
      const input = inputOf(modality, model.inputs, asked.range);
      const rows = input.type === 'waveform' || input.single ? 1 : 2;
      const measured = measure(modality, { model, input, rows, output });
      const embedding = embeddingOf(modality, measured, { input, rows, wanted: output });
      const why = input.type === 'image' ? (input.dtype === 'int32' ? 'it takes integers' : asked.why) : '';
      const form = { input, output: embedding.name, width: embedding.width, why };
      const backbone = new Backbone(modality, model, form);
      backbone.embed([PROBE]); // finite numbers, or an explanation
      return backbone;
    } catch (error) {
      model.dispose();
      throw error;
    }
  }

  /** What is missing in a window that it cannot read: null where its sense is not there. */
  reads({ mel, rgb, pcm }: BackboneWindow): boolean {
    const { type } = this.form.input;
    return (type === 'image' ? rgb : type === 'waveform' ? pcm : mel) != null;
  }

  /**
   * Embeddings [E] of windows that it `reads`, in their order. Synchronous; what it needs is freed before it returns.
   *
   * @throws {BackboneError} ERR_BACKBONE_OPERATION, ERR_BACKBONE_NUMBERS
   */
  embed(windows: readonly BackboneWindow[]): readonly Float32Array[] {
    if (windows.length === 0) return [];
    const { input } = this.form;
    const batches = input.type === 'waveform' || input.single ? windows.map((window) => [window]) : [windows];
    return batches.flatMap((batch) => this.#run(batch));
  }

  #run(windows: readonly BackboneWindow[]): readonly Float32Array[] {
    const { input, output, width } = this.form;
    let values: Float32Array;
    try {
      values = tf.tidy(() => {
        const [out] = this.#model.run(inputTensor(input, windows), [output]);
        if (!out) throw new Error(`it gave no ${output}`);
        return Float32Array.from(averaged(out, input, windows.length).dataSync());
      });
    } catch (cause) {
      throw explained(this.#modality, cause);
    }
    if (!values.every(Number.isFinite)) {
      const remedy =
        input.type === 'image'
          ? 'give the range that it was trained on with --video-range'
          : 'give another model';
      throw new BackboneError(
        'ERR_BACKBONE_NUMBERS',
        `the ${this.#modality} backbone gives NaN or infinity: ${remedy}`,
      );
    }
    return windows.map((_, i) => values.slice(i * width, (i + 1) * width));
  }

  /** Idempotent. */
  dispose(): void {
    this.#model.dispose();
  }
}

/** A window of every kind, of middling levels. */
const PROBE: Required<BackboneWindow> = {
  mel: Float32Array.from({ length: WINDOW_COLUMNS * MEL_BANDS }, (_, i) => Math.sin(i / 7) - 2),
  rgb: Uint8Array.from({ length: 3 * PICTURE_SIZE * PICTURE_SIZE }, (_, i) => (i * 7) % 256),
  pcm: Float32Array.from({ length: WAVEFORM_SAMPLES }, (_, i) => 0.1 * Math.sin(i / 9)),
};

type Measuring = {
  readonly model: OpenModel;
  readonly input: BackboneInput;
  readonly rows: number;
  readonly output: string | null;
};

/** Runs every output, or the one asked for, once. */
function measure(modality: Modality, { model, input, rows, output }: Measuring): readonly Measured[] {
  const names = output === null ? model.outputs : [output];
  try {
    const probes = Array.from({ length: rows }, () => PROBE);
    return tf.tidy(() =>
      model.run(inputTensor(input, probes), names).map(({ shape }, i) => ({ name: names[i] ?? '', shape })),
    );
  } catch (cause) {
    const missing = /is not found in the graph|No such layer/i.test(messageOf(cause));
    if (!missing || output === null) throw explained(modality, cause);
    const remedy = `it has ${model.outputs.join(', ')}; correct --${modality}-output`;
    throw new BackboneError(
      'ERR_BACKBONE_OUTPUT',
      `the ${modality} backbone has no output or inner node "${output}": ${remedy}`,
      {
        cause,
      },
    );
  }
}

/** [rows, E]: sides between the first and the last are averaged; a waveform's rows too. */
function averaged(out: tf.Tensor, input: BackboneInput, rows: number): tf.Tensor2D {
  const width = out.shape.at(-1) ?? 0;
  if (input.type === 'waveform') return out.reshape([-1, width]).mean<tf.Tensor2D>(0, true);
  return out.reshape([rows, -1, width]).mean<tf.Tensor2D>(1);
}

function inputTensor(input: BackboneInput, windows: readonly BackboneWindow[]): tf.Tensor {
  switch (input.type) {
    case 'image':
      return pictures(input, windows);
    case 'waveform':
      return waveform(input, windows[0]?.pcm ?? new Float32Array(0));
    case 'log-mel':
      return melTensor(input, windows);
  }
}

/** The picture is 96 x 96 whatever the backbone was trained on: it is enlarged, bilinearly, and gains nothing by it. */
function pictures(
  { height, width, range, dtype }: Extract<BackboneInput, { type: 'image' }>,
  windows: readonly BackboneWindow[],
): tf.Tensor {
  const levels = new Float32Array(windows.length * 3 * PICTURE_SIZE * PICTURE_SIZE);
  windows.forEach(({ rgb }, i) => {
    if (rgb) levels.set(rgb, i * rgb.length);
  });
  const small = tf.tensor4d(levels, [windows.length, PICTURE_SIZE, PICTURE_SIZE, 3]);
  const [scale, offset] = LEVELS[range];
  const same = height === PICTURE_SIZE && width === PICTURE_SIZE;
  const sized = same ? small : tf.image.resizeBilinear(small, [height, width], false, true);
  return dtype === 'int32' ? sized.round().toInt() : sized.mul(scale).add(offset);
}

/** Cut at its start, or with silence behind it, where the model wants another length. */
function waveform(
  { samples, rank }: Extract<BackboneInput, { type: 'waveform' }>,
  pcm: Float32Array,
): tf.Tensor {
  const length = samples ?? pcm.length;
  const fitted = new Float32Array(length);
  fitted.set(pcm.subarray(Math.max(0, pcm.length - length)));
  return rank === 1 ? tf.tensor1d(fitted) : tf.tensor2d(fitted, [1, length]);
}

function melTensor(
  { rank }: Extract<BackboneInput, { type: 'log-mel' }>,
  windows: readonly BackboneWindow[],
): tf.Tensor {
  const values = new Float32Array(windows.length * WINDOW_COLUMNS * MEL_BANDS);
  windows.forEach(({ mel }, i) => {
    if (mel) values.set(mel, i * mel.length);
  });
  const shape = [windows.length, WINDOW_COLUMNS, MEL_BANDS];
  return tf.tensor(values, rank === 3 ? shape : [...shape, 1]);
}
