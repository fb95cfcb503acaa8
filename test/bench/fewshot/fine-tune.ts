/** Fine-tuning as a user gets it: the product's rounds over the labels of a draw, with its augmentation, rates, gate and cadence. */
import { following, type Left, ROUND_STEPS } from '../../../server/project/cadence.ts';
import type { ClassRecord, EffectiveLabel, Sample } from '../../../src/journal.ts';
import type { ClassifierState } from '../../../src/model/classifier.ts';
import type { NamedArray } from '../../../src/model/encoders.ts';
import { judgeCandidate } from '../../../src/training/gate.ts';
import type { Embed } from '../../../src/training/judging.ts';
import { DEFAULT_POLICY, POLICIES } from '../../../src/training/policies/table.ts';
import { type RoundBase, runRound, YOUNG_STEPS } from '../../../src/training/round.ts';
import type { Compile } from '../../../src/training/trainee.ts';
import { labelOf, type Scores, scoresOf, seenBy, taught } from './classified.ts';
import type { Draw } from './draw.ts';

/** How many rounds may follow the first. */
export type Cadence = Left;
/** Two rounds at most: what random weights need at least (fewshot.md: 400 steps), and as many for those that know something. */
export const SHORT_CADENCE: Cadence = { followUps: 1, retries: 0 };

export type Tools = { readonly embed: Embed; readonly compile: Compile };

export type FineTuning = Tools & {
  readonly draw: Draw;
  readonly encoders: readonly NamedArray[];
  /** Whether they are random: then the first rounds move fast. */
  readonly young: boolean;
  /** Of each class. */
  readonly labels: number;
  readonly cadence: Cadence;
  readonly seed: number;
  /** False: every candidate serves. */
  readonly gated: boolean;
};

export type FineTuned = {
  /** Of what serves after the last round. */
  readonly served: Scores;
  /** Of the last round's candidate, whether the gate let it serve or not; null where nothing was trained. */
  readonly trained: Scores | null;
  /** The gate's words on each round. */
  readonly verdicts: readonly string[];
};

/** The first labels of each class, class after class in turns. */
function labelled({ classIds, train }: Draw, count: number) {
  const given = Array.from({ length: count }, (_, n) =>
    classIds.flatMap((classId, k) => {
      const sample = train[k]?.[n];
      return sample ? [{ classId, n, sample }] : [];
    }),
  ).flat();
  const labels = given.map(({ classId, n, sample }, i): EffectiveLabel => labelOf(classId, n, i + 1, sample));
  const samplesOf = (seq: number): readonly Sample[] => given.slice(seq - 1, seq).map(({ sample }) => sample);
  const classes = classIds.map((id): ClassRecord => ({ id, name: id, colour: '#000000' }));
  return { classes, labels, samplesOf, lastSeq: labels.length };
}

type Version = { readonly base: RoundBase; readonly trained: Pick<ClassifierState, 'head' | 'heldOut'> };

/** Trains on the first labels of each class and answers the draw's test. */
export async function fineTune(options: FineTuning): Promise<FineTuned> {
  const { draw, encoders, young, labels, embed, compile, seed, gated } = options;
  const course = labelled(draw, labels);
  const scored = ({ base, trained }: Version): Scores => {
    const seen = seenBy(draw, base.encoders, embed);
    return scoresOf(taught(seen, labels, trained), seen);
  };
  let serving: Version = {
    base: { encoders, head: null, appliedSeq: 0, trainedSteps: young ? 0 : YOUNG_STEPS, pretrained: !young },
    trained: { head: null, heldOut: null },
  };
  let candidate: Version | null = null;
  const verdicts: string[] = [];
  let left: Left & { readonly again: boolean } = { ...options.cadence, again: true };
  while (left.again) {
    let promoted = false;
    const outcome = await runRound({
      ...course,
      base: serving.base,
      seed: seed + verdicts.length,
      steps: ROUND_STEPS,
      ...{ embed, compile, policy: POLICIES[DEFAULT_POLICY] },
      // Every candidate is made, so that it can be looked at; the gate's word decides what serves.
      judge: (input) => {
        const judged = judgeCandidate(input);
        promoted = judged.promoted || !gated;
        return { ...judged, promoted: true };
      },
      onProgress: () => Promise.resolve(),
    });
    verdicts.push(outcome.verdict);
    if (outcome.type !== 'candidate') break;
    const { encoders: made, classifier, trainedSteps } = outcome.candidate;
    candidate = {
      base: {
        encoders: made,
        head: classifier.head,
        appliedSeq: classifier.appliedSeq,
        trainedSteps,
      },
      trained: classifier,
    };
    if (promoted) serving = candidate;
    left = following(promoted ? 'promoted' : 'rejected', left);
  }
  const trained = candidate && scored(candidate);
  return { served: trained && candidate === serving ? trained : scored(serving), trained, verdicts };
}
