/** What a trained pupil knows of a set: fused, by halves of the head, and by nearest prototype. Shares in [0, 1]. */
import type { Modality } from '../../../../proto/messages.ts';
import { type Head, halfLogits, headLogits } from '../../../../src/model/head.ts';
import { type Matrix, rowOf } from '../../../../src/pmr/matrix.ts';
import { classMeans } from '../../../../src/pmr/prototypes.ts';
import { distances, nearest } from '../../../../src/pmr/scores.ts';
import { DIGITS, type DigitData, type DigitSet } from './data-set.ts';
import type { Pupil, Sides } from './pupil.ts';

export type SideScores = {
  /** Nearest prototype, by the means of the whole training set. */
  readonly prototype: number;
  /** The modality's half of the head. */
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

type Answers = Readonly<Record<'fused' | 'audio' | 'video', readonly number[]>>;

/** Each row's answer by the head: fused, and by each half. */
export function headAnswers(z: Sides<Matrix>, head: Head): Answers {
  const rows = Array.from({ length: z.audio.rows }, (_, i) => i);
  const highest = (logits: readonly number[]): number => logits.indexOf(Math.max(...logits));
  return {
    fused: rows.map((i) => {
      const { audio, video, bias } = headLogits(head, rowOf(z.audio, i), rowOf(z.video, i));
      return highest(bias.map((value, k) => value + audio[k]! + video[k]!));
    }),
    audio: rows.map((i) => highest(halfLogits(head, 'audio', rowOf(z.audio, i)))),
    video: rows.map((i) => highest(halfLogits(head, 'video', rowOf(z.video, i)))),
  };
}

/** Judges by the training set's means and by the head. */
export function judged(pupil: Pupil, { train, test }: DigitData): DigitScores {
  const embed = (set: DigitSet): Sides<Matrix> => ({
    audio: pupil.embed(set, 'audio', everyRow(set)),
    video: pupil.embed(set, 'video', everyRow(set)),
  });
  const [known, fresh] = [embed(train), embed(test)];
  const head = pupil.head();
  const answers = headAnswers(fresh, head);
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
    trainFused: shareRight(headAnswers(known, head).fused, train.labels),
    gray: side('audio'),
    coloured: side('video'),
  };
}
