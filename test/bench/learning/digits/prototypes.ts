/**
 * Prototypes while digits are learned. The paper's: means of a random tenth of the training set at each epoch's start,
 * with momentum between epochs (equations 6 and 12). PMR-stream's: moved by every step (the product's `MovingCentres`).
 */
import type { Modality } from '../../../../proto/messages.ts';
import { type Matrix, rowOf, zeros } from '../../../../src/pmr/matrix.ts';
import { classMeans, withMomentum } from '../../../../src/pmr/prototypes.ts';
import { distances, nearest, prototypeSoftmax } from '../../../../src/pmr/scores.ts';
import type { Random } from '../../../../src/random.ts';
import { MovingCentres } from '../../../../src/training/centres.ts';
import type { CentreRule } from '../../../../src/training/policies/policy.ts';
import type { Centres, StepOutcome } from '../../../../src/training/trainee.ts';
import { DIGITS, type DigitSet } from './data-set.ts';
import { COLUMNS, type Pupil, type Sides } from './pupil.ts';
import type { DigitSettings } from './settings.ts';

/** One modality's prototypes, and what divides its distances. */
type Side = { centres: Matrix; seen: readonly boolean[]; readonly moving: MovingCentres };

const nothing = (width: number, rule: CentreRule): Side => ({
  centres: zeros(COLUMNS, width),
  seen: new Array<boolean>(COLUMNS).fill(false),
  moving: new MovingCentres(COLUMNS, rule, width),
});

/** What one modality says of a picture of the tenth, by prototypes from before this epoch. */
export type TenthScore = { readonly score: number; readonly hit: boolean };
export type TenthScores = {
  readonly labels: readonly number[];
  /** By modality; null while it has no prototypes. */
  readonly sides: Sides<readonly TenthScore[] | null>;
};

export class DigitPrototypes {
  readonly #rule: CentreRule;
  readonly #settings: DigitSettings;
  readonly #sides: Sides<Side>;

  constructor(rule: CentreRule, settings: DigitSettings) {
    this.#rule = rule;
    this.#settings = settings;
    const { audio, video } = settings.encoders;
    this.#sides = { audio: nothing(audio.width, rule), video: nothing(video.width, rule) };
  }

  /** Rule 1's divisors; 1 where the paper's prototypes are in force. */
  get taus(): Sides<number> {
    const of = ({ moving }: Side): number => (this.#rule === 'windowed' ? moving.tau : 1);
    return { audio: of(this.#sides.audio), video: of(this.#sides.video) };
  }

  get current(): Sides<Centres> {
    const of = ({ centres, seen, moving }: Side): Centres =>
      this.#rule === 'windowed'
        ? moving.current
        : { values: Float32Array.from(centres.values), seen: Float32Array.from(seen, Number) };
    return { audio: of(this.#sides.audio), video: of(this.#sides.video) };
  }

  /** An epoch begins: scores a random tenth by the prototypes so far, then makes the paper's prototypes of it. */
  epochBegan(pupil: Pupil, set: DigitSet, source: Random): TenthScores {
    const rows = drawn(set.count, Math.round(set.count * this.#settings.prototypeShare), source);
    const labels = Array.from(rows, (row) => set.labels[row]!);
    const of = (side: Modality): readonly TenthScore[] | null => {
      const z = pupil.embed(set, side, rows);
      const scored = this.#scored(side, z, labels);
      if (this.#rule !== 'windowed') this.#average(this.#sides[side], z, labels);
      return scored;
    };
    return { labels, sides: { audio: of('audio'), video: of('video') } };
  }

  /** One step was made on these labels. */
  stepped({ zAudio, zVideo }: StepOutcome, labels: readonly number[]): void {
    if (this.#rule !== 'windowed') return;
    for (const [side, values] of [['audio', zAudio] as const, ['video', zVideo] as const]) {
      const { width } = this.#settings.encoders[side];
      const z = {
        rows: labels.length,
        columns: width,
        values: Float64Array.from(values.subarray(0, labels.length * width)),
      };
      this.#sides[side].moving.update({ z, columns: labels });
    }
  }

  #scored(side: Modality, z: Matrix, labels: readonly number[]): readonly TenthScore[] | null {
    const { values, seen } = this.current[side];
    const { width } = this.#settings.encoders[side];
    const centres = {
      rows: DIGITS,
      columns: width,
      values: Float64Array.from(values.subarray(0, DIGITS * width)),
    };
    if (!seen.subarray(0, DIGITS).every((one) => one === 1)) return null;
    const far = distances(z, centres, 'euclid');
    const scores = prototypeSoftmax(far, undefined, this.taus[side]);
    const answers = nearest(far);
    return labels.map((label, i) => ({ score: rowOf(scores, i)[label]!, hit: answers[i] === label }));
  }

  #average(side: Side, z: Matrix, labels: readonly number[]): void {
    const made = classMeans(z, labels, COLUMNS);
    const moved = withMomentum(side.centres, made, this.#settings.prototypeMomentum);
    made.seen.forEach((seen, k) => {
      if (seen && !side.seen[k]) rowOf(moved, k).set(rowOf(made.means, k));
    });
    side.centres = moved;
    side.seen = side.seen.map((seen, k) => seen || made.seen[k] === true);
  }
}

/** All numbers below `count` in a random order (Fisher and Yates). */
export function shuffled(count: number, source: Random): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = source.integer(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

const drawn = (count: number, take: number, source: Random): Uint32Array =>
  shuffled(count, source).slice(0, take);
