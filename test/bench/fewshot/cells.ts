/** One cell of the bench: a draw of a set, seen by one learner at one stage. A function of its options on one backend. */
import type { ComputeBackend } from '../../../server/compute/backend.ts';
import { embedWith } from '../../../server/compute/embed-samples.ts';
import { Embedder } from '../../../server/compute/embedder.ts';
import { keepingCompile } from '../../../server/compute/keeping-compile.ts';
import { FOLLOW_UPS, RETRIES } from '../../../server/project/cadence.ts';
import type { NamedArray } from '../../../src/model/encoders.ts';
import { nearestPrototype, type Scores, seenBy } from './classified.ts';
import type { Draw } from './draw.ts';
import { type Cadence, fineTune, SHORT_CADENCE, type Tools } from './fine-tune.ts';
import { LABELS, SETS, type SetName } from './sets.ts';

/** What a learner begins with: random weights (another init each draw), or those of files. */
export type LearnerRef = {
  readonly name: string;
  /** Null: random. */
  readonly path: string | null;
  /** Of the weights, so that other weights under the same path are other cells. */
  readonly digest: string;
};

export const STAGES = ['prototypes', 'fine-tuned', 'bound'] as const;
export type Stage = (typeof STAGES)[number];

export type Cell = {
  readonly set: SetName;
  /** Seed of everything that is drawn. */
  readonly draw: number;
  readonly learner: LearnerRef;
  readonly stage: Stage;
  /** Of each class, while fine-tuning; prototypes are asked at each of `LABELS`. */
  readonly labels: number;
  /** Rounds as the product runs them, or fewer. */
  readonly long: boolean;
};

export type CellResult = {
  readonly set: SetName;
  readonly draw: number;
  readonly learner: string;
  readonly stage: Stage;
  readonly byLabels: readonly { readonly labels: number; readonly scores: Scores }[];
  /** Of the last candidate, whatever the gate said of it; null at other stages. */
  readonly trained: Scores | null;
  readonly verdicts: readonly string[];
  /** Processor time. */
  readonly seconds: number;
};

export const isCellResult = (value: unknown): value is CellResult =>
  typeof value === 'object' &&
  value !== null &&
  'byLabels' in value &&
  Array.isArray(value.byLabels) &&
  'stage' in value &&
  STAGES.some((stage) => stage === value.stage);

/** Labels of each class that the bound is trained on. */
export const BOUND_LABELS = 60;
const BOUND_CADENCE: Readonly<Record<'short' | 'long', Cadence>> = {
  short: { followUps: 2, retries: 0 },
  long: { followUps: 5, retries: 0 },
};

/** Compiled encoders and steps; the caller disposes them. */
export async function openTools(backend: ComputeBackend) {
  const embedder = await Embedder.open(backend);
  const tools: Tools = { embed: embedWith(embedder), compile: keepingCompile(backend) };
  return { tools, dispose: () => embedder.dispose() };
}

/** Renders draws; keeps the last one, since learners are asked about it in turn. */
export class Studio {
  #key = '';
  #draw: Draw | null = null;

  draw(set: SetName, seed: number, train = SETS[set].counts.train): Draw {
    const key = `${set} ${seed} ${train}`;
    if (this.#draw && this.#key === key) return this.#draw;
    const { counts, draw } = SETS[set];
    this.#key = key;
    this.#draw = draw(seed, { ...counts, train });
    return this.#draw;
  }
}

type Done = Pick<CellResult, 'byLabels' | 'trained' | 'verdicts'>;

async function runStage(
  { set, draw: seed, learner, stage, labels, long }: Cell,
  { weights, studio, tools }: CellTools,
): Promise<Done> {
  const young = learner.path === null;
  switch (stage) {
    case 'prototypes': {
      const seen = seenBy(studio.draw(set, seed), weights, tools.embed);
      const byLabels = LABELS.map((count) => ({ labels: count, scores: nearestPrototype(seen, count) }));
      return { byLabels, trained: null, verdicts: [] };
    }
    case 'fine-tuned': {
      const cadence = long ? { followUps: FOLLOW_UPS, retries: RETRIES } : SHORT_CADENCE;
      const draw = studio.draw(set, seed);
      const { served, trained, verdicts } = await fineTune({
        ...{ ...tools, draw, encoders: weights, young, labels, cadence },
        ...{ seed: 1000 * seed, gated: true },
      });
      return { byLabels: [{ labels, scores: served }], trained, verdicts };
    }
    case 'bound': {
      const draw = studio.draw(set, seed, BOUND_LABELS);
      const { served, trained, verdicts } = await fineTune({
        ...{ ...tools, draw, encoders: weights, young, labels: BOUND_LABELS },
        ...{ cadence: BOUND_CADENCE[long ? 'long' : 'short'], seed: 1000 * seed, gated: false },
      });
      return { byLabels: [{ labels: BOUND_LABELS, scores: served }], trained, verdicts };
    }
  }
}

export type CellTools = {
  readonly weights: readonly NamedArray[];
  readonly studio: Studio;
  readonly tools: Tools;
};

/** Runs one cell. */
export async function runCell(cell: Cell, use: CellTools): Promise<CellResult> {
  const before = process.cpuUsage();
  const done = await runStage(cell, use);
  const { user, system } = process.cpuUsage(before);
  const { set, draw, learner, stage } = cell;
  const seconds = Math.round((user + system) / 1e5) / 10;
  return { set, draw, learner: learner.name, stage, ...done, seconds };
}
