/**
 * The champion, its history and the backend, as the page shows them.
 */
import type { Model } from '../../proto/messages.ts';
import type { JournalEntry } from '../../src/journal.ts';
import type { BackendReport } from '../compute/ports.ts';
import { cleanVersions, servingOf, versionsOf } from './lineage.ts';

/** The five newest champions can be rolled back to, and the seeded start. */
const KEPT_IN_HISTORY = 6;

/**
 * Folds the journal into the versions that a person may go back to. What has learned from a label that was taken back is none;
 * it may only serve on until it is replaced.
 *
 * @param beginning what the encoders began as, in words.
 */
export function modelState(
  entries: readonly JournalEntry[],
  { backend, reason, remedy }: BackendReport,
  beginning: string,
): Model {
  const serving = servingOf(entries);
  const clean = cleanVersions(entries).map(({ version }) => version);
  const history = versionsOf(entries)
    .filter(({ version }) => clean.includes(version) || version === serving)
    .slice(-KEPT_IN_HISTORY)
    .map(({ version, at, appliedSeq, promotion }) => ({
      version,
      at,
      appliedSeq,
      serving: version === serving,
      heldOut: promotion?.heldOut ?? null,
      note: promotion?.verdict ?? '',
    }));
  const report = { backend, backendReason: reason, backendRemedy: remedy };
  return { type: 'model', version: serving, ...report, beginning, history };
}
