import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { openJournalReader } from '../../../server/store/journal-reader.ts';
import type { FeedbackLog } from '../../../server/store/ports.ts';
import { openWritable } from '../../../server/store/sqlite.ts';
import { type FeedbackLogOptions, openFeedbackLog } from '../../../server/store/sqlite-feedback-log.ts';
import { add, clock, FEATURES, inFolder, label, sampleOf } from './fixtures.ts';

const withLog = (
  options: Partial<FeedbackLogOptions>,
  work: (log: FeedbackLog, path: string) => Promise<void>,
) =>
  inFolder(async (folder) => {
    const path = join(folder, 'deep', 'journal.sqlite');
    const log = await openFeedbackLog({ path, featureHash: FEATURES, clock, ...options });
    try {
      await work(log, path);
    } finally {
      await log.close();
    }
  });

/** Bytes of the file and of its write-ahead log. */
const onDisk = async (path: string): Promise<Buffer> =>
  Buffer.concat([await readFile(path), await readFile(`${path}-wal`).catch(() => Buffer.alloc(0))]);

describe('openFeedbackLog', () => {
  it('makes the folder, and says where the file is', () =>
    withLog({}, async (log, path) => {
      expect((await log.stats()).path).toBe(path);
    }));

  it('finds everything again after it was closed', () =>
    withLog({}, async (log, path) => {
      await log.append(label('1'), [sampleOf(1)]);
      await log.close();
      const again = await openFeedbackLog({ path, featureHash: FEATURES, clock });
      expect((await again.entries()).map(({ event }) => event)).toEqual([label('1')]);
      expect(await again.append(label('2'))).toEqual({ seq: 2, duplicate: false });
      await again.close();
    }));

  it('keeps embeddings in place of raw features, copies them with a changed label, and refuses a signal that is none', () =>
    withLog({}, async (log, path) => {
      const sample = {
        ...{ ...sampleOf(1), mel: null, rgb: null, older: null },
        audioEmbedding: { values: Float32Array.of(1.5, -2), signal: 'silent' },
        videoEmbedding: { values: Float32Array.of(0.25), signal: 'live' },
      } as const;
      const { seq } = await log.append(label('1'), [sample]);
      const change = { label: { ...label('2'), replaces: '1' }, by: 'Ada' };
      const changed = await log.change(change, seq);
      const reader = openJournalReader(path, FEATURES);
      expect(reader.samples(seq)).toEqual([sample]);
      expect(reader.samples(changed.seq)).toEqual([sample]);
      reader.close();
      await log.close();
      const db = openWritable(path, 2 ** 30);
      db.exec(`UPDATE sample SET video_signal = 'odd'`);
      db.close();
      const again = openJournalReader(path, FEATURES);
      expect(() => again.samples(seq)).toThrow(expect.objectContaining({ code: 'ERR_STORE_CORRUPT' }));
      again.close();
    }));

  it('refuses a file with other features with ERR_STORE_FEATURES, names the remedy, and leaves it as it was', () =>
    withLog({}, async (log, path) => {
      await log.append(label('1'));
      await log.close();
      const other = openFeedbackLog({ path, featureHash: 'feature-hash-2', clock });
      await expect(other).rejects.toMatchObject({
        code: 'ERR_STORE_FEATURES',
        message: expect.stringMatching(/feature-hash-1.*feature-hash-2.*--project/),
      });
      const right = await openFeedbackLog({ path, featureHash: FEATURES, clock });
      expect(await right.entries()).toHaveLength(1);
      await right.close();
    }));

  it('refuses a file that is no journal with ERR_STORE_CORRUPT', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'journal.sqlite');
      await writeFile(path, 'not a database, but long enough to be looked at as one. '.repeat(50));
      await expect(openFeedbackLog({ path, featureHash: FEATURES, clock })).rejects.toMatchObject({
        code: 'ERR_STORE_CORRUPT',
      });
    }));

  it('refuses a path that cannot be a file with ERR_STORE_IO', () =>
    inFolder(async (folder) => {
      await expect(openFeedbackLog({ path: folder, featureHash: FEATURES, clock })).rejects.toMatchObject({
        code: 'ERR_STORE_IO',
      });
    }));

  it('rejects what does not fit with ERR_STORE_FULL, loses nothing else, and lives on', () =>
    withLog({ maxBytes: 2 ** 20 }, async (log, path) => {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 30 }, (_, i) => log.append(label(`l${i}`), [sampleOf(i)])),
      );
      const stored = outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value.seq] : []));
      const refused = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
      expect(stored.length).toBeGreaterThan(5); // 1 MiB holds about 12 samples of 80 kB
      expect(refused.length).toBeGreaterThan(5);
      for (const reason of refused) expect(reason).toMatchObject({ code: 'ERR_STORE_FULL' });
      const entries = await log.entries();
      expect(entries.map(({ seq }) => seq)).toEqual(stored);
      const reader = openJournalReader(path, FEATURES);
      for (const { seq, event } of entries)
        expect(reader.samples(seq)).toEqual([sampleOf(Number(event.id.slice(1)))]);
      reader.close();
      // A person can make room, and what was refused can be sent again.
      await log.forget('f', 'a');
      expect(await log.append(label('l29'), [sampleOf(29)])).toMatchObject({ duplicate: false });
    }));

  it('refuses an append beyond those that may wait with ERR_STORE_QUEUE, and takes it later', () =>
    withLog({ maxWaiting: 2 }, async (log) => {
      const [first, second, third] = [log.append(label('1')), log.append(label('2')), log.append(label('3'))];
      await expect(third).rejects.toMatchObject({ code: 'ERR_STORE_QUEUE' });
      expect([(await first).seq, (await second).seq]).toEqual([1, 2]);
      expect(await log.append(label('3'))).toEqual({ seq: 3, duplicate: false });
    }));

  it('bounds the samples that wait in bytes, but always takes a single append', () =>
    withLog({ maxWaitingBytes: 100_000 }, async (log) => {
      const large = log.append(label('1'), [sampleOf(1), sampleOf(2)]); // 160 kB
      await expect(log.append(label('2'), [sampleOf(3)])).rejects.toMatchObject({ code: 'ERR_STORE_QUEUE' });
      expect(await large).toEqual({ seq: 1, duplicate: false });
    }));
});

