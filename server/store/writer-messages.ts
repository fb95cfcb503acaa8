/** What the feedback log and its writer thread say to each other. Every request but `close` is answered by `done` or `failed` with its number. */
import type { JournalEntry } from '../../src/journal.ts';
import type { StoreErrorCode } from '../errors.ts';
import type { Append } from './journal-file.ts';
import type { Appended, Change, Forgotten } from './ports.ts';

export type WriterOptions = {
  readonly path: string;
  readonly featureHash: string;
  readonly maxBytes: number;
};

export type WriterRequest =
  | { readonly type: 'append'; readonly request: number; readonly append: Append }
  | { readonly type: 'entries'; readonly request: number; readonly after: number }
  | { readonly type: 'stats'; readonly request: number }
  | {
      readonly type: 'forget';
      readonly request: number;
      readonly id: string;
      readonly what: Forgotten;
      readonly at: number;
    }
  | {
      readonly type: 'change';
      readonly request: number;
      readonly change: Change;
      readonly from: number;
      readonly at: number;
    }
  /** Commits what waits, closes the file and ends the thread; the thread's exit is the answer. */
  | { readonly type: 'close'; readonly request: number };

export type WriterResult =
  | { readonly type: 'appended'; readonly appended: Appended }
  | { readonly type: 'entries'; readonly entries: readonly JournalEntry[] }
  | { readonly type: 'stats'; readonly bytes: number; readonly labels: number }
  | { readonly type: 'ready' };

export type WriterReply =
  | { readonly type: 'done'; readonly request: number; readonly result: WriterResult }
  | {
      readonly type: 'failed';
      readonly request: number;
      readonly code: StoreErrorCode;
      readonly message: string;
    };

/** Request number of the answer that says how opening went. */
export const OPENING = 0;
