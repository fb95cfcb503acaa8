/**
 * How well rounds learn from a generated clip: the first half teaches, the second, in other voices, other renderings and
 * with noise, scores. From random weights, through the product's own rounds and gate; no codec between.
 *
 * `node test/bench/learning.ts --seeds 101,102 --rounds 4 --steps 100 --policy uniModalPmr` prints a JSON line for each
 * round. Tune on seeds from 101 to 299; the tests use others.
 */
import { parseArgs } from 'node:util';

import { millis } from '../../proto/units.ts';
import { type BackendChoice, type ComputeBackend, openBackend } from '../../server/compute/backend.ts';
import { embedWith } from '../../server/compute/embed-samples.ts';
import { Embedder } from '../../server/compute/embedder.ts';
import { limitThreads } from '../../server/compute/threads.ts';
import type { ClassRecord, EffectiveLabel, Sample } from '../../src/journal.ts';
import { score } from '../../src/model/answer.ts';
import type { ClassifierState } from '../../src/model/classifier.ts';
import { audioEncoder, initWeights, type NamedArray, videoEncoder } from '../../src/model/encoders.ts';
import { random } from '../../src/random.ts';
import { type Embed, representationOf, taughtState } from '../../src/training/judging.ts';
import { POLICIES, type PolicyName } from '../../src/training/policy.ts';
import type { Labelled } from '../../src/training/replay-buffer.ts';
import { type RoundBase, type RoundOutcome, runRound } from '../../src/training/round.ts';
import { type ClipOptions, type ClipSample, clipSamples } from '../support/clip.ts';

const HELD_OUT_EVERY = 5; // as a project splits its labels

/** A clip's first half as labels with samples half a window apart, its second half as windows to score. */
type Course = {
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

function courseOf(options: ClipOptions): Course {
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

type Scores = {
  readonly fused: number;
  readonly audio: number;
  readonly video: number;
  /** Windows answered with `unknown`. */
  readonly unknown: number;
};

function scoreCourse(
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
function prototypesOnly(course: Course, encoders: readonly NamedArray[], embed: Embed): ClassifierState {
  const items = course.labels.flatMap((label) =>
    course
      .samplesOf(label.seq)
      .map((sample, index): Labelled => ({ label, index, sample, classId: label.classId })),
  );
  const classIds = course.classes.map(({ id }) => id);
  return taughtState({ encoders, head: null, heldOut: null, classIds, items, appliedSeq: 0, embed });
}

type Run = {
  readonly seed: number;
  readonly rounds: number;
  readonly steps: number;
  readonly policy: PolicyName;
  readonly backend: ComputeBackend;
  readonly embed: Embed;
};

function print(fields: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(fields)}\n`);
}

async function oneRound(course: Course, base: RoundBase, round: number, run: Run): Promise<RoundOutcome> {
  return runRound({
    ...course,
    base,
    lastSeq: course.labels.length,
    seed: run.seed + round,
    steps: run.steps,
    compile: (name, fn, examples) => run.backend.compile(name, fn, examples),
    embed: run.embed,
    policy: POLICIES[run.policy],
    onProgress: () => Promise.resolve(),
  });
}

async function learnCourse(course: Course, run: Run): Promise<void> {
  const { seed, embed, policy } = run;
  const source = random(seed);
  const encoders = [...initWeights(audioEncoder, source), ...initWeights(videoEncoder, source)];
  let base: RoundBase = { encoders, head: null, appliedSeq: 0, trainedSteps: 0 };
  let state = prototypesOnly(course, encoders, embed);
  print({ seed, round: 0, policy, ...scoreCourse(course, state, encoders, embed) });
  for (let round = 1; round <= run.rounds; round++) {
    const [cpu, wall] = [process.cpuUsage(), performance.now()];
    const outcome = await oneRound(course, base, round, run);
    const { user, system } = process.cpuUsage(cpu);
    if (outcome.type === 'candidate') {
      const { candidate } = outcome;
      state = candidate.classifier;
      base = { ...candidate, head: state.head, appliedSeq: state.appliedSeq };
    }
    print({
      seed,
      round,
      policy,
      steps: base.trainedSteps,
      ...scoreCourse(course, state, base.encoders, embed),
      gate: state.head?.gate ?? 0,
      rho: outcome.balance.rho,
      verdict: outcome.verdict,
      cpuS: Math.round((user + system) / 1e5) / 10,
      wallS: Math.round((performance.now() - wall) / 100) / 10,
    });
  }
}

const isPolicy = (name: string): name is PolicyName => name in POLICIES;
const isBackend = (name: string): name is BackendChoice => ['auto', 'graph', 'eager', 'wasm'].includes(name);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '101' },
      rounds: { type: 'string', default: '4' },
      steps: { type: 'string', default: '100' },
      spans: { type: 'string', default: '6' },
      policy: { type: 'string', default: 'uniModalPmr' },
      backend: { type: 'string', default: 'auto' },
    },
  });
  const { policy, backend: choice } = values;
  if (!isPolicy(policy) || !isBackend(choice)) {
    throw new TypeError(`--policy is one of ${Object.keys(POLICIES)}, --backend auto, graph, eager or wasm`);
  }
  limitThreads();
  const backend = await openBackend(choice);
  const embedder = await Embedder.open(backend);
  const [rounds, steps] = [Number(values.rounds), Number(values.steps)];
  for (const seed of values.seeds.split(',').map(Number)) {
    const course = courseOf({ seed, spansPerClass: Number(values.spans) });
    await learnCourse(course, { seed, rounds, steps, policy, backend, embed: embedWith(embedder) });
  }
  print({ backend: backend.report.backend, reason: backend.report.reason });
}

await main();
