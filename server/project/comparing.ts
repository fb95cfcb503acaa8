/**
 * The running counterfactual: both policies on the same labels, by a shadow in the background (ADR 0055). On by itself where
 * the machine has cores to spare, or where `auto` needs it to decide.
 */
import { BehaviorSubject, type Observable } from 'rxjs';
import type { ComparisonReport, ComparisonState } from '../../proto/messages.ts';
import { REBALANCING_OFF, REBALANCING_ON } from '../../proto/policies.ts';
import { comparePaired, type PairedComparison } from '../../src/evaluation/paired.ts';
import type { Shadow, ShadowEvents, ShadowProgress } from '../shadow/ports.ts';
import type { Chosen } from './choosing.ts';

/** Processors from which the comparison runs by itself: serving, training and media have theirs then. */
export const CORES_TO_SPARE = 8;

export type ComparingOptions = {
  /** Makes a shadow; it starts its process when it first follows. */
  readonly startShadow: (events: ShadowEvents) => Shadow;
  /** Processors that this program may use. */
  readonly cores: number;
};

const NOTHING: ShadowProgress = { scores: [], done: 0, total: 0 };

type Wanted = { readonly on: boolean; readonly reason: string };

/** Whether a comparison is wanted, and why, in words. Pure. */
export function comparisonWanted({ comparison, choice }: Chosen, cores: number): Wanted {
  if (comparison === 'on') return { on: true, reason: '' };
  if (comparison === 'off') return { on: false, reason: 'switched off' };
  if (choice === 'auto') return { on: true, reason: 'on because auto decides by it' };
  if (cores >= CORES_TO_SPARE) return { on: true, reason: '' };
  const has = `${cores} ${cores === 1 ? 'core' : 'cores'}`;
  const reason = `this machine has ${has}; from ${CORES_TO_SPARE} on it runs by itself`;
  return { on: false, reason };
}

export class Comparing {
  readonly #options: ComparingOptions;
  readonly #state: BehaviorSubject<ComparisonReport>;
  #shadow: Shadow | null = null;
  #progress: ShadowProgress = NOTHING;
  #failure = '';
  #chosen: Chosen;
  #onCompared: () => void = () => undefined;

  constructor(options: ComparingOptions, chosen: Chosen) {
    this.#options = options;
    this.#chosen = chosen;
    this.#state = new BehaviorSubject(this.#report());
  }

  /** Current value first. */
  get state$(): Observable<ComparisonReport> {
    return this.#state.asObservable();
  }

  get now(): ComparisonReport {
    return this.#state.value;
  }

  /** Figures that a decision may rest on; null while nothing compares. */
  get compared(): PairedComparison | null {
    return this.#shadow ? comparePaired(this.#progress.scores) : null;
  }

  /** Labels that it has not come to yet; infinite before it has said anything. */
  get behind(): number {
    const { done, total } = this.#progress;
    return total === 0 ? Number.POSITIVE_INFINITY : total - done;
  }

  /** Who hears when there are new figures. */
  listen(onCompared: () => void): void {
    this.#onCompared = onCompared;
  }

  /** Starts or stops by what is chosen now. */
  choose(chosen: Chosen): void {
    this.#chosen = chosen;
    const { on } = comparisonWanted(chosen, this.#options.cores);
    if (on && !this.#shadow) this.#start();
    if (!on && this.#shadow) void this.#stop();
    this.#state.next(this.#report());
  }

  /** The journal has grown, or a round has begun or ended. On few cores the shadow waits while one trains. */
  follow(upTo: number, training: boolean): void {
    this.#shadow?.follow(upTo, training && this.#options.cores < CORES_TO_SPARE);
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#onCompared = () => undefined;
    await this.#stop();
    this.#state.complete();
  }

  #start(): void {
    this.#failure = '';
    this.#progress = NOTHING;
    this.#shadow = this.#options.startShadow({
      onProgress: (progress) => {
        this.#progress = progress;
        this.#tell();
      },
      onFailed: (reason) => {
        this.#failure = reason;
        this.#tell();
      },
    });
  }

  async #stop(): Promise<void> {
    const shadow = this.#shadow;
    this.#shadow = null;
    this.#progress = NOTHING;
    await shadow?.close();
  }

  #tell(): void {
    this.#state.next(this.#report());
    this.#onCompared();
  }

  #report(): ComparisonReport {
    const { done, total, scores } = this.#progress;
    const { on, reason } = comparisonWanted(this.#chosen, this.#options.cores);
    return {
      setting: this.#chosen.comparison,
      state: this.#stateOf(on),
      reason: this.#failure || reason,
      done,
      total,
      on: REBALANCING_ON,
      off: REBALANCING_OFF,
      ...comparePaired(scores),
    };
  }

  #stateOf(on: boolean): ComparisonState {
    if (!on) return 'off';
    if (this.#failure) return 'failed';
    return this.#progress.total > 0 && this.#progress.done === this.#progress.total ? 'current' : 'behind';
  }
}
