/**
 * Windows to representations, in batches of fixed sizes. The graphs hold no weights: those are inputs, so that one
 * set of graphs serves every model version, and a swap is a change of arguments.
 */
import * as tf from '@tensorflow/tfjs';

import type { Modality } from '../../proto/messages.ts';
import { embeddingInto } from '../../src/features/embedding.ts';
import { audioPlanesInto, videoPlanesInto } from '../../src/features/normalize.ts';
import type { KeptEmbedding } from '../../src/journal.ts';
import type { EncoderPair, NamedArray, SideSpec } from '../../src/model/encoders.ts';
import { encode, initWeights, inputSize, PRODUCT_ENCODERS } from '../../src/model/encoders.ts';
import { random } from '../../src/random.ts';
import type { Backbone } from './backbone/backbone.ts';
import type { Compiled, ComputeBackend, TensorFunction, Tensors } from './backend.ts';

/** What an encoder, or a backbone's adapter, reads of one pair; a side that is missing is null. */
export type RawWindow = {
  readonly mel: Float32Array | null;
  readonly rgb: Uint8Array | null;
  readonly older: Uint8Array | null;
  /** [15600] samples, for a backbone that takes a waveform. */
  readonly pcm?: Float32Array | null;
  readonly audioEmbedding?: Pick<KeptEmbedding, 'values'> | null;
  readonly videoEmbedding?: Pick<KeptEmbedding, 'values'> | null;
};

export type Embedding = { readonly zAudio: Float32Array | null; readonly zVideo: Float32Array | null };

/** Batch sizes that are traced; others are padded up to the next one. */
export const BATCH_SIZES = [1, 4, 8, 16] as const;
export const LARGEST_BATCH = 16;

/** The weights of both encoders as tensors, with the names of the graphs' inputs. Belongs to whoever made it. */
export class EncoderWeights {
  readonly audio: Tensors;
  readonly video: Tensors;

  constructor(audio: readonly NamedArray[], video: readonly NamedArray[]) {
    this.audio = tensorsOf(audio);
    this.video = tensorsOf(video);
  }

  /** Idempotent. */
  dispose(): void {
    tf.dispose([this.audio, this.video]);
  }
}

const inputName = (position: number): string => `w${position}`;

function tensorsOf(weights: readonly NamedArray[]): Tensors {
  const named = weights.map(({ values, shape }, i) => [inputName(i), tf.tensor(values, [...shape])] as const);
  return Object.fromEntries(named);
}

function forward(spec: SideSpec, weightCount: number): TensorFunction {
  const names = Array.from({ length: weightCount }, (_, i) => inputName(i));
  return (inputs) => {
    const x = inputs.x;
    if (!x) throw new TypeError('the encoder graph takes an input named x');
    const weights = names.flatMap((name) => inputs[name] ?? []);
    return { z: encode(spec, x, weights) };
  };
}

type Side = {
  readonly spec: SideSpec;
  readonly size: number;
  /** By batch size. */
  readonly graphs: ReadonlyMap<number, Compiled>;
  /** One batch of inputs, written anew for each run. */
  readonly buffers: ReadonlyMap<number, Float32Array>;
};

async function openSide(backend: ComputeBackend, spec: SideSpec): Promise<Side> {
  const size = inputSize(spec);
  // The self-check needs numbers as they occur; which ones does not matter, the same each time is better.
  const source = random(1);
  const initial = initWeights(spec, source);
  const weights = tensorsOf(initial);
  const graphs = new Map<number, Compiled>();
  const buffers = new Map<number, Float32Array>();
  for (const batch of BATCH_SIZES) {
    const buffer = Float32Array.from({ length: batch * size }, () => 2 * source.uniform() - 1);
    const x = tf.tensor(buffer, [batch, ...spec.input]);
    const compile = backend.compile(`${spec.modality}-${batch}`, forward(spec, initial.length), {
      x,
      ...weights,
    });
    graphs.set(batch, await compile.finally(() => x.dispose()));
    buffers.set(batch, buffer);
  }
  tf.dispose(weights);
  return { spec, size, graphs, buffers };
}

type Write = (out: Float32Array, offset: number, size: number) => void;

/** Runs one batch of at most 16 windows, each written by its own function. */
function runBatch(side: Side, weights: Tensors, writes: readonly Write[]): Float32Array[] {
  const batch = BATCH_SIZES.find((size) => size >= writes.length) ?? LARGEST_BATCH;
  const buffer = side.buffers.get(batch);
  const graph = side.graphs.get(batch);
  if (!buffer || !graph) throw new TypeError(`no graph for a batch of ${batch}`);
  writes.forEach((write, i) => {
    write(buffer, i * side.size, side.size);
  });
  // What an earlier batch left in the padding is harmless: no row of an encoder's output depends on another.
  const x = tf.tensor(buffer, [batch, ...side.spec.input]);
  const outputs = graph.run({ ...weights, x });
  const values = outputs.z?.dataSync() ?? [];
  tf.dispose([x, outputs]);
  const { width } = side.spec;
  return writes.map((_, i) => Float32Array.from(values.slice(i * width, (i + 1) * width)));
}

