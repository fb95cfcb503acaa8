/**
 * kill -9 at any moment loses nothing that was acknowledged. This shows what a killed process leaves, not a power cut: that the fsync
 * happens is SQLite's `synchronous=FULL`, which `test/unit/store/schema.test.ts` reads back.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

import { micros, millis } from '../../proto/units.ts';
import { openJournalReader } from '../../server/store/journal-reader.ts';
import { openReadOnly } from '../../server/store/sqlite.ts';
import { openFeedbackLog } from '../../server/store/sqlite-feedback-log.ts';
import type { Sample } from '../../src/journal.ts';
import { type Random, random } from '../../src/random.ts';
import { CRASH_FEATURES, samplesOf } from '../support/store-crash-child.ts';

const KILLS = 22;
const SEED = 20_261_123;
const CHILD = fileURLToPath(new URL('../support/store-crash-child.ts', import.meta.url));

/** Starts a child, kills it after a random number of acknowledgements and a little more, and returns what it acknowledged. */
async function killedRun(path: string, prefix: string, chance: Random): Promise<string[]> {
  const child = spawn(process.execPath, [CHILD, path, prefix], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const acknowledged: string[] = [];
  const killAt = 1 + chance.integer(150);
  const jitterMs = chance.uniform() * 12; // a commit takes a few ms: the kill falls anywhere in one
  for await (const id of createInterface({ input: child.stdout })) {
    acknowledged.push(id);
    if (acknowledged.length === killAt) killSoon(child, jitterMs);
  }
  expect((await exited)[1]).toBe('SIGKILL');
  return acknowledged;
}

function killSoon(child: ChildProcess, delayMs: number): void {
  setTimeout(() => child.kill('SIGKILL'), delayMs);
}

const bytesOf = ({ start, end, ...arrays }: Sample): Buffer[] => [
  Buffer.from(`${start} ${end}`),
  ...[arrays.mel, arrays.rgb, arrays.older].map((view) =>
    view ? Buffer.from(view.buffer, view.byteOffset, view.byteLength) : Buffer.from('missing'),
  ),
];

/** Whether two lists of samples are equal bit for bit. */
function same(seen: readonly Sample[], expected: readonly Sample[]): boolean {
  const [a, b] = [seen.flatMap(bytesOf), expected.flatMap(bytesOf)];
  return a.length === b.length && a.every((bytes, i) => bytes.equals(b[i] ?? Buffer.alloc(0)));
}

/** Opens the journal as the next start would, and compares it with what was acknowledged. */
async function check(path: string, acknowledged: readonly string[]): Promise<{ stored: number }> {
  const clock = { wall: () => millis(0), monotonic: () => micros(0) };
  const log = await openFeedbackLog({ path, featureHash: CRASH_FEATURES, clock });
  const reader = openJournalReader(path, CRASH_FEATURES);
  const entries = reader.entries();
  const times = new Map<string, number>();
  for (const { event } of entries) times.set(event.id, (times.get(event.id) ?? 0) + 1);
  expect(acknowledged.filter((id) => times.get(id) !== 1)).toEqual([]);
  expect([...times.values()].every((count) => count === 1)).toBe(true);
  // What was stored but not acknowledged must be whole as well.
  const damaged = entries.filter(({ seq, event }) => !same(reader.samples(seq), samplesOf(event.id)));
  expect(damaged).toEqual([]);
  reader.close();
  await log.close();
  const db = openReadOnly(path);
  expect(db.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  expect(
    db.prepare('SELECT count(*) AS n FROM sample WHERE label_seq NOT IN (SELECT seq FROM journal)').get(),
  ).toEqual({ n: 0 });
  db.close();
  return { stored: entries.length };
}

it(`keeps every acknowledged label exactly once, with its samples, over ${KILLS} kills`, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'counterpoise-crash-'));
  try {
    const chance = random(SEED);
    const path = join(folder, 'journal.sqlite');
    const acknowledged: string[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      // Most kills hit the same file again, with the write-ahead log of the crash before still in it.
      const own = await killedRun(path, `run${kill}`, chance);
      acknowledged.push(...own);
      expect(own.length).toBeGreaterThan(0);
      if (kill % 8 === 7) await check(path, acknowledged);
    }
    const { stored } = await check(path, acknowledged);
    console.info(
      `${KILLS} kills: ${acknowledged.length} labels acknowledged, ${stored} stored, 0 missing, 0 damaged`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
