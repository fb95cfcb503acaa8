/** A trainer without a process or a tensor: rounds end as the test says. */
import { cp } from 'node:fs/promises';

import type { RoundProgress, RoundRequest, RoundResult, Trainer } from '../../server/compute/ports.ts';
import { ComputeError } from '../../server/errors.ts';

export type FakeRound = {
  readonly request: RoundRequest;
  readonly onProgress: (progress: RoundProgress) => void;
  /** Ends the round with a result of the test's own. */
  readonly end: (result: RoundResult) => void;
  /** Ends it with a candidate: a copy of the base checkpoint in the staged folder. */
  readonly promote: (verdict?: string) => Promise<void>;
  /** Ends it as a crash of the process does. */
  readonly crash: () => void;
};

const HELD_OUT = { fused: 1, audio: 1, video: 1 } as const;
const BALANCE = { rho: 1, beta: 0, gamma: 0 } as const;

/** Keeps every round open until the test ends it. `onRound` hears of each as it starts. */
export class FakeTrainer implements Trainer {
  readonly rounds: FakeRound[] = [];
  readonly #onRound: (round: FakeRound) => void;
  #fail: ((error: ComputeError) => void) | null = null;
  #closed = false;

  constructor(onRound: (round: FakeRound) => void = () => undefined) {
    this.#onRound = onRound;
  }

  run(request: RoundRequest, onProgress: (progress: RoundProgress) => void): Promise<RoundResult> {
    if (this.#closed) return Promise.reject(new ComputeError('ERR_COMPUTE_CLOSED', 'a round after close'));
    if (this.#fail) return Promise.reject(new ComputeError('ERR_COMPUTE_BUSY', 'a round is running'));
    return new Promise((resolve, reject) => {
      const settle = (work: () => void): void => {
        this.#fail = null;
        work();
      };
      const round: FakeRound = {
        request,
        onProgress,
        end: (result) => settle(() => resolve(result)),
        promote: async (verdict = 'promoted: 4 of 4 held-out windows right, was 2') => {
          await cp(request.baseFolder, request.stagedFolder, { recursive: true });
          const judged = { heldOut: HELD_OUT, championHeldOut: HELD_OUT, verdict, thinEvidence: true };
          settle(() => resolve({ type: 'candidate', ...judged, balance: BALANCE, sha256: '0'.repeat(64) }));
        },
        crash: () => settle(() => reject(new ComputeError('ERR_COMPUTE_DIED', 'the trainer process ended'))),
      };
      this.#fail = reject;
      this.rounds.push(round);
      this.#onRound(round);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#fail?.(new ComputeError('ERR_COMPUTE_CLOSED', 'the trainer was closed during the round'));
    this.#fail = null;
  }
}
