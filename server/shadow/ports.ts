/** The shadow: what the same labels would have come to under another policy. A fake of it stands in `test/support`. */
import type { PairedScore } from '../../src/evaluation/paired.ts';

/** How far it has come. `scores`: the newest labels in force, oldest first, as many as are compared. */
export type ShadowProgress = {
  readonly scores: readonly PairedScore[];
  /** Labels given to classes that both policies have scored, of all there are. */
  readonly done: number;
  readonly total: number;
};

export type ShadowEvents = {
  readonly onProgress: (progress: ShadowProgress) => void;
  /** It cannot go on: why, in words. */
  readonly onFailed: (reason: string) => void;
};

/** A process of its own at the lowest priority. It reads the journal and writes nothing. */
export interface Shadow {
  /** Goes through the journal up to here. @param yields a round trains meanwhile, and it waits for it. */
  follow(upTo: number, yields: boolean): void;
  /** Ends the process. Idempotent. */
  close(): Promise<void>;
}
