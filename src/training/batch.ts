/**
 * Labelled samples to one step's arrays: augmented, normalized, with targets and weights. Typed arrays only.
 */
import type { Modality } from '../../proto/messages.ts';
import { embeddingInto } from '../features/embedding.ts';
import { audioPlanesInto, videoPlanesInto } from '../features/normalize.ts';
import { signalsOf } from '../features/sample-sides.ts';
import { MEL_VALUES, OLDER_BYTES, PICTURE_BYTES } from '../features/spec.ts';
import type { KeptEmbedding, Sample } from '../journal.ts';
import { type EncoderPair, inputSize, PRODUCT_ENCODERS } from '../model/encoders.ts';
import type { Random } from '../random.ts';
import { augmentEmbedding, EMBEDDING_AUGMENTATION, type EmbeddingAugmentation } from './augment-embedding.ts';
import { augmentMel, MEL_AUGMENTATION, type MelAugmentation } from './augment-mel.ts';
import { augmentPicture, PICTURE_AUGMENTATION, type PictureAugmentation } from './augment-picture.ts';
import type { Labelled } from './replay-buffer.ts';

/** One step's data, written anew for each step. B rows; C padded classes. */
export type BatchArrays = {
  /** [B, 96, 64, 2] and [B, 96, 96, 6], or [B, E] of a backbone's embeddings; zeros where the modality is missing. */
  readonly xAudio: Float32Array;
  readonly xVideo: Float32Array;
  /** [B, C]; one-hot, or all classes alike for `unknown`. */
  readonly labels: Float32Array;
  /** [B]; 1 for `not-class`. */
  readonly rejects: Float32Array;
  /** [B]; 1 for `class`: only these pull towards a prototype. */
  readonly certain: Float32Array;
  /** [B]; 1 where the label's scope and the sample's signals let both, audio, video learn. */
  readonly weightBoth: Float32Array;
  readonly weightAudio: Float32Array;
  readonly weightVideo: Float32Array;
};

export function emptyBatch(
  rows: number,
  classes: number,
  { audio, video }: EncoderPair = PRODUCT_ENCODERS,
): BatchArrays {
  return {
    xAudio: new Float32Array(rows * inputSize(audio)),
    xVideo: new Float32Array(rows * inputSize(video)),
    labels: new Float32Array(rows * classes),
    rejects: new Float32Array(rows),
    certain: new Float32Array(rows),
    weightBoth: new Float32Array(rows),
    weightAudio: new Float32Array(rows),
    weightVideo: new Float32Array(rows),
  };
}

/** How each sample is changed before it is learned from; null leaves it as it is. */
export type Augmentation = {
  readonly mel: MelAugmentation | null;
  readonly picture: PictureAugmentation | null;
  /** Of a backbone's embeddings. Default: none. */
  readonly embedding?: EmbeddingAugmentation | null;
};
export const AUGMENTATION: Augmentation = {
  mel: MEL_AUGMENTATION,
  picture: PICTURE_AUGMENTATION,
  embedding: EMBEDDING_AUGMENTATION,
};

export type BatchOptions = {
  /** Column of each class. */
  readonly columns: ReadonlyMap<string, number>;
  /** Columns in all, padding included. */
  readonly classes: number;
  readonly random: Random;
  readonly augmentation: Augmentation;
  /** Sides whose windows nothing reads: their places keep what they hold. Default: none. */
  readonly unread?: readonly Modality[];
};

// Scratch for one synchronous call.
const mel = new Float32Array(MEL_VALUES);
const picture = { rgb: new Uint8Array(PICTURE_BYTES), older: new Uint8Array(OLDER_BYTES) };

function writeTarget(
  out: BatchArrays,
  row: number,
  { label, classId }: Labelled,
  options: BatchOptions,
): boolean {
  const { columns, classes } = options;
  const targets = out.labels.subarray(row * classes, (row + 1) * classes).fill(0);
  const column = classId === null ? undefined : columns.get(classId);
  out.rejects[row] = label.kind === 'not-class' ? 1 : 0;
  out.certain[row] = label.kind === 'class' ? 1 : 0;
  if (label.kind === 'unknown') for (const taught of columns.values()) targets[taught] = 1 / columns.size;
  else if (column !== undefined) targets[column] = 1;
  return label.kind === 'unknown' || column !== undefined;
}

