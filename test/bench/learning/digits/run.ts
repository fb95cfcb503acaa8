/**
 * One cell of the digits' table: one policy and one seed from random weights to its scores. A pure function of its options
 * on one backend; policies of one seed share pictures, first weights and the order of samples.
 */
import type { PolicyName } from '../../../../proto/policies.ts';
import { STREAM } from '../../../../src/pmr/stream/settings.ts';
import {
  labelScored,
  planOf,
  roundBegan,
  STREAM_START,
  type StreamState,
} from '../../../../src/pmr/stream/state.ts';
import { random } from '../../../../src/random.ts';
import {
  JOINT_WEIGHTS,
  type Schedule,
  type StepObservation,
} from '../../../../src/training/policies/policy.ts';
import { POLICIES } from '../../../../src/training/policies/table.ts';
import type { Compile, StepOutcome } from '../../../../src/training/trainee.ts';
import { digitData } from './data-set.ts';
import { type DigitScores, judged } from './judge.ts';
import { DigitPrototypes, shuffled, type TenthScores } from './prototypes.ts';
import { Pupil } from './pupil.ts';
import type { DigitSettings } from './settings.ts';

export type DigitCell = {
  readonly policy: PolicyName;
  readonly seed: number;
  readonly settings: DigitSettings;
};

export type DigitResult = DigitScores & {
  readonly policy: PolicyName;
  readonly seed: number;
  /** By epoch: summed gray prototype scores over summed coloured ones, over all steps; null where no step had both views. */
  readonly rho: readonly (number | null)[];
  readonly seconds: number;
};

const YOUNG_SHARE = 1 / 4; // of the epochs: as long as the paper's form keeps PER

/** PMR-stream's state with one more scored tenth: each of its pictures counts as a label of one sample. */
export function tenthScored(old: StreamState, { labels, sides }: TenthScores): StreamState {
  return labels.reduce((state, label, i) => {
    const [audio, video] = [sides.audio?.[i] ?? null, sides.video?.[i] ?? null];
    const sample = { audio, video, fused: audio?.hit === true };
    return labelScored(state, { classId: String(label), samples: [sample] }, STREAM);
  }, old);
}

type Scores = Pick<StepOutcome, 'audioScores' | 'videoScores' | 'audioHeadScores' | 'videoHeadScores'>;
const NO_SCORES: Scores = { audioScores: 0, videoScores: 0, audioHeadScores: 0, videoHeadScores: 0 };

/** All that moves while a cell is trained. */
class Training {
  readonly #cell: DigitCell;
  readonly #pupil: Pupil;
  readonly #prototypes: DigitPrototypes;
  readonly #data: ReturnType<typeof digitData>;
  readonly #order = random(0);
  #stream = STREAM_START;
  #scores = NO_SCORES;
  #step = 0;

  constructor(cell: DigitCell, pupil: Pupil, data: ReturnType<typeof digitData>) {
    this.#cell = cell;
    this.#pupil = pupil;
    this.#data = data;
    this.#prototypes = new DigitPrototypes(POLICIES[cell.policy].centres, cell.settings);
    this.#order = random(cell.seed).fork('order');
  }

  /** Trains one epoch. @returns its rho */
  epoch(epoch: number): number | null {
    const { settings, policy } = this.#cell;
    const { train } = this.#data;
    const tenth = this.#prototypes.epochBegan(this.#pupil, train, this.#order.fork(`tenth-${epoch}`));
    this.#stream = roundBegan(tenthScored(this.#stream, tenth), policy === 'pmr-stream');
    const young = epoch < settings.epochs * YOUNG_SHARE;
    const schedule = POLICIES[policy].begin({ young, hasHead: false, plan: planOf(this.#stream) });
    if (!schedule) return null;
    const rate = settings.rate * (epoch < settings.dropAt * settings.epochs ? 1 : 0.1);
    const order = shuffled(train.count, this.#order.fork(`order-${epoch}`));
    const sums = { audio: 0, video: 0 };
    for (let from = 0; from < order.length; from += settings.batch) {
      this.#learn(schedule, order.subarray(from, from + settings.batch), rate);
      sums.audio += this.#scores.audioScores;
      sums.video += this.#scores.videoScores;
    }
    return sums.video > 0 ? sums.audio / sums.video : null;
  }

  #learn(schedule: Schedule, rows: Uint32Array, rate: number): void {
    const { train } = this.#data;
    const weights = schedule.weightsAt(this.#observation());
    const outcome = this.#pupil.step({ set: train, rows, centres: this.#prototypes.current, weights, rate });
    if (!Number.isFinite(outcome.loss) || !Number.isFinite(outcome.gradientNorm)) {
      const { policy, seed } = this.#cell;
      throw new Error(
        `${policy}, seed ${seed}: loss ${outcome.loss} at step ${this.#step}; take a lower rate`,
      );
    }
    this.#prototypes.stepped(
      outcome,
      Array.from(rows, (row) => train.labels[row]!),
    );
    this.#scores = outcome;
    this.#step++;
  }

  #observation(): StepObservation {
    const { settings } = this.#cell;
    const { audio: tauAudio, video: tauVideo } = this.#prototypes.taus;
    const steps = settings.epochs * Math.ceil(settings.train / settings.batch);
    return { step: this.#step, steps, ...this.#scores, tauAudio, tauVideo };
  }
}

/** Trains and judges one cell. @throws when a loss is not finite. */
export async function runDigits(cell: DigitCell, compile: Compile): Promise<DigitResult> {
  const { policy, seed, settings } = cell;
  const began = performance.now();
  const data = digitData({ ...settings, seed });
  const weights = { ...JOINT_WEIGHTS, uniModal: 0.5, alpha: 1, beta: 0.5, gamma: 0.5 };
  const source = random(seed);
  const pupil = await Pupil.open(
    { compile, settings, policy: POLICIES[policy], random: source, weights },
    data.train,
  );
  try {
    const training = new Training(cell, pupil, data);
    const rho = Array.from({ length: settings.epochs }, (_, epoch) => training.epoch(epoch));
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    return { policy, seed, ...judged(pupil, data), rho, seconds };
  } finally {
    pupil.dispose();
  }
}
