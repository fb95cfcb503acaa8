/**
 * One encoder's pretraining from beginning to end: rows from the rendering threads, steps, a state every minute, a probe every
 * few, and at the end the encoder's weights. The same command goes on from the last state, bit for bit as if it had never been
 * stopped (with as many TensorFlow threads: their number changes the order of sums).
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { freshState, Learner, type LearnerState, type Outcome } from '../../src/pretraining/learner.ts';
import { drawProbe, type ProbeScores, type ProbeSet, probeScores } from '../../src/pretraining/probing.ts';
import { fallAt, rateAt } from '../../src/pretraining/schedule.ts';
import type { StepSpec } from '../../src/pretraining/step.ts';
import { random } from '../../src/random.ts';
import type { ComputeBackend } from '../compute/backend.ts';
import { PretrainingError } from '../errors.ts';
import { EncoderGraph } from './encoder-graph.ts';
import { RowFeed } from './row-feed.ts';
import { RunLog, type StepEntry } from './run-log.ts';
import { goingOn, type RunOptions, type RunResult, settingsText } from './run-options.ts';
import { readState, writeState } from './state-file.ts';

const LOG_EVERY = 10;
/** Steps of which the newest are timed where the length is given in minutes; no plan before there are as many. */
const TIMED_STEPS = 40;
/** Share of the time left that is planned for: probes and states take some, and other programs may come. */
const PLANNED_SHARE = 0.96;
const SAY_SECONDS = 10;

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

type Timed = Outcome & { readonly training: number; readonly rendering: number };

/** Means over some steps, the last of which was number `step`. */
function entryOf(step: number, rate: number, outcomes: readonly Timed[]): StepEntry {
  const names = Object.keys(outcomes[0]?.terms ?? {});
  const round = (value: number): number => Number(value.toPrecision(5));
  const over = (of: (outcome: Timed) => number): number => round(meanOf(outcomes.map(of)));
  return {
    type: 'steps',
    step,
    loss: over(({ loss }) => loss),
    terms: Object.fromEntries(names.map((name) => [name, over(({ terms }) => terms[name] ?? 0)])),
    gradientNorm: over(({ gradientNorm }) => gradientNorm),
    rate: round(rate),
    trainingMs: over(({ training }) => training),
    renderingMs: over(({ rendering }) => rendering),
  };
}

class Run<Window> {
  readonly #options: RunOptions<Window>;
  readonly #settings: string;
  readonly #learner: Learner;
  readonly #feed: RowFeed;
  readonly #log: RunLog;
  readonly #probe: ProbeSet<Window>;
  readonly #graph: EncoderGraph<Window>;
  /** Steps of the whole run; null while only their number's estimate is known. */
  #total: number | null;
  /** Seconds of the processes before this one, and when this one began. */
  readonly #spent: number;
  readonly #began: number;
  #saved: number;
  #probed: number;
  #said = Number.NEGATIVE_INFINITY;
  #recent: Timed[] = [];

  private constructor(
    options: RunOptions<Window>,
    parts: {
      readonly settings: string;
      readonly learner: Learner;
      readonly feed: RowFeed;
      readonly log: RunLog;
      readonly probe: ProbeSet<Window>;
      readonly graph: EncoderGraph<Window>;
      readonly total: number | null;
      readonly spent: number;
      readonly began: number;
    },
  ) {
    this.#options = options;
    this.#settings = parts.settings;
    this.#learner = parts.learner;
    this.#feed = parts.feed;
    this.#log = parts.log;
    this.#probe = parts.probe;
    this.#graph = parts.graph;
    this.#total = parts.total;
    this.#spent = parts.spent;
    this.#began = parts.began;
    this.#saved = this.#now();
    this.#probed = this.#now();
  }

