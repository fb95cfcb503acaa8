/**
 * Which version serves when the present one may not, or should not, any more: back to one that is kept and clean.
 */
import { ulid } from 'ulid';
import { declineOf } from '../../src/pmr/stream/rollback.ts';
import { STREAM } from '../../src/pmr/stream/settings.ts';
import type { StreamState } from '../../src/pmr/stream/state.ts';
import type { Inference } from '../compute/ports.ts';
import { SessionError } from '../errors.ts';
import type { ModelRegistry, VersionRecord } from '../store/ports.ts';
import type { JournalView } from './journal-view.ts';
import { cleanVersions, olderChampion, servingOf } from './lineage.ts';

export type WaysBack = {
  readonly journal: JournalView;
  readonly registry: ModelRegistry;
  readonly inference: Inference;
};

/** A version that a person may go back to. @throws {SessionError} ERR_VERSION_UNKNOWN where it is not kept, or not clean. */
export async function versionToServe(
  { journal, registry }: WaysBack,
  version: number,
): Promise<VersionRecord> {
  const clean = cleanVersions(journal.entries).map((ancestry) => ancestry.version);
  const kept = (await registry.list()).filter((record) => clean.includes(record.version));
  const target = kept.find((record) => record.version === version);
  if (target) return target;
  const versions = kept.map((record) => record.version).join(', ');
  const seen = `version ${version} is not kept, or has learned from a label that was taken back`;
  throw new SessionError('ERR_VERSION_UNKNOWN', `${seen}; there are ${versions}`);
}

/**
 * After a label was taken back: serves the newest version that never learned from it. Unless `atOnce`, the seeded version 0
 * is no such choice: the old one serves on, with clean prototypes, until a clean round replaces it (ADR 0002).
 */
export async function leaveTainted(
  { journal, registry, inference }: WaysBack,
  atOnce: boolean,
): Promise<void> {
  const clean = cleanVersions(journal.entries).map(({ version }) => version);
  if (clean.includes(servingOf(journal.entries))) return;
  const kept = (await registry.list()).filter(({ version }) => clean.includes(version));
  const target = kept.toSorted((a, b) => b.version - a.version)[0];
  if (!target || (target.version === 0 && !atOnce)) return;
  const { version, folder } = target;
  const reason = 'a label that the newer ones learned from was taken back';
  await journal.append({ type: 'rollback', id: ulid(), version, reason, takenBack: true });
  await inference.swap(folder, version);
}

/** Leaves the served version when the answers have clearly fallen since it was promoted (ADR 0052). True if it did. */
export async function leaveDeclined(
  { journal, registry, inference }: WaysBack,
  { watch }: StreamState,
): Promise<boolean> {
  const decline = declineOf(watch, STREAM);
  if (!decline) return false;
  const kept = await registry.list();
  const older = olderChampion(
    journal.entries,
    kept.map(({ version }) => version),
  );
  const target = kept.find(({ version }) => version === older);
  if (!target) return false;
  const [before, now] = [decline.before, decline.now].map((share) => `${Math.round(100 * share)} %`);
  const reason = `answers fell from ${before} to ${now} since version ${servingOf(journal.entries)} serves`;
  await journal.append({ type: 'rollback', id: ulid(), version: target.version, reason });
  await inference.swap(target.folder, target.version);
  return true;
}

/** Versions that learned from what was erased are erased too. */
export async function removeTainted({ journal, registry }: WaysBack): Promise<void> {
  const clean = cleanVersions(journal.entries).map(({ version }) => version);
  for (const { version } of await registry.list())
    if (!clean.includes(version)) await registry.remove(version);
}
