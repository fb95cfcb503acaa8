/**
 * One training round: from a base model and the journal to a candidate, judged; or a reason to do nothing.
 *
 * A pure function of its options on one backend: the same base, labels, seed and steps give the same candidate, bit for bit.
 */

import { DEFAULT_FUSION, type FusionName } from '../../proto/fusions.ts';
import type { GateEvidence, Modality } from '../../proto/messages.ts';
import { ShapeError } from '../errors.ts';
import { hasSide, withSenses } from '../features/sample-sides.ts';
import type { ClassRecord, EffectiveLabel, HeldOut, Sample } from '../journal.ts';
import type { ClassifierState } from '../model/classifier.ts';
import { type EncoderPair, encodersOf, type NamedArray } from '../model/encoders.ts';
import type { Head } from '../model/head.ts';
import { planOf, type RoundPlan, STREAM_START } from '../pmr/stream/state.ts';
import { type Anchors, anchorsOf, sampleKey } from './base-logits.ts';
import { judgeCandidate, NOT_FINITE } from './gate.ts';
import { type Embed, type Embedded, judgeModel, taughtState } from './judging.ts';
import type { Schedule, TrainingPolicy } from './policies/policy.ts';
import { DEFAULT_POLICY, POLICIES } from './policies/table.ts';
import { missingForTraining } from './readiness.ts';
import { fillReplayBuffer, type ReplayBuffer } from './replay-buffer.ts';
import {
  augmentationFor,
  type Balance,
  FIRST_RATES,
  LATER_RATES,
  type RatePlan,
  STARTER_RATES,
  type Trained,
  train,
} from './train.ts';
import type { Compile } from './trainee.ts';

export type RoundProgress = {
  readonly phase: 'training' | 'judging';
  readonly step: number;
  readonly steps: number;
  readonly balance: Balance;
};

/** The model that a round starts from. */
export type RoundBase = {
  /** Both encoders, audio first. */
  readonly encoders: readonly NamedArray[];
  readonly head: Head | null;
  /** How its head fuses, now or once it has one; default concat. */
  readonly fusion?: FusionName;
  /** Last journal entry it was trained on. */
  readonly appliedSeq: number;
  /** Steps that made it out of random weights, all its ancestors together. */
  readonly trainedSteps: number;
  /** Pretrained, and no round of this project has moved it yet. Default: false. */
  readonly pretrained?: boolean;
};

export type RoundOptions = {
  readonly base: RoundBase;
  /** The project as the journal's prefix leaves it. */
  readonly classes: readonly ClassRecord[];
  readonly labels: readonly EffectiveLabel[];
  readonly lastSeq: number;
  readonly samplesOf: (seq: number) => readonly Sample[];
  readonly seed: number;
  readonly steps: number;
  readonly compile: Compile;
  readonly embed: Embed;
  /** What the encoders are built like, and the policy. Default: as the base's weights are, and the product's. */
  readonly specs?: EncoderPair;
  readonly policy?: TrainingPolicy;
  /** Decides on the promotion. Default: the rule; an ablation takes it away. */
  readonly judge?: typeof judgeCandidate;
  /** What the journal's scores up to `lastSeq` say of the balance. Default: nothing is known. */
  readonly plan?: RoundPlan;
  /** Called after each step, and awaited: the place to give way to others. */
  readonly onProgress: (progress: RoundProgress) => Promise<void>;
};

/** A model ready to be written: encoders, and a classifier taught every label up to `lastSeq`. */
export type Candidate = {
  /** The base's. */
  readonly fusion: FusionName;
  readonly encoders: readonly NamedArray[];
  readonly classifier: ClassifierState;
  readonly trainedSteps: number;
};

export type RoundOutcome =
  | {
      readonly type: 'candidate';
      readonly candidate: Candidate;
      readonly heldOut: HeldOut;
      readonly championHeldOut: HeldOut;
      readonly verdict: string;
      readonly thinEvidence: boolean;
      readonly evidence: GateEvidence;
      readonly balance: Balance;
    }
  | {
      readonly type: 'rejected';
      readonly heldOut: HeldOut | null;
      readonly verdict: string;
      readonly evidence: GateEvidence;
      readonly balance: Balance;
    }
  | { readonly type: 'nothing'; readonly verdict: string; readonly balance: Balance };

const SIDES = ['audio', 'video'] as const;
const NO_BALANCE: Balance = { rho: null, beta: 0, gamma: 0 };
/** Encoders count as young until they have had this many steps since they were random. */
export const YOUNG_STEPS = 400;

/** The rates of a round: young encoders move fast, a starter's at half of that, later ones carefully. */
export function ratesFor({ trainedSteps, pretrained = false }: RoundBase): RatePlan {
  if (pretrained) return STARTER_RATES;
  return trainedSteps < YOUNG_STEPS ? FIRST_RATES : LATER_RATES;
}

/** Samples with these senses alone; those that have none of them are left out. */
function sensed(samples: readonly Sample[], senses: TrainingPolicy['senses']): readonly Sample[] {
  return samples
    .map((sample) => withSenses(sample, senses))
    .filter((sample) => senses.some((side) => hasSide(sample, side)));
}