/** Which modalities a sample teaches: those in its label's scope that carry a live signal (a dead one, if it is all there is). */
export function teaches({ label, sample }: Labelled): { readonly audio: boolean; readonly video: boolean } {
  const signals = signalsOf(sample);
  const hasAudio = signals.audio !== 'missing' && label.scope !== 'video';
  const hasVideo = signals.video !== 'missing' && label.scope !== 'audio';
  const audio = hasAudio && signals.audio !== 'silent';
  const video = hasVideo && signals.video !== 'dark';
  return audio || video ? { audio, video } : { audio: hasAudio, video: hasVideo };
}

function writeWindows(out: BatchArrays, row: number, { sample }: Labelled, options: BatchOptions): void {
  const { unread = [] } = options;
  if (!unread.includes('audio')) writeSound(out, row, sample, options);
  if (!unread.includes('video')) writePicture(out, row, sample, options);
}

/** Where a row lies in a batch's inputs. */
function placeOf(x: Float32Array, row: number, { rejects }: BatchArrays): readonly [number, number] {
  const size = x.length / rejects.length;
  return [row * size, (row + 1) * size];
}

function writeEmbedding(
  out: Float32Array,
  { values }: KeptEmbedding,
  { random, augmentation }: BatchOptions,
): void {
  embeddingInto(out, values);
  const { embedding } = augmentation;
  if (embedding) augmentEmbedding(out, random, embedding);
}

function writeSound(out: BatchArrays, row: number, sample: Sample, options: BatchOptions): void {
  const { random, augmentation } = options;
  const [audioAt, end] = placeOf(out.xAudio, row, out);
  if (sample.audioEmbedding)
    writeEmbedding(out.xAudio.subarray(audioAt, end), sample.audioEmbedding, options);
  else if (!sample.mel) out.xAudio.fill(0, audioAt, end);
  else if (!augmentation.mel) audioPlanesInto(out.xAudio, audioAt, sample.mel);
  else {
    augmentMel(sample.mel, random, mel, augmentation.mel);
    audioPlanesInto(out.xAudio, audioAt, mel);
  }
}

function writePicture(
  out: BatchArrays,
  row: number,
  { rgb, older, videoEmbedding }: Sample,
  options: BatchOptions,
): void {
  const { random, augmentation } = options;
  const [videoAt, end] = placeOf(out.xVideo, row, out);
  if (videoEmbedding) writeEmbedding(out.xVideo.subarray(videoAt, end), videoEmbedding, options);
  else if (!rgb || !older) out.xVideo.fill(0, videoAt, end);
  else if (!augmentation.picture) videoPlanesInto(out.xVideo, videoAt, rgb, older);
  else {
    augmentPicture({ rgb, older }, random, picture, augmentation.picture);
    videoPlanesInto(out.xVideo, videoAt, picture.rgb, picture.older);
  }
}

/** Writes `items` to the first rows; the rest keeps weight 0. A label of a class without column gets weight 0 too. */
export function writeBatch(out: BatchArrays, items: readonly Labelled[], options: BatchOptions): void {
  const rows = out.rejects.length;
  for (const weights of [out.weightBoth, out.weightAudio, out.weightVideo, out.certain, out.rejects])
    weights.fill(0);
  for (let row = 0; row < Math.min(rows, items.length); row++) {
    const item = items[row]!;
    const counts = writeTarget(out, row, item, options);
    writeWindows(out, row, item, options);
    const { audio, video } = teaches(item);
    out.weightAudio[row] = counts && audio ? 1 : 0;
    out.weightVideo[row] = counts && video ? 1 : 0;
    out.weightBoth[row] = counts && audio && video ? 1 : 0;
  }
}
