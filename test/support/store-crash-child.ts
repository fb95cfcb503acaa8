/**
 * A process that appends labels as fast as the store takes them and prints each id once it was acknowledged, until it is killed.
 * Arguments: journal file, prefix of the ids.
 */
import { micros, millis } from '../../proto/units.ts';
import { openFeedbackLog } from '../../server/store/sqlite-feedback-log.ts';
import type { JournalEvent, Sample } from '../../src/journal.ts';

export const CRASH_FEATURES = 'crash-test';

const IN_FLIGHT = 40; // more than a group of 32, so that a kill finds a commit running and others waiting

// Values are views of two patterns: making them costs nothing, so the store is what takes the time and a kill falls into its work.
const ENERGIES = Float32Array.from({ length: 20_000 }, (_, i) => Math.cos(i * i));
const BYTES = Uint8Array.from({ length: 80_000 }, (_, i) => (i * i) >> 3);

/** The samples that belong to an id: their number, sizes and bytes follow from it. Views of shared arrays: read only. */
export function samplesOf(id: string): Sample[] {
  const seed = [...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9973, 7);
  // Every eighth label has samples of full size, which span several pages.
  const [mel, picture] = seed % 8 === 0 ? [96 * 64, 96 * 96 * 3] : [32, 100];
  return Array.from({ length: 1 + (seed % 3) }, (_, i) => ({
    start: micros(i),
    end: micros(i + 1),
    mel: ENERGIES.subarray(seed + i, seed + i + mel),
    rgb: BYTES.subarray(seed + i, seed + i + picture),
    older: seed % 5 === 0 ? null : BYTES.subarray(seed * 5 + i, seed * 5 + i + picture),
  }));
}

const labelOf = (id: string): JournalEvent => ({
  type: 'label',
  id,
  sessionId: 's',
  start: micros(0),
  end: micros(10),
  kind: 'class',
  classId: 'a',
  scope: 'both',
  labelledAt: millis(0),
  by: '',
  split: 'train',
  audioSamples: 1,
  videoSamples: 1,
});

async function appendForever(path: string, prefix: string): Promise<void> {
  const clock = { wall: () => millis(0), monotonic: () => micros(0) };
  const log = await openFeedbackLog({ path, featureHash: CRASH_FEATURES, clock });
  let next = 0;
  const producer = async (): Promise<void> => {
    while (true) {
      const id = `${prefix}-${next++}`;
      await log.append(labelOf(id), samplesOf(id));
      process.stdout.write(`${id}\n`); // synchronous for a pipe, except when it is full
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, producer));
}

if (import.meta.main) {
  const [path = '', prefix = ''] = process.argv.slice(2);
  await appendForever(path, prefix);
}
