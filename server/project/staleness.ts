/** Whether what a round has learned may still serve when it ends: the journal goes on while it runs. */
import { millis } from '../../proto/units.ts';
import type { JournalView } from './journal-view.ts';
import { cleanVersions, servingOf } from './lineage.ts';

/** What a round was started on. */
export type Ground = { readonly baseVersion: number; readonly lastSeq: number; readonly serving: number };

/** Why a candidate that was trained on this ground may not serve any more; empty where it may. */
export function staleness(journal: JournalView, { baseVersion, lastSeq, serving }: Ground): string {
  if (!isStillClean(journal, baseVersion, lastSeq))
    return 'discarded: a label it learned from was taken back';
  // It was judged against a version that was left meanwhile: it would bring back what that was left for.
  if (servingOf(journal.entries) !== serving)
    return 'discarded: another version was put in service meanwhile';
  return '';
}

/** False when a label that the round read, or its base held, was taken back while it ran. */
function isStillClean(journal: JournalView, baseVersion: number, lastSeq: number): boolean {
  const candidate = {
    type: 'promotion',
    id: '',
    round: 0,
    version: -1,
    baseVersion,
    appliedSeq: lastSeq,
    sha256: '',
    heldOut: null,
    verdict: '',
  } as const;
  const entries = [...journal.entries, { seq: journal.view.lastSeq + 1, at: millis(0), event: candidate }];
  return cleanVersions(entries).some(({ version }) => version === -1);
}
