/**
 * The promotion rule: whether a candidate may take the champion's place, and why, in words.
 *
 * Both have answered the same held-out samples, which neither was trained on. Plain numbers.
 */
import type { ClassShare, GateEvidence, GateGain, Modality } from '../../proto/messages.ts';
import type { HeldOut } from '../journal.ts';
import { ENOUGH_HELD_OUT } from './replay-buffer.ts';

/** How one model did on one held-out sample. */
export type Judged = {
  readonly classId: string;
  /** Whether each answered with the sample's class; null where the modality was not asked. */
  readonly fused: boolean;
  readonly audio: boolean | null;
  readonly video: boolean | null;
  /** Natural logarithm of the fused probability of the sample's class, bounded below. */
  readonly logProbability: number;
};

export type GateInput = {
  /** In the same order, of the same samples. */
  readonly candidate: readonly Judged[];
  readonly champion: readonly Judged[];
  /** Classes with fewer than ten samples of the validation split. */
  readonly thinClassIds: readonly string[];
  /** The modality that the round pushed; null: the one that the champion knows less by. */
  readonly weak: Modality | null;
  /** How a class is called in the verdict. */
  readonly nameOf: (classId: string) => string;
};

export type GateResult = {
  readonly promoted: boolean;
  readonly verdict: string;
  readonly thinEvidence: boolean;
  readonly heldOut: HeldOut;
  readonly championHeldOut: HeldOut;
  /** What each condition was judged by. */
  readonly evidence: GateEvidence;
};

const LARGEST_CLASS_LOSS = 0.1;
const WORSE_PROBABILITY = 0.1;
const WEAK_GAIN = 0.02; // pmr.md's rule 9 ii
const ROUNDING = 1e-9; // far below one sample's share

const share = (hits: number, count: number): number => (count === 0 ? 0 : hits / count);

function accuracy(judged: readonly Judged[], side: 'fused' | 'audio' | 'video'): number {
  const asked = judged.filter((one) => one[side] !== null);
  return share(asked.filter((one) => one[side]).length, asked.length);
}

/** Held-out accuracies of fused, audio and video; 0 where nothing was asked. */
export function heldOutOf(judged: readonly Judged[]): HeldOut {
  return {
    fused: accuracy(judged, 'fused'),
    audio: accuracy(judged, 'audio'),
    video: accuracy(judged, 'video'),
  };
}

/** One-sided sign test: `P(X >= losses)` for X binomial over `wins + losses` fair coins. 1 without a discordant sample. */
export function signTest(wins: number, losses: number): number {
  const trials = wins + losses;
  let logChoose = 0; // log of "trials choose k", by its recurrence
  let probability = 0;
  for (let k = 0; k <= trials; k++) {
    if (k > 0) logChoose += Math.log(trials - k + 1) - Math.log(k);
    if (k >= losses) probability += Math.exp(logChoose - trials * Math.LN2);
  }
  return Math.min(1, probability);
}

/** Fused shares of both models by class, in the order in which classes first occur. */
function classShares({ candidate, champion }: GateInput): readonly ClassShare[] {
  return [...new Set(candidate.map(({ classId }) => classId))].map((classId) => {
    const own = (judged: readonly Judged[]): readonly Judged[] =>
      judged.filter((one) => one.classId === classId);
    const after = own(candidate);
    return {
      classId,
      windows: after.length,
      before: accuracy(own(champion), 'fused'),
      after: accuracy(after, 'fused'),
    };
  });
}

/** The class with enough held-out samples that loses most, if it loses more than ten points. */
function worstLoss(shares: readonly ClassShare[]): ClassShare | null {
  const losses = shares.filter(({ windows }) => windows >= ENOUGH_HELD_OUT);
  const [worst] = losses.toSorted((a, b) => a.after - a.before - (b.after - b.before));
  // Ten points exactly are allowed.
  return worst && worst.before - worst.after > LARGEST_CLASS_LOSS + ROUNDING ? worst : null;
}

const percent = (value: number): string => `${Math.round(100 * value)} %`;
const rightOf = (judged: readonly Judged[]): number => judged.filter(({ fused }) => fused).length;

const sumOfLogs = (judged: readonly Judged[]): number =>
  judged.reduce((sum, { logProbability }) => sum + logProbability, 0);

type Comparison = 'better' | 'fairer' | 'surer' | 'idle' | 'worse';

/** The modality whose gain counts, and how it did. */
function weakSense({
  candidate,
  champion,
  weak,
}: GateInput): Pick<GateEvidence, 'weak' | 'weakBefore' | 'weakAfter'> {
  const before = heldOutOf(champion);
  const side = weak ?? (before.audio <= before.video ? 'audio' : 'video');
  return { weak: side, weakBefore: before[side], weakAfter: accuracy(candidate, side) };
}

