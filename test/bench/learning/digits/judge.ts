/** What a trained pupil knows of a set: fused, by halves of the head, and by nearest prototype. Shares in [0, 1]. */
import type { Modality } from '../../../../proto/messages.ts';
import { type Matrix, rowOf } from '../../../../src/pmr/matrix.ts';
import { classMeans } from '../../../../src/pmr/prototypes.ts';
import { distances, nearest } from '../../../../src/pmr/scores.ts';
import { DIGITS, type DigitData, type DigitSet } from './data-set.ts';
import { COLUMNS, type Pupil, type Sides } from './pupil.ts';

export type SideScores = {
  /** Nearest prototype, by the means of the whole training set. */
  readonly prototype: number;
  /** The modality's half of the head with half of the bias. */
  readonly head: number;
  /** Nearest prototype on the training set itself. */
  readonly trainPrototype: number;
};

export type DigitScores = {
  readonly fused: number;
  readonly trainFused: number;
  readonly gray: SideScores;
  readonly coloured: SideScores;
};

const everyRow = ({ count }: DigitSet): Uint32Array => Uint32Array.from({ length: count }, (_, i) => i);

/** Share of `answers` that are the label. */
export function shareRight(answers: ArrayLike<number>, labels: ArrayLike<number>): number {
  let right = 0;
  for (let i = 0; i < labels.length; i++) if (answers[i] === labels[i]) right++;
  return labels.length === 0 ? 0 : right / labels.length;
}

/** Logits [N, 10] of one half of the head; `firstRow` is where the half begins. */
function halfLogits(z: Matrix, kernel: Float32Array, firstRow: number): Float64Array {
  const logits = new Float64Array(z.rows * DIGITS);
  for (let i = 0; i < z.rows; i++) {
    const row = rowOf(z, i);
    for (let d = 0; d < z.columns; d++) {
      const value = row[d]!;
      const at = (firstRow + d) * COLUMNS;
      for (let k = 0; k < DIGITS; k++)
        logits[i * DIGITS + k] = logits[i * DIGITS + k]! + value * kernel[at + k]!;
    }
  }
  return logits;
}

/** The highest of ten in each row. */
function highest(logits: Float64Array): readonly number[] {
  return Array.from({ length: logits.length / DIGITS }, (_, i) => {
    const row = logits.subarray(i * DIGITS, (i + 1) * DIGITS);
    return row.indexOf(Math.max(...row));
  });
}

type Answers = Readonly<Record<'fused' | 'audio' | 'video', readonly number[]>>;

/** Answers of the head: both halves with the whole bias, each half with half of it. */
export function headAnswers(z: Sides<Matrix>, kernel: Float32Array, bias: Float32Array): Answers {
  const audio = halfLogits(z.audio, kernel, 0);
  const video = halfLogits(z.video, kernel, z.audio.columns);
  const biased = (logits: Float64Array, share: number): Float64Array =>
    logits.map((value, i) => value + share * bias[i % DIGITS]!);
  return {
    fused: highest(
      biased(
        audio.map((value, i) => value + video[i]!),
        1,
      ),
    ),
    audio: highest(biased(audio, 0.5)),
    video: highest(biased(video, 0.5)),
  };
}

/** Judges by the training set's means and by the head. */
export function judged(pupil: Pupil, { train, test }: DigitData): DigitScores {
  const embed = (set: DigitSet): Sides<Matrix> => ({
    audio: pupil.embed(set, 'audio', everyRow(set)),
    video: pupil.embed(set, 'video', everyRow(set)),
  });
  const [known, fresh] = [embed(train), embed(test)];
  const weights = pupil.weights();
  const kernel = weights.get('head/kernel') ?? new Float32Array(0);
  const bias = weights.get('head/bias') ?? new Float32Array(0);
  const answers = headAnswers(fresh, kernel, bias);
  const side = (modality: Modality): SideScores => {
    const { means } = classMeans(known[modality], [...train.labels], DIGITS);
    const byPrototype = (z: Matrix): readonly number[] => nearest(distances(z, means, 'euclid'));
    return {
      prototype: shareRight(byPrototype(fresh[modality]), test.labels),
      head: shareRight(answers[modality], test.labels),
      trainPrototype: shareRight(byPrototype(known[modality]), train.labels),
    };
  };
  return {
    fused: shareRight(answers.fused, test.labels),
    trainFused: shareRight(headAnswers(known, kernel, bias).fused, train.labels),
    gray: side('audio'),
    coloured: side('video'),
  };
}
