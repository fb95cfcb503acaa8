/**
 * A quick look at encoders: a few draws of held-out families and of noisy words, nearest prototype alone, sense by sense. For
 * choosing between objectives while pretraining goes on; figures to quote come from the whole bench.
 */
import type { Modality } from '../../../proto/messages.ts';
import type { Embed } from '../../../src/training/judging.ts';
import { nearestPrototype, type Scores, seenBy } from './classified.ts';
import type { Draw } from './draw.ts';
import { heldOutDraw } from './held-out/draw.ts';
import { type Encoders, randomEncoders } from './weights.ts';
import { COURSE_CLASSES, NOISY, wordDraw } from './words.ts';

export const PROBE_SETS = ['held-out', 'words-noisy'] as const;
export type ProbeSet = (typeof PROBE_SETS)[number];
export const PROBE_LABELS = [1, 5] as const;

/** Means over the draws, in 0..1; null for a sense whose encoder was not given. */
export type ProbeRow = {
  readonly set: ProbeSet;
  readonly labels: number;
  readonly fused: number | null;
  readonly audio: number | null;
  readonly video: number | null;
};

// None of these is a draw of the bench.
const PROBE_SEEDS = { 'held-out': [901, 902, 903, 904], 'words-noisy': [901, 902, 903] } as const;
const COUNTS = { train: 5, test: 12 } as const;

/** Windows to probe with: rendered once, for any number of encoders. About 15 s. */
export function probeDraws(): Readonly<Record<ProbeSet, readonly Draw[]>> {
  const course = { classes: COURSE_CLASSES, difficulty: NOISY };
  return {
    'held-out': PROBE_SEEDS['held-out'].map((seed) => heldOutDraw(seed, COUNTS)),
    'words-noisy': PROBE_SEEDS['words-noisy'].map((seed) => wordDraw(seed, COUNTS, course)),
  };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** How encoders do on the probe's draws. */
export function probeEncoders(
  { weights, senses }: Encoders,
  draws: Readonly<Record<ProbeSet, readonly Draw[]>>,
  embed: Embed,
): readonly ProbeRow[] {
  const has = (side: Modality): boolean => senses.includes(side);
  return PROBE_SETS.flatMap((set) => {
    const seen = draws[set].map((draw) => seenBy(draw, weights, embed));
    return PROBE_LABELS.map((labels): ProbeRow => {
      const scores = seen.map((one) => nearestPrototype(one, labels));
      const of = (side: keyof Scores): number => mean(scores.map((one) => one[side]));
      return {
        set,
        labels,
        fused: has('audio') && has('video') ? of('fused') : null,
        audio: has('audio') ? of('audio') : null,
        video: has('video') ? of('video') : null,
      };
    });
  });
}

/** What random weights give, for comparison: means over three of them. */
export function probeRandom(
  draws: Readonly<Record<ProbeSet, readonly Draw[]>>,
  embed: Embed,
): readonly ProbeRow[] {
  const runs = [1, 2, 3].map((seed) =>
    probeEncoders({ weights: randomEncoders(seed), senses: ['audio', 'video'] }, draws, embed),
  );
  const [first = []] = runs;
  return first.map((row, i) => {
    const of = (side: 'fused' | 'audio' | 'video'): number => mean(runs.map((rows) => rows[i]?.[side] ?? 0));
    return { ...row, fused: of('fused'), audio: of('audio'), video: of('video') };
  });
}
