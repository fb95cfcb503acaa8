/**
 * One policy over a recording, test, then train: each label is scored by the model of that moment, then learned; rounds run,
 * are judged and promoted as in the product, from the weights that the project began with. A function of the recording, the policy and the backend.
 */
import type { PolicyName } from '../../proto/policies.ts';
import type { RoundRecord, RunRecord, ScoredSpan } from '../../src/evaluation/report.ts';
import type { EffectiveLabel, JournalEvent, LabelEvent, SampleScore } from '../../src/journal.ts';
import { viewOf } from '../../src/journal.ts';
import { streamStateOf } from '../../src/pmr/stream/fold.ts';
import { declineOf } from '../../src/pmr/stream/rollback.ts';
import { STREAM } from '../../src/pmr/stream/settings.ts';
import { planOf } from '../../src/pmr/stream/state.ts';
import { heldOutOf } from '../../src/training/gate.ts';
import { type Embed, judgeModel } from '../../src/training/judging.ts';
import { POLICIES } from '../../src/training/policies/table.ts';
import { missingForTraining } from '../../src/training/readiness.ts';
import { fillReplayBuffer } from '../../src/training/replay-buffer.ts';
import { type RoundOutcome, type RoundProgress, runRound } from '../../src/training/round.ts';
import type { Compile } from '../../src/training/trainee.ts';
import { type Checkpoint, isPretrained, trainedStepsOf } from '../compute/checkpoint.ts';
import { weightsOf } from '../compute/embed-samples.ts';
import type { Embedder } from '../compute/embedder.ts';
import { finish } from '../compute/lessons.ts';
import { Serving } from '../compute/serving.ts';
import { FOLLOW_UPS, following, RETRIES } from '../project/cadence.ts';
import { olderChampion, servingOf } from '../project/lineage.ts';
import type { JournalReader } from '../store/ports.ts';
import type { ReplayCourse } from './course.ts';
import { ReplayJournal } from './replay-journal.ts';

export type PolicyRunOptions = {
  readonly policy: PolicyName;
  readonly recorded: Pick<JournalReader, 'samples'>;
  /** A round's own is this plus its number. */
  readonly seed: number;
  /** The model that it begins with. */
  readonly first: Checkpoint;
  /** The backend's name, for the journal. */
  readonly backend: string;
  /** Borrowed, all three. */
  readonly embedder: Embedder;
  readonly embed: Embed;
  readonly compile: Compile;
  /** `labels`: how many have been given. */
  readonly onProgress: (
    labels: number,
    round: number,
    progress: RoundProgress | null,
  ) => void | Promise<void>;
};

type Version = { readonly checkpoint: Checkpoint; readonly trainedSteps: number };

/** Versions that are kept to go back to, beside the first and the one that serves. */
const KEPT_VERSIONS = 6;

/** A policy at work, label by label; whoever made it disposes it. */
export class PolicyRun {
  readonly #options: PolicyRunOptions;
  readonly #journal: ReplayJournal;
  readonly #serving: Serving;
  readonly #versions = new Map<number, Version>();
  readonly #spans: ScoredSpan[] = [];
  readonly #rounds: RoundRecord[] = [];
  #labels = 0;
  #round = 0;
  #rollbacks = 0;
  /** Versions made so far. */
  #made = 0;

  constructor(options: PolicyRunOptions) {
    const { recorded, policy, embedder, first } = options;
    this.#options = options;
    this.#journal = new ReplayJournal(recorded, POLICIES[policy].senses);
    this.#serving = new Serving({ embedder, journal: this.#journal });
    this.#versions.set(0, { checkpoint: first, trainedSteps: trainedStepsOf(first) });
    this.#serve(0);
  }

