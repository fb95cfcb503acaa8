/**
 * One learner over one stream, test, then train: each label is answered by what serves, then learned; rounds run, are
 * judged and promoted by the product's code, and an older version comes back when answers decline.
 */

import { olderChampion, servingOf } from '../../../../server/project/lineage.ts';
import { ReplayJournal } from '../../../../server/replay/replay-journal.ts';
import type { JournalEvent, Sample } from '../../../../src/journal.ts';
import { viewOf } from '../../../../src/journal.ts';
import { score } from '../../../../src/model/answer.ts';
import {
  type ClassifierState,
  createClassifier,
  learn,
  setClasses,
} from '../../../../src/model/classifier.ts';
import { REPRESENTATION_WIDTH } from '../../../../src/model/encoders.ts';
import { streamStateOf } from '../../../../src/pmr/stream/fold.ts';
import { declineOf } from '../../../../src/pmr/stream/rollback.ts';
import { planOf } from '../../../../src/pmr/stream/state.ts';
import { judgeCandidate } from '../../../../src/training/gate.ts';
import { type Embed, representationOf } from '../../../../src/training/judging.ts';
import { type RoundBase, type RoundOutcome, runRound } from '../../../../src/training/round.ts';
import type { Compile } from '../../../../src/training/trainee.ts';
import { AV_CLASSES } from './classes.ts';
import type { AvSample, Course } from './course.ts';
import { type Hits, takeTest } from './judge.ts';
import { labelOf } from './label.ts';
import type { Learner } from './learners.ts';
import { pairedChange, shareOf } from './metrics.ts';
import type { Scenario } from './scenarios.ts';
import type { AvSettings } from './settings.ts';
import type { Answered, AvPromotion, AvRound, Shares, StreamResult, TestResult } from './stream-result.ts';

export type Tools = { readonly embed: Embed; readonly compile: Compile };

export type StreamRunOptions = Tools & {
  readonly learner: Learner;
  readonly scenario: Scenario;
  readonly course: Course;
  readonly base: RoundBase;
  readonly settings: AvSettings;
  /** Of the rounds. */
  readonly seed: number;
};

const NEWEST_SPANS = 3; // without a buffer

type Version = { readonly base: RoundBase; readonly state: Pick<ClassifierState, 'head' | 'heldOut'> };

export class StreamRun {
  readonly #options: StreamRunOptions;
  readonly #journal: ReplayJournal;
  readonly #versions: Version[];
  readonly #given = new Map<number, number>();
  readonly #answers: Answered[] = [];
  readonly #tests: TestResult[] = [];
  readonly #rounds: AvRound[] = [];
  readonly #promotions: AvPromotion[] = [];
  #state: ClassifierState;
  #contexts = 0;
  #rollbacks = 0;

  constructor(options: StreamRunOptions) {
    const { base, course, learner } = options;
    this.#options = options;
    const samples = (place: number): readonly Sample[] => {
      const one = course.stream[place];
      return one ? [one.sample] : [];
    };
    this.#journal = new ReplayJournal({ samples }, learner.policy.senses);
    this.#versions = [{ base, state: { head: null, heldOut: null } }];
    this.#state = createClassifier({ width: REPRESENTATION_WIDTH, modelVersion: 0 });
  }

  async run(): Promise<StreamResult> {
    const { course, settings } = this.#options;
    let phase = -1;
    for (const [place, one] of course.stream.entries()) {
      if (one.phase !== phase) {
        if (phase >= 0) this.#test(place);
        phase = one.phase;
        this.#enter(phase);
      }
      this.#label(one, place);
      const labels = place + 1;
      if (labels % settings.every === 0) await this.#round(labels);
      if (labels % settings.testEvery === 0) this.#test(labels);
    }
    this.#test(course.stream.length);
    const [answers, tests, rounds] = [this.#answers, this.#tests, this.#rounds];
    return { answers, tests, rounds, promotions: this.#promotions, rollbacks: this.#rollbacks };
  }

  /** Classes that a phase brings, and contexts that the test has from here on. */
  #enter(phase: number): void {
    const { scenario, course } = this.#options;
    const { classes = 0 } = scenario.phases[phase] ?? {};
    for (const { name } of AV_CLASSES.slice(this.#state.classIds.length, classes))
      this.#journal.append({
        type: 'class-add',
        id: `class-${name}`,
        classId: name,
        name,
        colour: '#000000',
      });
    this.#state = setClasses(
      this.#state,
      this.#view().classes.map(({ id }) => id),
    );
    this.#contexts = Math.min(phase + 1, course.tests.length);
  }

  #view() {
    return viewOf(this.#journal.entries());
  }