/** Runs one round. @throws {ShapeError} ERR_CLASS_COUNT for more classes than can be trained. */
export async function runRound(options: RoundOptions): Promise<RoundOutcome> {
  const { classes, labels, base, policy = POLICIES[DEFAULT_POLICY], plan = planOf(STREAM_START) } = options;
  const nothing = (verdict: string): RoundOutcome => ({ type: 'nothing', verdict, balance: NO_BALANCE });
  const missing = missingForTraining(classes, labels);
  if (missing) return nothing(missing);
  const young = base.trainedSteps < YOUNG_STEPS;
  const schedule = policy.begin({ young, hasHead: base.head !== null, plan });
  if (!schedule) return nothing(`the policy '${policy.name}' trains nothing`);
  const samplesOf = (seq: number): readonly Sample[] => sensed(options.samplesOf(seq), policy.senses);
  const classIds = classes.map(({ id }) => id);
  const buffer = fillReplayBuffer({ classIds, labels, samplesOf, baseSeq: base.appliedSeq });
  if (buffer.byClass.some((items) => items.length === 0) || buffer.heldOut.length === 0) {
    return nothing('the labels hold no windows to train on and to judge by');
  }
  let balance: Balance = NO_BALANCE;
  try {
    const trained = await trainRound(options, { buffer, schedule, policy }, (next) => {
      balance = next;
    });
    return await judgeRound(options, buffer, trained, plan);
  } catch (error) {
    if (!(error instanceof ShapeError) || error.code !== 'ERR_NOT_FINITE') throw error;
    const verdict = `not promoted: ${error.message}`;
    return { type: 'rejected', heldOut: null, verdict, evidence: NOT_FINITE, balance };
  }
}

type Lesson = {
  readonly buffer: ReplayBuffer;
  readonly schedule: Schedule;
  readonly policy: TrainingPolicy;
};

type Prepared = {
  readonly anchors: Anchors | null;
  readonly embedded: ReadonlyMap<string, Embedded>;
};

/**
 * What is made by the base once, before the first step: representations of all that may be drawn, where an encoder is
 * frozen, and the logits of what the base has learned, where they are matched. Neither is augmented.
 */
function prepared({ base, embed }: RoundOptions, { buffer, schedule }: Lesson): Prepared {
  const matches = base.head !== null && schedule.matches === true;
  const has = (side: Modality): boolean => matches || schedule.frozen.includes(side);
  const taught = buffer.byClass.flat();
  const learned = taught.filter(({ label }) => label.seq <= base.appliedSeq);
  const drawn = [...taught, ...buffer.others];
  const items = schedule.frozen.length > 0 ? drawn : matches ? learned : [];
  const made = embed(
    base.encoders,
    items.map(({ sample }) => withSenses(sample, SIDES.filter(has))),
  );
  const embedded = new Map(items.flatMap((item, i) => (made[i] ? [[sampleKey(item), made[i]]] : [])));
  if (!base.head || !matches) return { anchors: null, embedded };
  const nothing: Embedded = { zAudio: null, zVideo: null };
  const known = learned.map((item) => embedded.get(sampleKey(item)) ?? nothing);
  return { anchors: anchorsOf(base.head, learned, known), embedded };
}

function trainRound(
  options: RoundOptions,
  lesson: Lesson,
  onBalance: (balance: Balance) => void,
): Promise<Trained> {
  const { base, compile, seed, steps, onProgress } = options;
  const { buffer, schedule, policy } = lesson;
  const { gradients, centres } = policy;
  const augmentation = augmentationFor(buffer);
  return train({
    compile,
    buffer,
    specs: options.specs ?? encodersOf(base.encoders),
    plan: { steps, rates: ratesFor(base), schedule, gradients, centres, augmentation },
    seed,
    encoders: base.encoders,
    head: base.head,
    fusion: base.fusion ?? DEFAULT_FUSION,
    ...prepared(options, lesson),
    onStep: (step, balance) => {
      onBalance(balance);
      return onProgress({ phase: 'training', step: step + 1, steps, balance });
    },
  });
}

async function judgeRound(
  options: RoundOptions,
  buffer: ReplayBuffer,
  trained: Trained,
  plan: RoundPlan,
): Promise<RoundOutcome> {
  const { base, classes, lastSeq, steps, embed, judge = judgeCandidate, onProgress } = options;
  const { balance, encoders } = trained;
  await onProgress({ phase: 'judging', step: steps, steps, balance });
  const head: Head = { ...trained.head, gate: 0 };
  const candidate = judgeModel({ encoders, head, buffer, embed });
  await onProgress({ phase: 'judging', step: steps, steps, balance });
  const champion = judgeModel({ encoders: base.encoders, head: base.head, buffer, embed });
  const gate = judge({
    candidate: candidate.judged,
    champion: champion.judged,
    thinClassIds: buffer.thinClassIds,
    weak: plan.mode === 'audio-weak' ? 'audio' : plan.mode === 'video-weak' ? 'video' : null,
    nameOf: (id) => classes.find((one) => one.id === id)?.name ?? id,
  });
  const { promoted, ...judged } = gate;
  const { verdict, heldOut, evidence } = judged;
  if (!promoted) return { type: 'rejected', heldOut, verdict, evidence, balance };
  const classifier = taughtState({
    encoders,
    head: { ...head, gate: candidate.gate },
    heldOut: { ...heldOut, windows: evidence.windows },
    classIds: classes.map(({ id }) => id),
    items: [...buffer.byClass.flat(), ...buffer.heldOut, ...buffer.others],
    appliedSeq: lastSeq,
    embed,
  });
  const trainedSteps = base.trainedSteps + steps;
  const made: Candidate = { fusion: head.fusion, encoders, classifier, trainedSteps };
  return { type: 'candidate', candidate: made, ...judged, balance };
}