  /** Goes through a whole course, from its first label to its last. */
  async run({ steps, roundSteps }: ReplayCourse): Promise<RunRecord> {
    const { policy } = this.#options;
    try {
      for (const step of steps) {
        if (step.type === 'class') {
          this.note(step.event);
          continue;
        }
        this.label(step.event, step.recorded);
        if (step.rounds) await this.learn(roundSteps);
      }
      const { heldOut, samples } = this.#judgeLast();
      const [spans, rounds, rollbacks] = [this.#spans, this.#rounds, this.#rollbacks];
      return { policy, spans, rounds, rollbacks, heldOut, heldOutSamples: samples };
    } finally {
      this.dispose();
    }
  }

  /** Takes in what says something of classes and labels: a class, an undo. */
  note(event: JournalEvent): void {
    this.#journal.append(event);
    this.#serving.rebuild();
  }

  /** Scores a label, then learns it. @param recorded its place in the recording, where its samples are. */
  label(event: LabelEvent, recorded: number): readonly SampleScore[] {
    const { id, kind, classId, scope } = event;
    const seq = this.#journal.append(event, recorded);
    const { scored } = this.#serving.learn(seq);
    void this.#options.onProgress(++this.#labels, this.#round, null);
    if (kind !== 'class' || classId === null) return scored;
    this.#journal.append({ type: 'score', id: `${id}:score`, labelId: id, samples: scored });
    const { senses } = POLICIES[this.#options.policy];
    const hears = event.audioSamples > 0 && scope !== 'video' && senses.includes('audio');
    const sees = event.videoSamples > 0 && scope !== 'audio' && senses.includes('video');
    this.#spans.push({ classId, hears, sees, samples: scored });
    this.#leaveDeclined();
    return scored;
  }

  dispose(): void {
    this.#serving.dispose();
  }

  /** As the product does: on to an older version when the answers have clearly fallen since the present one was promoted. */
  #leaveDeclined(): void {
    const entries = this.#journal.entries();
    if (!declineOf(streamStateOf(entries).watch, STREAM)) return;
    const version = olderChampion(entries, [...this.#versions.keys()]);
    if (version === null) return;
    const id = `rollback-${++this.#rollbacks}`;
    this.#journal.append({ type: 'rollback', id, version, reason: 'answers fell' });
    this.#serve(version);
  }

  /** A group of rounds, each following the one before as in the product. */
  async learn(steps: number): Promise<void> {
    let left = { again: true, followUps: FOLLOW_UPS, retries: RETRIES };
    while (left.again) {
      const outcome = await this.#runRound(steps);
      left = following(outcome, left);
    }
  }

  async #runRound(steps: number): Promise<RoundRecord['ended']> {
    const { policy, seed, backend } = this.#options;
    const { lastSeq } = this.#journal;
    const { classes, labels } = viewOf(this.#journal.entries());
    if (policy === 'frozen' || missingForTraining(classes, labels)) return 'nothing';
    const round = ++this.#round;
    const baseVersion = servingOf(this.#journal.entries());
    const outcome = await this.#train(baseVersion, round, steps);
    this.#journal.append({
      ...{ type: 'round', id: `round-${round}`, round, baseVersion, lastSeq },
      ...{ seed: seed + round, steps, policy, backend },
    });
    const { verdict } = outcome;
    const heldOut = outcome.type === 'nothing' ? null : outcome.heldOut;
    const version = outcome.type === 'candidate' ? this.#made + 1 : null;
    const ended = { candidate: 'promoted', rejected: 'rejected', nothing: 'nothing' } as const;
    const record = {
      round,
      afterLabels: this.#labels,
      verdict,
      heldOut,
      version,
      ended: ended[outcome.type],
    };
    this.#rounds.push(record);
    if (outcome.type === 'candidate') this.#promote(outcome, { round, baseVersion, appliedSeq: lastSeq });
    return record.ended;
  }

  #train(baseVersion: number, round: number, steps: number): Promise<RoundOutcome> {
    const { policy, seed, embed, compile, onProgress } = this.#options;
    const { checkpoint, trainedSteps } = this.#version(baseVersion);
    const { fusion, encoders, classifier } = checkpoint;
    const entries = this.#journal.entries();
    return runRound({
      ...viewOf(entries),
      base: {
        encoders: [...encoders.audio, ...encoders.video],
        head: classifier.head,
        fusion,
        appliedSeq: classifier.appliedSeq,
        trainedSteps,
        pretrained: isPretrained(checkpoint),
      },
      samplesOf: (seq) => this.#journal.samples(seq),
      seed: seed + round,
      steps,
      compile,
      embed,
      policy: POLICIES[policy],
      plan: planOf(streamStateOf(entries)),
      onProgress: async (progress) => onProgress(this.#labels, round, progress),
    });
  }

  #promote(
    { candidate, heldOut, verdict }: Extract<RoundOutcome, { type: 'candidate' }>,
    ground: { readonly round: number; readonly baseVersion: number; readonly appliedSeq: number },
  ): void {
    const { fusion, encoders, classifier, trainedSteps } = candidate;
    const version = ++this.#made;
    const sides = { audio: weightsOf(encoders, 'audio'), video: weightsOf(encoders, 'video') };
    const { featureHash } = this.#options.first;
    const checkpoint = { featureHash, fusion, encoders: sides, classifier, notes: { origin: 'replay' } };
    this.#versions.set(version, { checkpoint, trainedSteps });
    const id = `promotion-${version}`;
    this.#journal.append({ type: 'promotion', id, ...ground, version, sha256: '', heldOut, verdict });
    this.#serve(version);
    const old = [...this.#versions.keys()].filter((kept) => kept !== 0).slice(0, -KEPT_VERSIONS);
    for (const one of old) this.#versions.delete(one);
  }

  #serve(version: number): void {
    finish(this.#serving.adopt(this.#version(version).checkpoint, version));
  }

  #version(version: number): Version {
    const known = this.#versions.get(version);
    if (!known) throw new TypeError(`no version ${version} was made in this replay`);
    return known;
  }

  /** The last served model on what no round of any policy trained on. */
  #judgeLast(): { readonly heldOut: RunRecord['heldOut']; readonly samples: number } {
    const entries = this.#journal.entries();
    const { classes, labels } = viewOf(entries);
    const { encoders, classifier } = this.#version(servingOf(entries)).checkpoint;
    const samplesOf = (seq: EffectiveLabel['seq']) => this.#journal.samples(seq);
    const buffer = fillReplayBuffer({ classIds: classes.map(({ id }) => id), labels, samplesOf, baseSeq: 0 });
    if (buffer.heldOut.length === 0) return { heldOut: null, samples: 0 };
    const weights = [...encoders.audio, ...encoders.video];
    const { embed } = this.#options;
    const { judged } = judgeModel({ encoders: weights, head: classifier.head, buffer, embed });
    return { heldOut: heldOutOf(judged), samples: judged.length };
  }
}

/** Runs a policy over a recording, from its first label to its last. */
export const runPolicy = (course: ReplayCourse, options: PolicyRunOptions): Promise<RunRecord> =>
  new PolicyRun(options).run(course);
