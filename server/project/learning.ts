/**
 * When the encoders learn: decides on rounds. `training-round.ts` runs them, `learning-state.ts` is what peers hear of it.
 *
 * A round starts when labels wait and the person has paused for a moment; it goes on from the newest version that holds
 * nothing taken back.
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
import type { PolicyName } from '../../proto/policies.ts';
import { type Millis, millis } from '../../proto/units.ts';
import type { ProjectView } from '../../src/journal.ts';
import { type Ended, following, type Left, RETRIES } from './cadence.ts';
import { type LearningState, startingState } from './learning-state.ts';
import { cleanVersions, offeredOf, servingOf } from './lineage.ts';
import { type RoundTools, runTrainingRound } from './training-round.ts';

export type LearningOptions = RoundTools & {
  /** Rounds that may follow each other without a new label while each is promoted. */
  readonly followUps: number;
  /** What rounds train by until another is chosen. */
  readonly policy: PolicyName;
  /** Why encoders cannot be trained on what there is yet, in words, or null. */
  readonly missing: (view: ProjectView) => string | null;
  /** How long labelling must pause before a round starts. */
  readonly pause: Millis;
  /** A round has begun, or ended. */
  readonly onRound?: (running: boolean) => void;
};

/** After a failed round: the trainer was restarted; try again after this, doubled each time, at most a minute. */
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;

export class Learning {
  readonly #options: LearningOptions;
  readonly #state: BehaviorSubject<LearningState>;
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
    const { entries } = options.journal;
    this.#state = new BehaviorSubject(startingState(entries, options.policy));
    this.#offered = offeredOf(entries);
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
    // What was taken back may have led back to a version that never read what is left.
    this.#offered = Math.min(this.#offered, offeredOf(this.#options.journal.entries));
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
    const { steps } = this.#options;
    const round = this.#state.value.round + 1;
    const { policy } = this.#state.value;
    const before = this.#offered;
    this.#show({ phase: 'training', round, step: 0, steps, reason: 'learns from the labels' });
    try {
      const { ended, stale, verdict, balance } = await runTrainingRound(this.#options, {
        round,
        policy,
        onBegun: (lastSeq) => {
          this.#offered = lastSeq;
          this.#options.onRound?.(true);
        },
        onProgress: (progress) => this.#show({ ...progress, round }),
      });
      if (stale) this.#offered = before;
      this.#follow(ended);
      this.#failures = 0;
      const reason = ended === 'promoted' ? 'no labels wait' : verdict;
      this.#show({ phase: 'idle', verdict, reason, balance });
    } catch (error) {
      this.#offered = before; // nothing was learned: the labels wait again
      await this.#failed(error);
    } finally {
      this.#options.onRound?.(false);
    }
  }

  #follow(ended: Ended): void {
    const { again, ...left } = following(ended, this.#left);
    this.#again = again;
    this.#left = left;
  }

  async #failed(error: unknown): Promise<void> {
    if (this.#closed) return;
    const reason = error instanceof Error ? error.message : String(error);
    this.#options.log.warn('a training round failed', { reason, failures: this.#failures + 1 });
    this.#show({ phase: 'failed', reason });
    const wait = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures++);
    await this.#sleep(millis(wait));
  }

  #show(change: Partial<LearningState>): void {
    const next = { ...this.#state.value, ...change };
    this.#state.next(this.#paused && next.phase === 'idle' ? { ...next, phase: 'paused' } : next);
  }
}
