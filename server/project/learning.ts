/**
 * When the encoders learn: decides on rounds, runs them in the trainer, and brings what passed the gate into service.
 *
 * A round starts when labels wait and the person has paused for a moment; it goes on from the newest version that holds
 * nothing taken back, is written into the journal before it runs, and its outcome after. Nothing here touches serving but the swap.
 */
import {
  BehaviorSubject,
  distinctUntilChanged,
  filter,
  firstValueFrom,
  map,
  type Observable,
  race,
  timer,
} from 'rxjs';
import { ulid } from 'ulid';
import type { TrainingPhase } from '../../proto/messages.ts';
import type { PolicyName } from '../../proto/policies.ts';
import { type Millis, millis } from '../../proto/units.ts';
import type { ProjectView, TrainingEvent } from '../../src/journal.ts';
import type { Balance, Inference, RoundResult, Trainer } from '../compute/ports.ts';
import type { Log } from '../log.ts';
import type { ModelRegistry, VersionRecord } from '../store/ports.ts';
import { type Ended, following, type Left, RETRIES } from './cadence.ts';
import type { JournalView } from './journal-view.ts';
import { cleanVersions, servingOf, versionsOf } from './lineage.ts';
import { staleness } from './staleness.ts';

export type LearningOptions = {
  readonly journal: JournalView;
  readonly registry: ModelRegistry;
  readonly trainer: Trainer;
  readonly inference: Inference;
  readonly log: Log;
  /** Seed of the project; a round's own seed is this plus its number. */
  readonly seed: number;
  /** Optimizer steps of one round. */
  readonly steps: number;
  /** Rounds that may follow each other without a new label while each is promoted. */
  readonly followUps: number;
  /** What rounds train by until another is chosen. */
  readonly policy: PolicyName;
  /** Why encoders cannot be trained on what there is yet, in words, or null. */
  readonly missing: (view: ProjectView) => string | null;
  /** How long labelling must pause before a round starts. */
  readonly pause: Millis;
};

/** What the page shows of training. */
export type LearningState = {
  readonly phase: TrainingPhase;
  readonly round: number;
  readonly step: number;
  readonly steps: number;
  readonly verdict: string;
  readonly reason: string;
  readonly balance: Balance;
  readonly policy: PolicyName;
};

/** How a round ended. `stale`: why its candidate may not serve, whatever the gate said; empty where it may. */
type Outcome = {
  readonly round: number;
  readonly baseVersion: number;
  readonly lastSeq: number;
  readonly stagedFolder: string;
  readonly result: RoundResult;
  readonly stale: string;
};
type Promoted = Omit<Extract<TrainingEvent, { type: 'promotion' }>, 'type' | 'id' | 'version'>;

const QUIET: Balance = { rho: null, beta: 0, gamma: 0 };
/** After a failed round: the trainer was restarted; try again after this, doubled each time, at most a minute. */
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;

export class Learning {
  readonly #options: LearningOptions;
  readonly #state: BehaviorSubject<LearningState>;
  readonly #log: Log;
  #wake: (() => void) | null = null;
  #paused = false;
  #closed = false;
  /** Labels up to here have been offered to a round. */
  #offered = 0;
  /** Another round may follow without a new label: the last one was promoted, or the first one deserves a second seed. */
  #again = false;
  #left: Left = { followUps: 0, retries: 0 };
  #failures = 0;
  readonly #loop: Promise<void>;

