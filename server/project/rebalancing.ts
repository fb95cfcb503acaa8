/** Rebalancing of a project: what was chosen, what the comparison shows, and what `auto` makes of both. */
import { combineLatest, distinctUntilChanged, map, type Observable } from 'rxjs';
import type { BalanceReport, RebalanceCommand } from '../../proto/messages.ts';
import { type AutoDecision, autoPolicy } from '../../src/training/policies/auto.ts';
import { type BalanceCourse, balanceCourse, balanceReport } from './balance-report.ts';
import { Choosing, type Chosen, type Defaults } from './choosing.ts';
import { Comparing, type ComparingOptions } from './comparing.ts';
import type { JournalView } from './journal-view.ts';
import type { Learning } from './learning.ts';
import { oncePerChange } from './once-per-change.ts';
import type { oneAfterAnother } from './one-after-another.ts';

type InTurn = ReturnType<typeof oneAfterAnother>;

export type RebalancingOptions = ComparingOptions & {
  readonly journal: JournalView;
  readonly defaults: Defaults;
};

export class Rebalancing {
  readonly #journal: JournalView;
  readonly #choosing: Choosing;
  readonly #comparing: Comparing;
  /** Figures of the comparison come more often than labels. */
  readonly #course: () => BalanceCourse;
  #training = false;
  #inTurn: InTurn = (change) => change();
  #learning: Pick<Learning, 'choose'> | null = null;

  constructor({ journal, defaults, ...comparing }: RebalancingOptions) {
    this.#journal = journal;
    this.#choosing = new Choosing(journal, defaults);
    this.#comparing = new Comparing(comparing, this.#choosing.now);
    this.#course = oncePerChange(journal, balanceCourse);
  }

  get chosen(): Chosen {
    return this.#choosing.now;
  }

  /**
   * Begins to compare, if that is wanted.
   * @param inTurn runs a change of the journal when the ones before it have ended.
   * @param learning is told what to train by.
   */
  open(inTurn: InTurn, learning: Pick<Learning, 'choose'>): void {
    this.#inTurn = inTurn;
    this.#learning = learning;
    // Where it could not be written down, the next figures decide again.
    this.#comparing.listen(() => void inTurn(() => this.#decide()).catch(() => undefined));
    this.#comparing.choose(this.#choosing.now);
    this.follow();
  }

  /** A person's choice; durable when it resolves. */
  choose(command: RebalanceCommand): Promise<void> {
    return this.#inTurn(async () => {
      await this.#choosing.choose(command);
      this.#comparing.choose(this.#choosing.now);
      this.follow();
      await this.#decide();
    });
  }

  /** The journal has grown. */
  follow(): void {
    this.#comparing.follow(this.#journal.view.lastSeq, this.#training);
  }

  /** A round has begun, or ended. */
  trains(training: boolean): void {
    this.#training = training;
    this.follow();
  }

  /** What the page is told, current value first; anew when `news$` says that the journal has changed. */
  report$(news$: Observable<unknown>, learning: Pick<Learning, 'state$'>): Observable<BalanceReport> {
    const phase$ = learning.state$.pipe(
      map(({ phase }) => phase),
      distinctUntilChanged(),
    );
    return combineLatest([news$, phase$, this.#choosing.state$, this.#comparing.state$]).pipe(
      map(() => this.#report()),
      distinctUntilChanged((a, b) => JSON.stringify(a) === JSON.stringify(b)),
    );
  }

  /** Lets `auto` look at the figures again. */
  async #decide(): Promise<void> {
    await this.#choosing.decide(this.#auto());
    this.#learning?.choose(this.#choosing.now.policy);
  }

  close(): Promise<void> {
    return this.#comparing.close();
  }

  #auto(): AutoDecision {
    const { compared, behind } = this.#comparing;
    return autoPolicy(this.#choosing.now.policy, compared, behind);
  }

  #report(): BalanceReport {
    const chosen = this.#choosing.now;
    const auto = chosen.choice === 'auto' ? this.#auto() : null;
    return balanceReport(
      this.#course(),
      auto ? { ...chosen, reason: auto.reason } : chosen,
      this.#comparing.now,
    );
  }
}
