/** How a model that was taught n labels a class answers a draw's test windows: the product's own classifier. */
import { millis } from '../../../proto/units.ts';
import type { EffectiveLabel, Sample } from '../../../src/journal.ts';
import { answer } from '../../../src/model/answer.ts';
import { type ClassifierState, createClassifier, learn, observe } from '../../../src/model/classifier.ts';
import { type NamedArray, REPRESENTATION_WIDTH } from '../../../src/model/encoders.ts';
import type { Representation } from '../../../src/model/evidence.ts';
import { type Embed, representationOf } from '../../../src/training/judging.ts';
import type { Draw } from './draw.ts';

/** Shares of the test windows. `unknown`: those that the product would not have named. */
export type Scores = {
  /** Of the windows whose most probable class is the right one. */
  readonly fused: number;
  readonly audio: number;
  readonly video: number;
  readonly unknown: number;
};

/** Every window of a draw as one model sees it, by class. */
export type SeenDraw = {
  readonly classIds: readonly string[];
  readonly train: readonly (readonly Representation[])[];
  readonly test: readonly (readonly Representation[])[];
};

const HELD_OUT_EVERY = 5; // as a project splits its labels

/** The n-th label of its class: one window. */
export function labelOf(classId: string, n: number, seq: number, { start, end }: Sample): EffectiveLabel {
  return {
    type: 'label',
    id: `label-${seq}`,
    sessionId: 'bench',
    start,
    end,
    kind: 'class',
    classId,
    scope: 'both',
    labelledAt: millis(0),
    by: 'bench',
    split: (n + 1) % HELD_OUT_EVERY === 0 ? 'validation' : 'train',
    audioSamples: 1,
    videoSamples: 1,
    seq,
  };
}

/** Embeds a draw's windows once. */
export function seenBy(draw: Draw, encoders: readonly NamedArray[], embed: Embed): SeenDraw {
  const samples = [...draw.train, ...draw.test].flat();
  const embedded = embed(encoders, samples);
  const seen = new Map(
    samples.map((sample, i) => {
      const sides = embedded[i] ?? { zAudio: null, zVideo: null };
      return [sample, representationOf(sample, sides)] as const;
    }),
  );
  const of = (windows: readonly (readonly Sample[])[]) =>
    windows.map((list) => list.flatMap((sample) => seen.get(sample) ?? []));
  return { classIds: draw.classIds, train: of(draw.train), test: of(draw.test) };
}

/** A session has seen all windows of `train`, in turns; then the first `labels` of each class were labelled. */
export function taught(
  { classIds, train }: SeenDraw,
  labels: number,
  trained: Pick<ClassifierState, 'head' | 'heldOut'> = { head: null, heldOut: null },
): ClassifierState {
  const rounds = Math.max(0, ...train.map((list) => list.length));
  const inTurns = (upTo: number) =>
    Array.from({ length: upTo }, (_, i) =>
      train.flatMap((list, k) => (list[i] ? [{ k, window: list[i] }] : [])),
    ).flat();
  const empty = createClassifier({ width: REPRESENTATION_WIDTH, modelVersion: 0, classIds, ...trained });
  const session = inTurns(rounds).reduce((state, { window }) => observe(state, window), empty);
  return inTurns(labels).reduce(
    (state, { k, window }, i) =>
      learn(
        state,
        { id: `label-${i}`, seq: i + 1, kind: 'class', classId: classIds[k] ?? '', scope: 'both' },
        [window],
      ),
    session,
  );
}

const highest = (values: readonly number[]): number => values.indexOf(Math.max(...values));

/** Asks for every test window. */
export function scoresOf(state: ClassifierState, { test }: SeenDraw): Scores {
  const hits = { fused: 0, audio: 0, video: 0, unknown: 0 };
  let asked = 0;
  for (const [k, windows] of test.entries())
    for (const window of windows) {
      const said = answer(state, { ...window, index: 0, end: window.start, skew: null });
      asked++;
      hits.fused += highest(said.fused) === k ? 1 : 0;
      hits.audio += highest(said.audio.probabilities) === k ? 1 : 0;
      hits.video += highest(said.video.probabilities) === k ? 1 : 0;
      hits.unknown += said.answer === null ? 1 : 0;
    }
  const share = (count: number): number => count / Math.max(1, asked);
  return {
    fused: share(hits.fused),
    audio: share(hits.audio),
    video: share(hits.video),
    unknown: share(hits.unknown),
  };
}

/** By prototypes alone. */
export const nearestPrototype = (seen: SeenDraw, labels: number): Scores =>
  scoresOf(taught(seen, labels), seen);