  static async open<Window>(options: RunOptions<Window>, backend: ComputeBackend): Promise<Run<Window>> {
    const { material, settings, folder, length, clock } = options;
    const began = clock.monotonic() / 1e6;
    await mkdir(folder, { recursive: true });
    const stored = await readState(statePath(folder));
    const text = settingsText(options);
    const total = goingOn(statePath(folder), { settings: text, length }, stored);
    const spec: StepSpec = {
      encoder: material.encoder,
      objective: settings.objective,
      kinds: material.source.kinds.length,
      measures: material.source.measures.length,
      batch: settings.batch,
    };
    const state: LearnerState = stored?.learner ?? freshState(spec, random(settings.seed).fork('weights'));
    const probe = drawProbe(material, settings.seed, options.probe);
    const feed = RowFeed.open(material, settings, options.threadFile, options.threads);
    try {
      const { rows } = await feed.take(state.steps);
      const learner = await Learner.open(spec, state, (name, fn, x) => backend.compile(name, fn, x), rows);
      const graph = await EncoderGraph.open(material, backend, learner.encoder());
      const log = await RunLog.open(join(folder, 'log.jsonl'), state.steps);
      const spent = stored?.seconds ?? 0;
      return new Run(options, { settings: text, learner, feed, log, probe, graph, total, spent, began });
    } catch (error) {
      await feed.close();
      throw error;
    }
  }

  /** Steps until the end, or until the signal. */
  async finish(): Promise<RunResult | null> {
    const { signal, folder } = this.#options;
    if (this.#learner.steps === 0) await this.#probeNow();
    while (this.#total === null || this.#learner.steps < this.#total) {
      if (signal?.aborted) return this.#stop();
      await this.#step();
    }
    await this.#save();
    if (this.#lastProbe()?.step !== this.#learner.steps) await this.#probeNow();
    await this.#log.draw(join(folder, 'curve.svg'), this.#title());
    const probes = this.#log.entries.filter((entry) => entry.type === 'probe');
    const [before, after] = [probes[0], probes.at(-1)];
    if (!before || !after)
      throw new PretrainingError('ERR_PRETRAINING_STATE', 'the log has no probe: remove the folder');
    return {
      weights: this.#learner.encoder(),
      steps: this.#learner.steps,
      seconds: this.#seconds(),
      last: this.#log.entries.findLast((entry): entry is StepEntry => entry.type === 'steps') ?? null,
      before,
      after,
    };
  }

  async close(): Promise<void> {
    this.#learner.dispose();
    this.#graph.dispose();
    await this.#feed.close();
  }

  #now(): number {
    return this.#options.clock.monotonic() / 1e6;
  }

  /** Of all processes together. */
  #seconds(): number {
    return this.#spent + this.#now() - this.#began;
  }

