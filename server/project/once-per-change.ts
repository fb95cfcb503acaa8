/** What a fold makes of a journal, kept while the journal stays as it is. */
import type { JournalEntry } from '../../src/journal.ts';
import type { JournalView } from './journal-view.ts';

/** Gives a function that folds anew only where the journal has grown since it was called last. */
export function oncePerChange<T>(
  journal: Pick<JournalView, 'entries' | 'view'>,
  fold: (entries: readonly JournalEntry[]) => T,
): () => T {
  let known: { readonly lastSeq: number; readonly value: T } | null = null;
  return () => {
    const { lastSeq } = journal.view;
    if (known?.lastSeq !== lastSeq) known = { lastSeq, value: fold(journal.entries) };
    return known.value;
  };
}
