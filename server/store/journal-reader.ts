/** The journal as another process sees it: one read-only connection, synchronous calls, each on a consistent snapshot. */
import type { JournalEntry, Sample } from '../../src/journal.ts';
import { StoreError } from '../errors.ts';
import { entriesOf, SELECT_ENTRIES } from './journal-file.ts';
import type { JournalReader } from './ports.ts';
import { SAMPLE_COLUMNS, unpackSample } from './sample-blobs.ts';
import { checkReadable } from './schema.ts';
import { explained, openReadOnly } from './sqlite.ts';

/**
 * Opens a journal that `openFeedbackLog` has made. Each call reads one snapshot of what was committed, also while the writer
 * writes; none is held between calls, so that the writer can empty its log. Whoever opens it closes it.
 *
 * @throws {StoreError} ERR_STORE_IO if there is no such file, ERR_STORE_FEATURES, ERR_STORE_SCHEMA, ERR_STORE_CORRUPT
 */
export function openJournalReader(path: string, featureHash: string): JournalReader {
  const db = openReadOnly(path);
  try {
    explained(`reading ${path}`, () => checkReadable(db, featureHash));
  } catch (error) {
    db.close();
    throw error;
  }
  const selectEntries = db.prepare(SELECT_ENTRIES);
  const selectSamples = db.prepare(
    `SELECT ${SAMPLE_COLUMNS} FROM sample WHERE label_seq = ? ORDER BY start_us, id`,
  );
  const read = <T>(work: () => T): T => {
    if (!db.isOpen)
      throw new StoreError('ERR_STORE_CLOSED', 'the journal reader was closed: open another one');
    return explained('reading the journal', work);
  };
  return {
    entries: (after = 0, upTo = Number.MAX_SAFE_INTEGER): readonly JournalEntry[] =>
      read(() => entriesOf(selectEntries.all(after, upTo))),
    samples: (labelSeq): readonly Sample[] => read(() => selectSamples.all(labelSeq).map(unpackSample)),
    close: () => {
      if (db.isOpen) db.close();
    },
  };
}