  #title(): string {
    const { settings, material } = this.#options;
    return `${material.encoder.modality}, ${settings.objective}, seed ${settings.seed}`;
  }

  #lastProbe(): (ProbeScores & { readonly step: number }) | undefined {
    return this.#log.entries.findLast((entry) => entry.type === 'probe');
  }

  async #step(): Promise<void> {
    const { settings, length } = this.#options;
    const step = this.#learner.steps;
    if (length.type === 'minutes' && this.#total === null) this.#plan(step, 60 * length.minutes);
    const { rows, rendering } = await this.#feed.take(step);
    const rate = rateAt(step, this.#total, settings.peak);
    const began = this.#now();
    const outcome = this.#learner.step(rows, rate);
    if (!Number.isFinite(outcome.loss) || !Number.isFinite(outcome.gradientNorm)) {
      const hint = `the loss of step ${step} is ${outcome.loss}, the gradient's norm ${outcome.gradientNorm}: lower --rate and begin anew`;
      throw new PretrainingError('ERR_PRETRAINING_DIVERGED', hint);
    }
    this.#recent.push({ ...outcome, training: 1e3 * (this.#now() - began), rendering });
    if (this.#learner.steps % LOG_EVERY === 0 || this.#learner.steps === this.#total) await this.#note(rate);
  }

  /** When each of the newest steps began, s. */
  #times: number[] = [];
  #estimate: number | null = null;
  /** Estimates the number of steps by the speed of the newest ones, and fixes it where the fall of the rate would begin. */
  #plan(step: number, seconds: number): void {
    this.#times = [...this.#times, this.#now()].slice(-TIMED_STEPS - 1);
    const [first, last] = [this.#times[0], this.#times.at(-1)];
    if (this.#times.length <= TIMED_STEPS || first === undefined || last === undefined) return;
    const left = Math.max(0, seconds - this.#seconds()) * PLANNED_SHARE;
    this.#estimate = step + Math.max(1, Math.floor((left * TIMED_STEPS) / (last - first)));
    if (step < fallAt(this.#estimate)) return;
    this.#total = this.#estimate;
    this.#options.say(
      `${this.#options.material.encoder.modality}  ${this.#total} steps fit into ${seconds / 60} minutes (--steps ${this.#total} gives the same again); more minutes or more cores fit more, and give a better encoder`,
    );
  }

  /** Logs the last steps and does what is due. */
  async #note(rate: number): Promise<void> {
    const { stateEvery, probeEvery, say, folder } = this.#options;
    const entry = entryOf(this.#learner.steps, rate, this.#recent);
    this.#recent = [];
    await this.#log.add(entry);
    if (this.#now() - this.#said >= SAY_SECONDS) {
      this.#said = this.#now();
      say(this.#line(entry));
    }
    if (this.#now() - this.#probed >= probeEvery) await this.#probeNow();
    if (this.#now() - this.#saved >= stateEvery) {
      await this.#save();
      await this.#log.draw(join(folder, 'curve.svg'), this.#title());
    }
  }

  #line({ step, loss, terms, trainingMs, renderingMs }: StepEntry): string {
    const { material, settings, threads } = this.#options;
    const parts = Object.entries(terms).map(([name, value]) => `${name} ${value.toFixed(3)}`);
    const stepMs = Math.max(trainingMs, renderingMs / threads);
    const speed = Math.round((2e3 * settings.batch) / stepMs);
    const total = this.#total ?? this.#estimate;
    const left = total === null ? 'timing' : `${Math.ceil((stepMs * (total - step)) / 6e4)} min left`;
    const of = total === null ? '' : `/${this.#total === null ? 'about ' : ''}${total}`;
    const costs = `training ${trainingMs.toFixed(0)} ms, rendering ${(renderingMs / threads).toFixed(0)} ms`;
    return `${material.encoder.modality}  step ${step}${of}  loss ${loss.toFixed(3)} (${parts.join(', ')})  ${speed} windows/s (${costs})  ${left}`;
  }

  async #probeNow(): Promise<void> {
    const rows = this.#graph.embed(this.#learner.encoder(), this.#probe.windows);
    const scores = probeScores(this.#probe, rows);
    const step = this.#learner.steps;
    await this.#log.add({ type: 'probe', step, ...scores });
    this.#probed = this.#now();
    const percent = (share: number): string => (100 * share).toFixed(1);
    const { prototype, single, kind, measures } = scores;
    this.#options.say(
      `${this.#options.material.encoder.modality}  probe after ${step} steps: 1 label ${percent(single)} %, 5 labels ${percent(prototype)} %, kinds ${percent(kind)} %, measures explained ${percent(measures)} %`,
    );
  }

  async #save(): Promise<void> {
    const { folder } = this.#options;
    await writeState(statePath(folder), {
      settings: this.#settings,
      total: this.#total,
      seconds: this.#seconds(),
      learner: this.#learner.state(),
    });
    this.#saved = this.#now();
  }

  async #stop(): Promise<null> {
    await this.#save();
    return null;
  }
}

const statePath = (folder: string): string => join(folder, 'state.bin');

/**
 * Pretrains one encoder, or goes on where a run with the same settings was stopped.
 *
 * @returns null where the signal ended it before its last step.
 * @throws {PretrainingError} ERR_PRETRAINING_STATE, ERR_PRETRAINING_DIVERGED
 */
export async function pretrain<Window>(
  options: RunOptions<Window>,
  backend: ComputeBackend,
): Promise<RunResult | null> {
  const run = await Run.open(options, backend);
  try {
    return await run.finish();
  } finally {
    await run.close();
  }
}
