import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { openJournalReader } from '../../../server/store/journal-reader.ts';
import { openFeedbackLog } from '../../../server/store/sqlite-feedback-log.ts';
import { clock, FEATURES, inFolder, label, sampleOf } from './fixtures.ts';

describe('openJournalReader', () => {
  it('sees each append from the moment it was acknowledged', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'journal.sqlite');
      const log = await openFeedbackLog({ path, featureHash: FEATURES, clock });
      const reader = openJournalReader(path, FEATURES);
      for (let i = 1; i <= 20; i++) {
        const { seq } = await log.append(label(`l${i}`), [sampleOf(i)]);
        expect(reader.entries(seq - 1).map(({ event }) => event.id)).toEqual([`l${i}`]);
        expect(reader.samples(seq)).toEqual([sampleOf(i)]);
      }
      reader.close();
      await log.close();
    }));

  it('reads whole entries, with every sample, while the writer writes', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'journal.sqlite');
      const log = await openFeedbackLog({ path, featureHash: FEATURES, clock });
      const reader = openJournalReader(path, FEATURES);
      let writing = true;
      const written = Promise.all(
        Array.from({ length: 200 }, (_, i) => log.append(label(`l${i}`), [sampleOf(i), sampleOf(i + 1)])),
      ).finally(() => {
        writing = false;
      });
      let last = 0;
      while (writing) {
        const entries = reader.entries(last);
        for (const { seq } of entries) expect(reader.samples(seq)).toHaveLength(2);
        expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, i) => last + 1 + i));
        last += entries.length;
        await new Promise(setImmediate);
      }
      await written;
      expect(reader.entries()).toHaveLength(200);
      reader.close();
      await log.close();
    }));

  it('refuses a journal of other features with ERR_STORE_FEATURES', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'journal.sqlite');
      await (await openFeedbackLog({ path, featureHash: FEATURES, clock })).close();
      expect(() => openJournalReader(path, 'other')).toThrow(
        expect.objectContaining({ code: 'ERR_STORE_FEATURES' }),
      );
    }));

  it('refuses a file that is not there with ERR_STORE_IO, and makes none', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'journal.sqlite');
      const missing = expect.objectContaining({ code: 'ERR_STORE_IO' });
      expect(() => openJournalReader(path, FEATURES)).toThrow(missing);
      expect(() => openJournalReader(path, FEATURES)).toThrow(missing);
    }));

  it('closes once, and refuses to read afterwards with ERR_STORE_CLOSED', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'journal.sqlite');
      const log = await openFeedbackLog({ path, featureHash: FEATURES, clock });
      const reader = openJournalReader(path, FEATURES);
      reader.close();
      reader.close();
      expect(() => reader.entries()).toThrow(expect.objectContaining({ code: 'ERR_STORE_CLOSED' }));
      await log.close();
    }));
});
