/** Group commit: appends that arrive close together share one transaction, and so one fsync. */
import type { Append } from './journal-file.ts';
import type { Appended } from './ports.ts';

/** Appends in one transaction at most. Measured in reference/scale.md 3.2 together with the delay: 831 records/s, p50 8 ms. */
const MAX_GROUP = 32;
const DELAY_MS = 2;

/** An append and who waits for it. Exactly one of the two is called, after the commit or after the failure. */
export type Waiting = {
  readonly append: Append;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: unknown) => void;
};

/** Queues appends and hands them to `commit` in order, up to 32 at a time, at the latest after 2 ms. Unbounded: the sender bounds it. */
export class GroupCommit {
  readonly #commit: (appends: readonly Append[]) => readonly Appended[];
  readonly #queue: Waiting[] = [];
  #timer: NodeJS.Timeout | null = null;

  /** @param commit stores all or none, synchronously; what it returned is on disk. */
  constructor(commit: (appends: readonly Append[]) => readonly Appended[]) {
    this.#commit = commit;
  }

  add(waiting: Waiting): void {
    this.#queue.push(waiting);
    if (this.#queue.length >= MAX_GROUP) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), DELAY_MS);
  }

  /** Commits everything that waits, now. Whatever must see earlier appends calls this first. */
  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    while (this.#queue.length > 0) this.#commitGroup(this.#queue.splice(0, MAX_GROUP));
  }

  #commitGroup(group: readonly Waiting[]): void {
    const outcome = this.#try(group);
    if (outcome.type === 'done')
      for (let i = 0; i < group.length; i++) group[i]!.resolve(outcome.appended[i]!);
    else if (group.length === 1) group[0]!.reject(outcome.error);
    // One append that does not fit must not take its neighbours down: each gets its own transaction.
    else for (const waiting of group) this.#commitGroup([waiting]);
  }

  #try(group: readonly Waiting[]): Outcome {
    try {
      return { type: 'done', appended: this.#commit(group.map(({ append }) => append)) };
    } catch (error) {
      return { type: 'failed', error };
    }
  }
}

type Outcome =
  | { readonly type: 'done'; readonly appended: readonly Appended[] }
  | { readonly type: 'failed'; readonly error: unknown };
