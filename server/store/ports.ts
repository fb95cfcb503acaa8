/**
 * The store's two ports. Each has its embedded form here and a fake in `test/support`.
 */
import type { JournalEntry, JournalEvent, LabelEvent, Sample, SessionSpan } from '../../src/journal.ts';

export type Appended = {
  readonly seq: number;
  /** True when an entry with this event id was there already; `seq` is then that entry's and nothing was written. */
  readonly duplicate: boolean;
};

export type StoreStats = { readonly bytes: number; readonly labels: number; readonly path: string };

/** What is to be deleted: the data of a class (its id), of a span of a session, or everything (null). */
export type Forgotten = string | null | SessionSpan;

/** A label's decision on a second look: the wrong one is undone, and one of another class has its samples. */
export type Change = {
  /** Names the wrong one as `replaces`. */
  readonly label: LabelEvent;
  /** Who decided. */
  readonly by: string;
};

/** Append-only journal with the labels' features. A promise that resolved means: on disk, fsynced. */
export interface FeedbackLog {
  /** Appends one event, with the samples of a label. Idempotent by `event.id`. @throws {StoreError} */
  append(event: JournalEvent, samples?: readonly Sample[]): Promise<Appended>;
  /** Entries with a sequence number above `after` (default all), in order. */
  entries(after?: number): Promise<readonly JournalEntry[]>;
  stats(): Promise<StoreStats>;
  /**
   * Appends, in one transaction, the undo of the label that `change.label` replaces (its id is the new one's with `:undo`) and
   * the new label, with a copy of the samples of label `from`. Gives the new label's place.
   */
  change(change: Change, from: number): Promise<Appended>;
  /**
   * Appends a `forget` or `forget-span` event and erases, in the same transaction, labels (those that were undone too), with
   * their features, scores and names. The space is given back to the file system before it resolves.
   */
  forget(id: string, what: Forgotten): Promise<Appended>;
  /** Waits for what was appended, then closes. Idempotent. */
  close(): Promise<void>;
}

/** A read-only view of the same file for another process. Synchronous; one connection; sees what was committed. */
export interface JournalReader {
  entries(after?: number, upTo?: number): readonly JournalEntry[];
  /** The samples of one label in order of time; empty where forgotten. Arrays are the caller's. */
  samples(labelSeq: number): readonly Sample[];
  close(): void;
}

export type VersionRecord = {
  readonly version: number;
  /** Hex sha-256 of the manifest, which itself holds the digest of every file. */
  readonly sha256: string;
  /** Folder with the checkpoint's files. */
  readonly folder: string;
};

/** Immutable checkpoints by version; the five newest champions and version 0 are kept. */
export interface ModelRegistry {
  list(): Promise<readonly VersionRecord[]>;
  /** An empty folder on the same file system in which a candidate may be written. */
  stage(): Promise<string>;
  /** Moves a staged folder in as the next version, atomically and fsynced. @throws {CheckpointError} if a digest does not hold. */
  promote(stagedFolder: string, version: number): Promise<VersionRecord>;
  /** Removes a staged folder. */
  discard(stagedFolder: string): Promise<void>;
  /** The record of one version, every digest verified. @throws {CheckpointError} */
  get(version: number): Promise<VersionRecord>;
  /** Deletes a version that nobody may go back to, because it has learned from data that was erased. Unknown ones are gone already. */
  remove(version: number): Promise<void>;
}
