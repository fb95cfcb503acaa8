/** The balance of the two senses in words. Pure. */
import { unreachable } from '../../proto/errors.ts';
import type {
  ComparisonReport,
  GateEvidence,
  GuardEvidence,
  Modality,
  RebalanceMode,
  RoundReport,
} from '../../proto/messages.ts';
import { percent } from './words.ts';

const NAMES = { audio: 'sound', video: 'the picture' } as const;

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** 0.031 as "+3.1 points". */
export function points(difference: number): string {
  const rounded = Math.round(1000 * difference) / 10;
  const sign = rounded > 0 ? '+' : rounded < 0 ? '−' : '';
  return `${sign}${Math.abs(rounded)}`;
}

/** The mode in a few words. @param rho null where it was never measured. */
export function modeText(mode: RebalanceMode, rho: number | null): string {
  switch (mode) {
    case 'unknown':
      return rho === null ? 'Not known yet' : 'To be measured by the next label';
    case 'balanced':
      return 'Both learn about equally well';
    case 'audio-weak':
      return 'Sound lags behind';
    case 'video-weak':
      return 'Picture lags behind';
    case 'guarded':
      return 'One sense lags behind, and pushing it would not help';
    default:
      return unreachable(mode);
  }
}

export type GuardWords = {
  readonly state: 'waiting' | 'free' | 'trial' | 'held';
  readonly pill: string;
  readonly text: string;
};

/** What the guard says of one sense, and by what. */
export function guardWords({
  windows,
  accuracy,
  chance,
  needed,
  pausedFor,
  trial,
}: GuardEvidence): GuardWords {
  if (windows === 0 || needed === null)
    return { state: 'waiting', pill: 'no evidence yet', text: 'No labelled window was scored yet.' };
  const text =
    `Right on ${percent(accuracy)} of its last ${plural(windows, 'labelled window')}; ` +
    `guessing gives ${percent(chance)}, and ${percent(Math.min(1, needed))} is needed to be pushed.`;
  if (pausedFor > 0) return { state: 'held', pill: `held for ${plural(pausedFor, 'more window')}`, text };
  if (trial !== null) return { state: 'trial', pill: `push on trial, ${plural(trial, 'window')}`, text };
  return accuracy < needed
    ? { state: 'held', pill: 'at chance', text }
    : { state: 'free', pill: 'may be pushed', text };
}

/** `passed` null: it was not looked at. */
export type Condition = {
  readonly name: string;
  readonly passed: boolean | null;
  readonly figures: string;
};

function gainText({
  gain,
  weak,
  weakBefore,
  weakAfter,
  sureBefore,
  sureAfter,
  wins,
  losses,
}: GateEvidence): string {
  const weakText = `${NAMES[weak]} alone ${percent(weakBefore)} → ${percent(weakAfter)}`;
  const sureText = `sureness ${percent(sureBefore)} → ${percent(sureAfter)}`;
  switch (gain) {
    case 'more-right':
      return `${plural(wins - losses, 'window')} more right on balance`;
    case 'weak-sense':
      return `the weaker sense knows more: ${weakText}`;
    case 'surer':
      return `surer on the whole: ${sureText}`;
    case 'none':
      return `${weakText}, ${sureText}`;
    default:
      return unreachable(gain);
  }
}

const ENOUGH_WINDOWS = 10; // the gate asks no class with fewer

function classesText(classes: GateEvidence['classes'], nameOf: (classId: string) => string): string {
  const asked = classes.filter(({ windows }) => windows >= ENOUGH_WINDOWS);
  if (asked.length === 0) return `no class has ${ENOUGH_WINDOWS} held-out windows yet`;
  const [worst] = asked.toSorted((a, b) => a.after - a.before - (b.after - b.before));
  if (!worst || worst.after >= worst.before)
    return `none of ${plural(asked.length, 'class').replace('classs', 'classes')} loses`;
  const { classId, before, after } = worst;
  return `most is lost by ${nameOf(classId)}: ${percent(before)} → ${percent(after)}, 10 points are allowed`;
}

/** The gate's four conditions with their figures. */
export function conditionsOf(
  evidence: GateEvidence,
  nameOf: (classId: string) => string,
): readonly Condition[] {
  const { finite, windows, notWorse, wins, losses, probability, gain, keepsClasses, classes } = evidence;
  const judged = finite && windows > 0;
  const chance = losses > 0 ? `, by chance ${percent(probability)}` : '';
  const asked = (passed: boolean): boolean | null => (judged ? passed : null);
  const figures = (text: () => string): string => (judged ? text() : 'not looked at');
  const lost = judged && !classes.some((one) => one.windows >= ENOUGH_WINDOWS);
  return [
    {
      name: 'Answers are not worse',
      passed: asked(notWorse),
      figures: figures(() => `${wins} won, ${losses} lost of ${plural(windows, 'held-out window')}${chance}`),
    },
    {
      name: 'Something is gained',
      passed: asked(notWorse && gain !== 'none'),
      figures: figures(() => gainText(evidence)),
    },
    {
      name: 'No class falls far',
      passed: lost ? null : asked(keepsClasses),
      figures: figures(() => classesText(classes, nameOf)),
    },
    {
      name: 'Every weight is a number',
      passed: finite,
      figures: finite ? 'all finite' : 'training ran away, so nothing else was looked at',
    },
  ];
}

/** "Round 4 made version 2", or that it was turned down. */
export const roundTitle = ({ round, outcome, version }: RoundReport): string =>
  outcome === 'promoted' ? `Round ${round} made version ${version}` : `Round ${round} was turned down`;

export type ComparisonWords = {
  readonly verdict: 'helps' | 'hurts' | 'equal' | 'none';
  readonly headline: string;
  readonly figures: string;
  readonly note: string;
};

const FEWEST_LABELS = 20; // the server decides nothing on fewer

/** The running counterfactual in words. */
export function comparisonWords(report: ComparisonReport): ComparisonWords {
  const { state, reason, done, total, labels, onShare, offShare, low, high } = report;
  const none = (headline: string, note: string): ComparisonWords => ({
    verdict: 'none',
    headline,
    figures: '',
    note,
  });
  if (state === 'off') return none('Not compared', reason);
  if (labels === 0) {
    if (state === 'failed') return none('The comparison stopped', reason);
    return none(
      'Nothing to compare yet',
      total === 0 ? 'it begins with the first label' : `label ${done} of ${total}`,
    );
  }
  const figures =
    `With rebalancing ${percent(onShare)}, without ${percent(offShare)} right before learning, over the last ${plural(labels, 'label')}. ` +
    `Difference ${points(onShare - offShare)} points (95 % interval ${points(low)} to ${points(high)}).`;
  const [verdict, headline] =
    labels < FEWEST_LABELS
      ? (['none', 'Too few labels to tell'] as const)
      : low > 0
        ? (['helps', 'Rebalancing helps here'] as const)
        : high < 0
          ? (['hurts', 'Rebalancing costs here'] as const)
          : (['equal', 'No benefit can be told'] as const);
  const note =
    state === 'failed'
      ? `stopped: ${reason}`
      : state === 'behind'
        ? `catching up: label ${done} of ${total}`
        : '';
  return { verdict, headline, figures, note };
}

/** The name of a sense at the start of a line. */
export const senseName = (sense: Modality): string => (sense === 'audio' ? 'Sound' : 'Picture');