  #version(): Version {
    return this.#versions[servingOf(this.#journal.entries())]!;
  }

  #representations(seq: number) {
    const { encoders } = this.#version().base;
    const samples = this.#journal.samples(seq);
    const embedded = this.#options.embed(encoders, samples);
    return samples.map((sample, i) =>
      representationOf(sample, embedded[i] ?? { zAudio: null, zVideo: null }),
    );
  }

  /** Answers, then learns. */
  #label(one: AvSample, place: number): void {
    const given = this.#given.get(one.classIndex) ?? 0;
    this.#given.set(one.classIndex, given + 1);
    const event = labelOf(one, place, given);
    const seq = this.#journal.append(event, place);
    const label = { ...event, seq };
    const representations = this.#representations(seq);
    const samples = score(this.#state, label, representations);
    this.#journal.append({ type: 'score', id: `${event.id}:score`, labelId: event.id, samples });
    this.#state = learn(this.#state, label, representations);
    const [said] = samples;
    const { senses } = this.#options.learner.policy;
    const right = (side: 'audio' | 'video'): boolean | null =>
      senses.includes(side) ? said?.[side] === event.classId : null;
    this.#answers.push({
      fused: said?.fused === event.classId,
      audio: right('audio'),
      video: right('video'),
    });
    this.#leaveDeclined();
  }

  #leaveDeclined(): void {
    const { settings } = this.#options.learner;
    const entries = this.#journal.entries();
    if (!declineOf(streamStateOf(entries, settings).watch, settings)) return;
    const version = olderChampion(entries, [...this.#versions.keys()]);
    if (version === null) return;
    this.#rollbacks++;
    const id = `rollback-${this.#rollbacks}`;
    this.#serve({ type: 'rollback', id, version, reason: 'answers fell' });
  }

  /** Makes prototypes anew from every label, as the product does. */
  #serve(event: Extract<JournalEvent, { type: 'rollback' | 'promotion' }>): void {
    this.#journal.append(event);
    const { classes, labels } = this.#view();
    const fresh = createClassifier({
      ...{ width: REPRESENTATION_WIDTH, modelVersion: event.version },
      classIds: classes.map(({ id }) => id),
      ...this.#version().state,
    });
    this.#state = labels.reduce(
      (state, label) => learn(state, label, this.#representations(label.seq)),
      fresh,
    );
  }

  async #round(labels: number): Promise<void> {
    const { learner, seed } = this.#options;
    const entries = this.#journal.entries();
    const baseVersion = servingOf(entries);
    const { lastSeq } = this.#journal;
    const plan = planOf(streamStateOf(entries, learner.settings));
    const round = this.#rounds.length + 1;
    const outcome = await this.#train(plan, seed + round);
    const { policy } = learner;
    const { steps } = this.#options.settings;
    this.#rounds.push({
      labels,
      ended: outcome.type,
      mode: plan.mode,
      rho: plan.rho,
      verdict: outcome.verdict,
    });
    if (outcome.type === 'nothing') return;
    this.#journal.append({
      ...{ type: 'round', id: `round-${round}`, round, baseVersion, lastSeq },
      ...{ seed: seed + round, steps, policy: policy.name, backend: 'graph' },
    });
    if (outcome.type !== 'candidate') return;
    const { candidate, heldOut, verdict } = outcome;
    const { encoders, classifier, trainedSteps } = candidate;
    const before = this.#take();
    const { base } = this.#version();
    const version = this.#versions.length;
    this.#versions.push({
      base: { ...base, encoders, head: classifier.head, appliedSeq: classifier.appliedSeq, trainedSteps },
      state: classifier,
    });
    const id = `promotion-${version}`;
    this.#serve({
      ...{ type: 'promotion', id, round, version, baseVersion, appliedSeq: lastSeq, sha256: '' },
      ...{ heldOut, verdict },
    });
    this.#promotions.push({ labels, ...pairedChange(fusedOf(before), fusedOf(this.#take())) });
  }

  #train(plan: ReturnType<typeof planOf>, seed: number): Promise<RoundOutcome> {
    const { learner, settings, embed, compile } = this.#options;
    const { classes, labels, lastSeq } = this.#view();
    const promoted = (input: Parameters<typeof judgeCandidate>[0]) => ({
      ...judgeCandidate(input),
      promoted: true,
    });
    const kept = classes.flatMap(({ id }) => {
      const own = labels.filter(({ classId }) => classId === id);
      const train = own.filter(({ split }) => split === 'train').slice(-NEWEST_SPANS);
      return [...train, ...own.filter(({ split }) => split === 'validation')];
    });
    return runRound({
      base: this.#version().base,
      classes,
      labels: learner.buffered ? labels : kept.toSorted((a, b) => a.seq - b.seq),
      lastSeq,
      samplesOf: (seq) => this.#journal.samples(seq),
      seed,
      steps: settings.steps,
      compile,
      embed,
      specs: settings.encoders,
      policy: learner.policy,
      plan,
      judge: learner.gated ? judgeCandidate : promoted,
      onProgress: () => Promise.resolve(),
    });
  }

  #take(): readonly Hits[] {
    const { course, embed, learner } = this.#options;
    const { encoders } = this.#version().base;
    const { senses } = learner.policy;
    const sensed = (sample: Sample): Sample => ({
      ...sample,
      ...(senses.includes('audio') ? {} : { mel: null }),
      ...(senses.includes('video') ? {} : { rgb: null, older: null }),
    });
    const model = { encoders, state: this.#state };
    return course.tests.slice(0, this.#contexts).map((test) => takeTest(model, test, { embed, sensed }));
  }

  #test(labels: number): void {
    const { tests } = this.#options.course;
    if (this.#tests.at(-1)?.labels === labels) return;
    const contexts = this.#take().map((hits, i) => [tests[i]?.context ?? '', sharesOf(hits)] as const);
    this.#tests.push({ labels, contexts: Object.fromEntries(contexts) });
  }
}

const fusedOf = (hits: readonly Hits[]): readonly boolean[] => hits.flatMap(({ fused }) => fused);

const sharesOf = (hits: Hits): Shares => ({
  fused: shareOf(hits.fused),
  audio: shareOf(hits.audio),
  video: shareOf(hits.video),
  audioHead: shareOf(hits.audioHead),
  videoHead: shareOf(hits.videoHead),
});
