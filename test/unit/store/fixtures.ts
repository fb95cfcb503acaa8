/** What the store's tests share: a folder that goes away, a clock, labels, samples whose bytes can be told apart. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { micros, millis } from '../../../proto/units.ts';
import type { Clock } from '../../../src/clock.ts';
import type { JournalEvent, LabelEvent, Sample } from '../../../src/journal.ts';

export const clock: Clock = { wall: () => millis(1_700_000_000_000), monotonic: () => micros(0) };

export const FEATURES = 'feature-hash-1';

/** Runs `work` in a new folder, removed afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'counterpoise-store-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const label = (id: string, classId: string | null = 'a'): LabelEvent => ({
  type: 'label',
  id,
  sessionId: 's',
  start: micros(1_000_000),
  end: micros(3_000_000),
  kind: classId === null ? 'unknown' : 'class',
  classId,
  scope: 'both',
  labelledAt: millis(1_700_000_000_000),
  by: 'somebody',
  split: 'train',
  audioSamples: 3,
  videoSamples: 2,
});

export const add = (id: string, classId: string, name: string): JournalEvent => ({
  type: 'class-add',
  id,
  classId,
  name,
  colour: '#112233',
});

/** A sample of full size; every value depends on `seed` and its place. */
export function sampleOf(seed: number, start = seed): Sample {
  return {
    start: micros(start),
    end: micros(start + 960_000),
    mel: Float32Array.from({ length: 96 * 64 }, (_, i) => Math.sin(seed + i)),
    rgb: Uint8Array.from({ length: 96 * 96 * 3 }, (_, i) => seed * 7 + i),
    older: Uint8Array.from({ length: 3 * 96 * 96 }, (_, i) => seed * 11 + i * 3),
  };
}