/** A backbone, as much of it as is used here. */
export type OpenBackbone = Pick<Backbone, 'reads' | 'embed' | 'dispose'>;
export type OpenBackbones = Readonly<Record<Modality, OpenBackbone | null>>;

/** What the backbones gave of one window; null where there is none, or its sense was missing. */
export type BackboneEmbedding = Readonly<Record<Modality, Float32Array | null>>;

const NO_BACKBONES: OpenBackbones = { audio: null, video: null };

/** Owns the compiled encoders of one process, and the backbones before them. */
export class Embedder {
  readonly #sides: Readonly<Record<Modality, Side>>;
  readonly #backbones: OpenBackbones;

  private constructor(sides: Readonly<Record<Modality, Side>>, backbones: OpenBackbones) {
    this.#sides = sides;
    this.#backbones = backbones;
  }

  /** Compiles every batch size of both encoders: about a second in graph mode. @param backbones from here on its own */
  static async open(
    backend: ComputeBackend,
    specs: EncoderPair = PRODUCT_ENCODERS,
    backbones: OpenBackbones = NO_BACKBONES,
  ): Promise<Embedder> {
    const audio = await openSide(backend, specs.audio);
    return new Embedder({ audio, video: await openSide(backend, specs.video) }, backbones);
  }

  /** What the backbones give of windows, in their order: what a journal keeps of a label. @throws {BackboneError} */
  throughBackbones(windows: readonly RawWindow[]): readonly BackboneEmbedding[] {
    const of = (modality: Modality): ReadonlyMap<number, Float32Array> => {
      const backbone = this.#backbones[modality];
      const known = modality === 'audio' ? 'audioEmbedding' : 'videoEmbedding';
      if (!backbone) return new Map();
      const read = windows.flatMap((window, i) => (!window[known] && backbone.reads(window) ? [i] : []));
      const made = backbone.embed(read.flatMap((i) => windows[i] ?? []));
      return new Map(read.flatMap((i, k) => (made[k] ? [[i, made[k]] as const] : [])));
    };
    const [audio, video] = [of('audio'), of('video')];
    return windows.map((_, i) => ({ audio: audio.get(i) ?? null, video: video.get(i) ?? null }));
  }

  /**
   * Representations of at most 16 windows, in their order.
   *
   * @throws {ShapeError} ERR_SHAPE for a window of another size.
   */
  embed(weights: EncoderWeights, given: readonly RawWindow[]): readonly Embedding[] {
    const windows = this.#withEmbeddings(given);
    const audio = this.#modality('audio', weights.audio, windows, audioWrite);
    const video = this.#modality('video', weights.video, windows, videoWrite);
    return windows.map((_, i) => ({ zAudio: audio.get(i) ?? null, zVideo: video.get(i) ?? null }));
  }

  #withEmbeddings(windows: readonly RawWindow[]): readonly RawWindow[] {
    const { audio, video } = this.#backbones;
    if (!audio && !video) return windows;
    const made = this.throughBackbones(windows);
    return windows.map((window, i) => {
      const { audio: heard = null, video: seen = null } = made[i] ?? {};
      return {
        ...window,
        ...(heard ? { audioEmbedding: { values: heard } } : {}),
        ...(seen ? { videoEmbedding: { values: seen } } : {}),
      };
    });
  }

  dispose(): void {
    for (const backbone of Object.values(this.#backbones)) backbone?.dispose();
    for (const side of Object.values(this.#sides)) for (const graph of side.graphs.values()) graph.dispose();
  }

  /** By position; positions whose side is missing are left out. */
  #modality(
    modality: Modality,
    weights: Tensors,
    windows: readonly RawWindow[],
    writeOf: (window: RawWindow, adapted: boolean) => Write | null,
  ): ReadonlyMap<number, Float32Array> {
    const adapted = this.#sides[modality].spec.input.length === 1;
    const present = windows.flatMap((window, position) => {
      const write = writeOf(window, adapted);
      return write ? [{ position, write }] : [];
    });
    if (present.length === 0) return new Map();
    const writes = present.map(({ write }) => write);
    const values = runBatch(this.#sides[modality], weights, writes);
    return new Map(
      present.flatMap(({ position }, i) => {
        const z = values[i];
        return z ? [[position, z] as const] : [];
      }),
    );
  }
}

const embeddingWrite =
  ({ values }: Pick<KeptEmbedding, 'values'>): Write =>
  (out, offset, size) =>
    embeddingInto(out.subarray(offset, offset + size), values);

/** An adapter reads embeddings and nothing else: raw features that no backbone has read are as good as missing. */
function audioWrite({ mel, audioEmbedding }: RawWindow, adapted: boolean): Write | null {
  if (adapted) return audioEmbedding ? embeddingWrite(audioEmbedding) : null;
  return mel && ((out, offset) => audioPlanesInto(out, offset, mel));
}

function videoWrite({ rgb, older, videoEmbedding }: RawWindow, adapted: boolean): Write | null {
  if (adapted) return videoEmbedding ? embeddingWrite(videoEmbedding) : null;
  return rgb && older && ((out, offset) => videoPlanesInto(out, offset, rgb, older));
}