/** Samples that only the candidate, and only the champion, answered rightly. */
function discordant({ candidate, champion }: GateInput): Pick<GateEvidence, 'wins' | 'losses'> {
  return {
    wins: candidate.filter(({ fused }, i) => fused && !champion[i]?.fused).length,
    losses: candidate.filter(({ fused }, i) => !fused && champion[i]?.fused).length,
  };
}

/**
 * Conditions (i) and (ii) of pmr.md's rule 9, on discordant samples: at least as many wins as losses (a sign test then cannot
 * find it worse, P > 0.10), and a gain: more wins, or the weak modality two points better, or the answers surer on the whole.
 * Where evidence is thin one unlucky window would decide; there a candidate that the sign test does not find worse may also
 * pass by likelihood (ADRs 0023 and 0052).
 */
function compare(input: GateInput, thin: boolean): Comparison {
  const { candidate, champion } = input;
  const { wins, losses } = discordant(input);
  if (wins > losses) return 'better';
  const surer = sumOfLogs(candidate) > sumOfLogs(champion);
  const { weakBefore, weakAfter } = weakSense(input);
  const lifted = weakAfter - weakBefore >= WEAK_GAIN - ROUNDING;
  if (wins === losses) return lifted ? 'fairer' : surer ? 'surer' : 'idle';
  return thin && surer && signTest(wins, losses) > WORSE_PROBABILITY ? 'surer' : 'worse';
}

const GAIN: Readonly<Record<Comparison, GateGain>> = {
  better: 'more-right',
  fairer: 'weak-sense',
  surer: 'surer',
  idle: 'none',
  worse: 'none',
};

function evidenceOf(input: GateInput, comparison: Comparison, classes: readonly ClassShare[]): GateEvidence {
  const { candidate, champion, thinClassIds } = input;
  const { wins, losses } = discordant(input);
  const sure = (judged: readonly Judged[]): number =>
    judged.length === 0 ? 0 : Math.exp(sumOfLogs(judged) / judged.length);
  return {
    windows: candidate.length,
    thin: thinClassIds.length > 0,
    notWorse: comparison !== 'worse',
    wins,
    losses,
    probability: signTest(wins, losses),
    gain: GAIN[comparison],
    ...weakSense(input),
    sureBefore: sure(champion),
    sureAfter: sure(candidate),
    keepsClasses: worstLoss(classes) === null,
    classes,
    finite: true,
  };
}

/** Of a candidate whose weights were not finite: it was never judged. */
export const NOT_FINITE: GateEvidence = {
  windows: 0,
  thin: false,
  notWorse: false,
  wins: 0,
  losses: 0,
  probability: 1,
  gain: 'none',
  weak: 'audio',
  weakBefore: 0,
  weakAfter: 0,
  sureBefore: 0,
  sureAfter: 0,
  keepsClasses: false,
  classes: [],
  finite: false,
};

const GAINS: Readonly<Record<Comparison, string>> = {
  better: '',
  fairer: ', and the weaker sense knows more',
  surer: ', and surer on the whole',
  idle: 'not promoted, it gains nothing',
  worse: 'not promoted, it answers worse',
};

/**
 * Judges a candidate. Promoted if it is not worse and gains something (`compare`), and (iii) no class with ten or more
 * held-out samples loses more than ten points. Without a held-out sample nothing is promoted. (iv), that every weight and
 * prototype is finite, is settled before: what is not finite cannot be judged.
 */
export function judgeCandidate(input: GateInput): GateResult {
  const { candidate, champion, thinClassIds, nameOf } = input;
  const thinEvidence = thinClassIds.length > 0;
  const comparison = compare(input, thinEvidence);
  const classes = classShares(input);
  const result = (promoted: boolean, reason: string): GateResult => ({
    promoted,
    verdict: thinEvidence ? `${reason} (thin evidence)` : reason,
    thinEvidence,
    heldOut: heldOutOf(candidate),
    championHeldOut: heldOutOf(champion),
    evidence: evidenceOf(input, comparison, classes),
  });
  const total = candidate.length;
  if (total === 0) return result(false, 'not promoted: no held-out windows to judge by');
  const figures = `${rightOf(candidate)} of ${total} held-out windows right, was ${rightOf(champion)}`;
  if (comparison === 'worse' || comparison === 'idle')
    return result(false, `${GAINS[comparison]}: ${figures}`);
  const worst = worstLoss(classes);
  if (worst) {
    const fall = `'${nameOf(worst.classId)}' would fall from ${percent(worst.before)} to ${percent(worst.after)}`;
    return result(false, `not promoted, ${fall}: ${figures}`);
  }
  return result(true, `promoted: ${figures}${GAINS[comparison]}`);
}