describe('forget', () => {
  it('leaves no byte of names or samples in the file or its log, and gives the space back', () =>
    withLog({}, async (log, path) => {
      const secret = 'my very private gesture';
      await log.append(add('c', 'a', secret));
      await log.append({ type: 'class-rename', id: 'r', classId: 'a', name: `${secret} renamed` });
      await log.append(add('d', 'b', 'public'));
      const marked = { ...sampleOf(1), rgb: new Uint8Array(96 * 96 * 3).fill(0xa7) };
      for (let i = 0; i < 40; i++)
        await log.append(label(`l${i}`, i % 2 ? 'a' : 'b'), [i % 2 ? marked : sampleOf(i)]);
      const before = await onDisk(path);
      const run = Buffer.alloc(64, 0xa7);
      expect([before.includes(secret), before.includes(run)]).toEqual([true, true]);
      const { bytes } = await log.stats();
      await log.forget('f', 'a');
      const after = await onDisk(path);
      expect([after.includes(secret), after.includes(run), after.includes('public')]).toEqual([
        false,
        false,
        true,
      ]);
      expect((await log.stats()).bytes).toBeLessThan(bytes * 0.6);
    }));

  it('works while another process has the journal open', () =>
    withLog({}, async (log, path) => {
      const reader = openJournalReader(path, FEATURES);
      await log.append(label('1'), [sampleOf(1)]);
      expect(reader.samples(1)).toEqual([sampleOf(1)]);
      await log.forget('f', null);
      expect(reader.samples(1)).toEqual([]);
      expect(reader.entries().map(({ event }) => event.type)).toEqual(['erased', 'forget']);
      reader.close();
    }));
});
