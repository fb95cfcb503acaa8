/**
 * A course in a generated clip: what its first half teaches, and how a model does on its second, which has other voices,
 * other renderings and noise. Straight through `src/features`, no codec between.
 */
import { millis } from '../../proto/units.ts';
import type { ClassRecord, EffectiveLabel, Sample } from '../../src/journal.ts';
import { score } from '../../src/model/answer.ts';
import type { ClassifierState } from '../../src/model/classifier.ts';
import type { NamedArray } from '../../src/model/encoders.ts';
import { type Embed, representationOf, taughtState } from '../../src/training/judging.ts';
import type { Labelled } from '../../src/training/replay-buffer.ts';
import { type ClipOptions, type ClipSample, clipSamples } from './clip.ts';

const HELD_OUT_EVERY = 5; // as a project splits its labels

/** A clip's first half as labels with samples half a window apart, its second half as windows to score. */
export type Course = {
  readonly classes: readonly ClassRecord[];
  readonly labels: readonly EffectiveLabel[];
  readonly samplesOf: (seq: number) => readonly Sample[];
  readonly test: readonly ClipSample[];
};

function spansOf(samples: readonly ClipSample[]): readonly (readonly ClipSample[])[] {
  const spans = new Map<number, ClipSample[]>();
  for (const sample of samples) {
    const span = spans.get(sample.span);
    if (span) span.push(sample);
    else spans.set(sample.span, [sample]);
  }
  return [...spans.values()];
}

function labelOf(span: readonly ClipSample[], seq: number, given: number): EffectiveLabel {
  const [first, last] = [span[0], span.at(-1)];
  if (!first || !last) throw new TypeError('a span without samples');
  return {
    type: 'label',
    id: `span-${first.span}`,
    sessionId: 'bench',
    start: first.sample.start,
    end: last.sample.end,
    kind: 'class',
    classId: first.name,
    scope: 'both',
    labelledAt: millis(0),
    by: 'bench',
    split: (given + 1) % HELD_OUT_EVERY === 0 ? 'validation' : 'train',
    audioSamples: span.length,
    videoSamples: span.length,
    seq,
  };
}

/** Renders a clip and splits it; every fifth label of a class is for validation. */
export function courseOf(options: ClipOptions): Course {
  const samples = [...clipSamples(options)];
  const spans = spansOf(samples.filter(({ half }) => half === 'first'));
  const taught = spans.map((span) => span.filter((_, i) => i % 2 === 0));
  const given = new Map<string, number>();
  const labels = taught.map((span, i) => {
    const name = span[0]?.name ?? '';
    const before = given.get(name) ?? 0;
    given.set(name, before + 1);
    return labelOf(span, i + 1, before);
  });
  return {
    classes: [...given.keys()].map((name) => ({ id: name, name, colour: '#000000' })),
    labels,
    samplesOf: (seq) => taught[seq - 1]?.map(({ sample }) => sample) ?? [],
    test: samples.filter(({ half }) => half === 'second'),
  };
}

export type Scores = {
  readonly fused: number;
  readonly audio: number;
  readonly video: number;
  /** Windows answered with `unknown`. */
  readonly unknown: number;
};

/** Shares of the second half's windows that a model gets right; `far` counts as wrong. */
export function scoreCourse(
  { test }: Course,
  state: ClassifierState,
  encoders: readonly NamedArray[],
  embed: Embed,
): Scores {
  const embedded = embed(
    encoders,
    test.map(({ sample }) => sample),
  );
  const rows = test.map(({ sample, name }, i) => {
    const label = { id: 'test', seq: 0, kind: 'class', classId: name, scope: 'both' } as const;
    const window = representationOf(sample, embedded[i] ?? { zAudio: null, zVideo: null });
    const [said] = score(state, label, [window]);
    return { name, fused: said?.fused ?? null, audio: said?.audio ?? null, video: said?.video ?? null };
  });
  const share = (hit: (row: (typeof rows)[number]) => boolean): number =>
    Math.round((1000 * rows.filter(hit).length) / rows.length) / 1000;
  return {
    fused: share(({ name, fused }) => fused === name),
    audio: share(({ name, audio }) => audio === name),
    video: share(({ name, video }) => video === name),
    unknown: share(({ fused }) => fused === null),
  };
}

/** What prototypes alone make of a course with these encoders. */
export function prototypesOnly(
  course: Course,
  encoders: readonly NamedArray[],
  embed: Embed,
): ClassifierState {
  const items = course.labels.flatMap((label) =>
    course
      .samplesOf(label.seq)
      .map((sample, index): Labelled => ({ label, index, sample, classId: label.classId })),
  );
  const classIds = course.classes.map(({ id }) => id);
  return taughtState({ encoders, head: null, heldOut: null, classIds, items, appliedSeq: 0, embed });
}