  constructor(options: LearningOptions) {
    this.#options = options;
    this.#log = options.log;
    const round = options.journal.entries.reduce(
      (last, { event }) => (event.type === 'round' ? event.round : last),
      0,
    );
    this.#state = new BehaviorSubject<LearningState>({
      phase: 'idle',
      round,
      step: 0,
      steps: 0,
      verdict: lastVerdict(options.journal),
      reason: 'no labels wait',
      balance: QUIET,
      policy: options.policy,
    });
    this.#offered = options.journal.entries.reduce(
      (last, { event }) => (event.type === 'round' ? event.lastSeq : last),
      0,
    );
    this.#loop = this.#run();
  }

  get state$(): Observable<LearningState> {
    return this.#state.asObservable();
  }

  /** Labels in force that no round has read yet. */
  get waiting(): number {
    return this.#options.journal.view.labels.filter(
      ({ seq, kind }) => seq > this.#offered && kind !== 'unknown',
    ).length;
  }

  /** Tell it that the journal has changed. */
  notify(): void {
    this.#again = false;
    this.#left = { followUps: this.#options.followUps, retries: RETRIES };
    const missing = this.#missing();
    if (missing && this.#state.value.phase === 'idle') this.#show({ reason: missing });
    if (!this.#due()) return;
    if (this.#state.value.phase === 'idle')
      this.#show({ phase: 'waiting', reason: 'waits for a pause in the labelling' });
    this.#wake?.();
  }

  /** From the next round on, trains by this policy. */
  choose(policy: PolicyName): void {
    if (policy === this.#state.value.policy) return;
    this.#show({ policy });
    this.#wake?.();
  }

  pause(paused: boolean): void {
    this.#paused = paused;
    if (paused && this.#state.value.phase !== 'training')
      this.#show({ phase: 'paused', reason: 'paused on the page' });
    else if (!paused && this.#state.value.phase === 'paused')
      this.#show({ phase: 'idle', reason: 'no labels wait' });
    this.#wake?.();
  }

  /** Resolves true when nothing waits and nothing runs, false when `timeout` has passed before. */
  settled(timeout: Millis): Promise<boolean> {
    const idle$ = this.#state.pipe(
      map(({ phase }) => (phase === 'idle' || phase === 'paused') && (this.#paused || !this.#due())),
      distinctUntilChanged(),
      filter((idle) => idle),
    );
    return firstValueFrom(race(idle$, timer(timeout).pipe(map(() => false))));
  }

  /** Ends after the running round's message; the trainer itself belongs to whoever made it. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake?.();
    await this.#loop;
    this.#state.complete();
  }

  /** Why no round can run, in words, or null. */
  #missing(): string | null {
    const { missing, journal } = this.#options;
    return this.#state.value.policy === 'frozen' ? 'encoders are frozen by choice' : missing(journal.view);
  }

  #due(): boolean {
    if (this.#missing() !== null) return false;
    return this.waiting > 0 || this.#replaces() || this.#again;
  }

  /** The serving version holds something that was taken back, and labels are left to learn from. */
  #replaces(): boolean {
    const { entries, view } = this.#options.journal;
    const serving = servingOf(entries);
    return (
      view.labels.length > 0 &&
      !cleanVersions(entries).some(({ version }) => version === serving) &&
      this.#offered < view.lastSeq
    );
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      if (this.#paused || !this.#due()) await this.#sleep(null);
      else if (!this.#again && (await this.#labelsKeepComing())) continue;
      else await this.#round();
    }
  }

  /** Waits one pause; true when something happened meanwhile, so that it must be waited for again. */
  async #labelsKeepComing(): Promise<boolean> {
    return this.#sleep(this.#options.pause);
  }

  #sleep(length: Millis | null): Promise<boolean> {
    return new Promise((resolve) => {
      const timeout = length === null ? null : setTimeout(() => done(false), length);
      const done = (woken: boolean): void => {
        if (timeout) clearTimeout(timeout);
        this.#wake = null;
        resolve(woken);
      };
      this.#wake = () => done(true);
    });
  }

  async #round(): Promise<void> {
    const { journal, registry, trainer, steps, seed, inference } = this.#options;
    const round = this.#state.value.round + 1;
    const { policy } = this.#state.value;
    const { lastSeq } = journal.view;
    const serving = servingOf(journal.entries);
    const before = this.#offered;
    this.#show({ phase: 'training', round, step: 0, steps, reason: 'learns from the labels' });
    let stagedFolder: string | null = null;
    try {
      const { version: baseVersion, folder: baseFolder } = await this.#base();
      const event = {
        type: 'round',
        id: ulid(),
        round,
        baseVersion,
        lastSeq,
        seed: seed + round,
        steps,
        policy,
      } as const;
      await journal.append({ ...event, backend: inference.report.backend });
      this.#offered = lastSeq;
      stagedFolder = await registry.stage();
      const request = {
        round,
        baseFolder,
        baseVersion,
        lastSeq,
        seed: event.seed,
        steps,
        policy,
        stagedFolder,
      };
      const result = await trainer.run(request, (progress) => this.#show({ ...progress, round }));
      const stale = staleness(journal, { baseVersion, lastSeq, serving });
      if (stale) this.#offered = before;
      await this.#conclude({ round, baseVersion, lastSeq, stagedFolder, result, stale });
      this.#failures = 0;
    } catch (error) {
      this.#offered = before; // nothing was learned: the labels wait again
      if (stagedFolder) await registry.discard(stagedFolder).catch(() => undefined);
      await this.#failed(error);
    }
  }

  /** Where a round goes on from: the serving version if it is clean, else the newest clean one that is kept. */
  async #base(): Promise<VersionRecord> {
    const { journal, registry } = this.#options;
    const kept = (await registry.list()).map(({ version }) => version);
    const clean = cleanVersions(journal.entries)
      .map(({ version }) => version)
      .filter((version) => kept.includes(version));
    const serving = servingOf(journal.entries);
    return registry.get(clean.includes(serving) ? serving : (clean.at(-1) ?? 0));
  }

  async #conclude({ round, baseVersion, lastSeq, stagedFolder, result, stale }: Outcome): Promise<void> {
    const { journal, registry } = this.#options;
    if (result.type === 'candidate' && !stale) {
      await this.#promote(stagedFolder, { round, baseVersion, appliedSeq: lastSeq, ...result });
      this.#follow('promoted');
      this.#show({
        phase: 'idle',
        verdict: result.verdict,
        reason: 'no labels wait',
        balance: result.balance,
      });
      return;
    }
    await registry.discard(stagedFolder);
    this.#follow(result.type === 'rejected' && !stale ? 'rejected' : 'nothing');
    const verdict = stale || result.verdict;
    if (result.type !== 'nothing') {
      await journal.append({ type: 'rejection', id: ulid(), round, verdict, heldOut: result.heldOut });
    }
    this.#show({ phase: 'idle', verdict, reason: verdict, balance: result.balance });
  }

  #follow(ended: Ended): void {
    const { again, ...left } = following(ended, this.#left);
    this.#again = again;
    this.#left = left;
  }

  /** In this order, so that a crash in between leaves a version that nobody serves, never one that is not there. */
  async #promote(
    stagedFolder: string,
    { round, baseVersion, appliedSeq, sha256, heldOut, verdict }: Promoted,
  ): Promise<void> {
    const { journal, registry, inference } = this.#options;
    // A crash between the two next steps leaves a version that only the registry knows: its number is not used again.
    const taken = [...versionsOf(journal.entries), ...(await registry.list())].map(
      (record) => record.version,
    );
    const version = Math.max(...taken) + 1;
    const { folder } = await registry.promote(stagedFolder, version);
    await journal.append({
      type: 'promotion',
      id: ulid(),
      round,
      version,
      baseVersion,
      appliedSeq,
      sha256,
      heldOut,
      verdict,
    });
    await inference.swap(folder, version);
    this.#log.info('promoted a candidate', { version, round });
  }

  async #failed(error: unknown): Promise<void> {
    if (this.#closed) return;
    const reason = error instanceof Error ? error.message : String(error);
    this.#log.warn('a training round failed', { reason, failures: this.#failures + 1 });
    this.#show({ phase: 'failed', reason });
    const wait = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures++);
    await this.#sleep(millis(wait));
  }

  #show(change: Partial<LearningState>): void {
    const next = { ...this.#state.value, ...change };
    this.#state.next(this.#paused && next.phase === 'idle' ? { ...next, phase: 'paused' } : next);
  }
}

function lastVerdict(journal: JournalView): string {
  const last = journal.entries.findLast(
    ({ event }) => event.type === 'promotion' || event.type === 'rejection',
  );
  return last && (last.event.type === 'promotion' || last.event.type === 'rejection')
    ? last.event.verdict
    : '';
}
