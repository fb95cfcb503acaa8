/** The contract of the port, over its embedded form and its fake. */
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { micros } from '../../../proto/units.ts';
import { openJournalReader } from '../../../server/store/journal-reader.ts';
import type { FeedbackLog, JournalReader } from '../../../server/store/ports.ts';
import { openFeedbackLog } from '../../../server/store/sqlite-feedback-log.ts';
import { type JournalEvent, type LabelEvent, viewOf } from '../../../src/journal.ts';
import { FakeFeedbackLog } from '../../support/fake-feedback-log.ts';
import { add, clock, FEATURES, inFolder, label, sampleOf } from './fixtures.ts';

type Opened = { readonly log: FeedbackLog; readonly reader: () => JournalReader };

const FORMS: readonly { name: string; use: (work: (opened: Opened) => Promise<void>) => Promise<void> }[] = [
  {
    name: 'the embedded form',
    use: (work) =>
      inFolder(async (folder) => {
        const path = join(folder, 'journal.sqlite');
        const log = await openFeedbackLog({ path, featureHash: FEATURES, clock });
        try {
          await work({ log, reader: () => openJournalReader(path, FEATURES) });
        } finally {
          await log.close();
        }
      }),
  },
  {
    name: 'the fake',
    use: async (work) => {
      const log = new FakeFeedbackLog(clock);
      await work({ log, reader: () => log.reader() });
    },
  },
];

describe.each(FORMS)('FeedbackLog, $name', ({ use }) => {
  it('numbers events from 1 in the order they were appended, and gives them back', () =>
    use(async ({ log }) => {
      const events = [add('c', 'a', 'clap'), label('1'), { type: 'undo', id: 'u', labelId: '1' } as const];
      const appended = await Promise.all(events.map((event) => log.append(event)));
      expect(appended.map(({ seq, duplicate }) => [seq, duplicate])).toEqual([
        [1, false],
        [2, false],
        [3, false],
      ]);
      expect(await log.entries()).toEqual(
        events.map((event, i) => ({ seq: i + 1, at: clock.wall(), event })),
      );
      expect((await log.entries(2)).map(({ seq }) => seq)).toEqual([3]);
      expect(await log.entries(3)).toEqual([]);
    }));

  it('writes nothing for an event id it has, and answers with the first number', () =>
    use(async ({ log, reader }) => {
      const first = await log.append(label('same'), [sampleOf(1)]);
      await log.append(label('other'));
      const again = await log.append(label('same', 'b'), [sampleOf(2), sampleOf(3)]);
      expect(again).toEqual({ seq: first.seq, duplicate: true });
      const entries = await log.entries();
      expect(entries.map(({ event }) => event)).toEqual([label('same'), label('other')]);
      const journal = reader();
      expect(journal.samples(first.seq)).toEqual([sampleOf(1)]);
      journal.close();
    }));

  it('appends once when the same id is sent twice at the same time', () =>
    use(async ({ log }) => {
      const both = await Promise.all([log.append(label('x')), log.append(label('x'))]);
      expect(both).toEqual([
        { seq: 1, duplicate: false },
        { seq: 1, duplicate: true },
      ]);
    }));

  it('keeps samples bit for bit, in order of time, with missing sides as null', () =>
    use(async ({ log, reader }) => {
      const silent = { ...sampleOf(5, 2_000_000), mel: null };
      const dark = { ...sampleOf(6, 1_000_000), rgb: null, older: null };
      const special = {
        ...sampleOf(7, 3_000_000.25),
        mel: Float32Array.of(Number.NaN, -0, 1e-45, -Infinity),
      };
      const { seq } = await log.append(label('1'), [silent, dark, special]);
      const journal = reader();
      expect(journal.samples(seq)).toEqual([dark, silent, special]);
      expect(journal.samples(seq + 1)).toEqual([]);
      journal.close();
    }));

  it('stores a view without the rest of its buffer, and leaves the caller its arrays', () =>
    use(async ({ log, reader }) => {
      const ring = Float32Array.from({ length: 100 }, (_, i) => i);
      const mel = ring.subarray(10, 20);
      const { seq } = await log.append(label('1'), [{ ...sampleOf(1), mel }]);
      ring.fill(0);
      expect(mel).toHaveLength(10);
      const journal = reader();
      expect(journal.samples(seq)[0]?.mel).toEqual(Float32Array.of(10, 11, 12, 13, 14, 15, 16, 17, 18, 19));
      journal.close();
    }));

  it('shows a reader a part of the journal', () =>
    use(async ({ log, reader }) => {
      for (const id of ['1', '2', '3', '4']) await log.append(label(id));
      const journal = reader();
      expect(journal.entries().map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
      expect(journal.entries(1, 3).map(({ seq }) => seq)).toEqual([2, 3]);
      journal.close();
    }));

  it('forgets a class: its labels, samples and names are gone, the rest stays', () =>
    use(async ({ log, reader }) => {
      await log.append(add('c1', 'a', 'clap'));
      await log.append(add('c2', 'b', 'whistle'));
      const gone = await log.append(label('1', 'a'), [sampleOf(1)]);
      const stays = await log.append(label('2', 'b'), [sampleOf(2)]);
      await log.append({ type: 'class-rename', id: 'r', classId: 'a', name: 'applause' });
      const forgotten = await log.forget('f', 'a');
      expect(forgotten).toEqual({ seq: 6, duplicate: false });
      expect((await log.entries()).map(({ event }) => event)).toEqual([
        { type: 'erased', id: 'c1', forgetId: 'f' },
        add('c2', 'b', 'whistle'),
        { type: 'erased', id: '1', forgetId: 'f' },
        label('2', 'b'),
        { type: 'erased', id: 'r', forgetId: 'f' },
        { type: 'forget', id: 'f', classId: 'a' },
      ]);
      const journal = reader();
      expect(journal.samples(gone.seq)).toEqual([]);
      expect(journal.samples(stays.seq)).toEqual([sampleOf(2)]);
      journal.close();
      expect((await log.stats()).labels).toBe(1);
    }));

  it('forgets what the model had believed of the forgotten samples', () =>
    use(async ({ log }) => {
      const score = (id: string, labelId: string): JournalEvent => ({
        type: 'score',
        id,
        labelId,
        samples: [],
      });
      for (const event of [label('1', 'a'), score('s1', '1'), label('2', 'b'), score('s2', '2')])
        await log.append(event);
      const types = async () => (await log.entries()).map(({ event }) => event.type);
      await log.forget('f1', 'a');
      expect(await types()).toEqual(['erased', 'erased', 'label', 'score', 'forget']);
      await log.forget('f2', null);
      expect(await types()).toEqual(['erased', 'erased', 'erased', 'erased', 'forget', 'forget']);
    }));

  it('forgets what a gate said, because it may have named the class', () =>
    use(async ({ log }) => {
      const verdict = "not promoted: 'clap' lost 20 points";
      await log.append({ type: 'rejection', id: 'x', round: 1, verdict, heldOut: null });
      await log.forget('f', 'a');
      expect((await log.entries()).map(({ event }) => event)).toEqual([
        { type: 'rejection', id: 'x', round: 1, verdict: '', heldOut: null },
        { type: 'forget', id: 'f', classId: 'a' },
      ]);
    }));

  it('does not bring a forgotten label back when its client sends it again', () =>
    use(async ({ log }) => {
      await log.append(label('1', 'a'), [sampleOf(1)]);
      await log.forget('f', 'a');
      expect(await log.append(label('1', 'a'), [sampleOf(1)])).toEqual({ seq: 1, duplicate: true });
      expect(viewOf(await log.entries()).labels).toEqual([]);
    }));

  it('forgets once for each id, and everything for null, unknown labels too', () =>
    use(async ({ log, reader }) => {
      await log.append(add('c', 'a', 'clap'));
      await log.append(label('1', 'a'), [sampleOf(1)]);
      await log.append(label('2', null), [sampleOf(2)]);
      await log.forget('f', null);
      await log.append(label('3', 'a'));
      expect(await log.forget('f', null)).toEqual({ seq: 4, duplicate: true });
      const view = viewOf(await log.entries());
      expect(view.classes).toEqual([]);
      expect(view.labels.map(({ id }) => id)).toEqual(['3']);
      const journal = reader();
      expect([2, 3].map((seq) => journal.samples(seq))).toEqual([[], []]);
      journal.close();
    }));

  it('forgets a span: every label that shares a moment with it, undone or not, and what was said of them', () =>
    use(async ({ log, reader }) => {
      const at = (id: string, start: number, end: number, sessionId = 's'): LabelEvent => ({
        ...label(id),
        ...{ sessionId, start: micros(start), end: micros(end) },
      });
      await log.append(add('c', 'a', 'clap'));
      for (const one of [at('1', 0, 10), at('2', 10, 20), at('3', 15, 30), at('4', 12, 14, 'other')])
        await log.append(one, [sampleOf(1)]);
      await log.append({ type: 'score', id: 's2', labelId: '2', samples: [] });
      await log.append({ type: 'keep', id: 'k3', labelId: '3', by: 'somebody' });
      await log.append({ type: 'undo', id: 'u2', labelId: '2', by: 'somebody' });
      const span = { sessionId: 's', start: micros(10), end: micros(16) };
      expect(await log.forget('f', span)).toEqual({ seq: 9, duplicate: false });
      expect(await log.forget('f', span)).toEqual({ seq: 9, duplicate: true });
      expect((await log.entries()).map(({ event }) => event)).toEqual([
        add('c', 'a', 'clap'),
        at('1', 0, 10),
        { type: 'erased', id: '2', forgetId: 'f' },
        { type: 'erased', id: '3', forgetId: 'f' },
        at('4', 12, 14, 'other'),
        { type: 'erased', id: 's2', forgetId: 'f' },
        { type: 'erased', id: 'k3', forgetId: 'f' },
        { type: 'undo', id: 'u2', labelId: '2' },
        { type: 'forget-span', id: 'f', ...span },
      ]);
      const journal = reader();
      expect([2, 3, 4, 5].map((seq) => journal.samples(seq).length)).toEqual([1, 0, 0, 1]);
      journal.close();
    }));

  it('changes a label: its undo, and another with its samples, once for each id', () =>
    use(async ({ log, reader }) => {
      await log.append(label('1', 'a'), [sampleOf(1), sampleOf(2)]);
      const better: LabelEvent = { ...label('2', 'b'), replaces: '1' };
      expect(await log.change({ label: better, by: 'Ada' }, 1)).toEqual({ seq: 3, duplicate: false });
      expect(await log.change({ label: better, by: 'Ada' }, 1)).toEqual({ seq: 3, duplicate: true });
      expect((await log.entries()).map(({ event }) => event)).toEqual([
        label('1', 'a'),
        { type: 'undo', id: '2:undo', labelId: '1', by: 'Ada' },
        better,
      ]);
      const journal = reader();
      expect(journal.samples(3)).toEqual(journal.samples(1));
      expect(journal.samples(3)).toHaveLength(2);
      journal.close();
    }));

  it('counts labels, undone ones too, and the bytes they take', () =>
    use(async ({ log }) => {
      const before = await log.stats();
      await log.append(label('1'), [sampleOf(1), sampleOf(2)]);
      await log.append({ type: 'undo', id: 'u', labelId: '1' });
      const after = await log.stats();
      expect(after.labels).toBe(1);
      expect(after.bytes - before.bytes).toBeGreaterThanOrEqual(2 * (96 * 64 * 4 + 2 * 96 * 96 * 3));
    }));

  it('refuses forget and erased events and samples without a label with ERR_STORE_EVENT', () =>
    use(async ({ log }) => {
      const code = 'ERR_STORE_EVENT';
      await expect(log.append({ type: 'forget', id: 'f', classId: null })).rejects.toMatchObject({ code });
      await expect(log.append({ type: 'erased', id: 'f', forgetId: 'g' })).rejects.toMatchObject({ code });
      await expect(log.append(add('c', 'a', 'clap'), [sampleOf(1)])).rejects.toMatchObject({ code });
      expect(await log.entries()).toEqual([]);
    }));

  it('finishes what was appended before it closes, closes once, and then refuses with ERR_STORE_CLOSED', () =>
    use(async ({ log }) => {
      const last = log.append(label('1'));
      await log.close();
      expect(await last).toEqual({ seq: 1, duplicate: false });
      await log.close();
      const code = 'ERR_STORE_CLOSED';
      await expect(log.append(label('2'))).rejects.toMatchObject({ code });
      await expect(log.entries()).rejects.toMatchObject({ code });
      await expect(log.forget('f', null)).rejects.toMatchObject({ code });
    }));
});

type Command =
  | { readonly type: 'label'; readonly id: number; readonly classId: string | null; readonly samples: number }
  | { readonly type: 'add'; readonly id: number; readonly classId: string }
  | { readonly type: 'undo' | 'score'; readonly id: number; readonly of: number }
  | { readonly type: 'forget'; readonly id: number; readonly classId: string | null }
  | { readonly type: 'reopen' }
  | { readonly type: 'crash' };

const ids = fc.nat(15); // few, so that duplicates are common
const classIds = fc.constantFrom('a', 'b');
const commands: fc.Arbitrary<Command[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        type: fc.constant('label' as const),
        id: ids,
        classId: fc.option(classIds),
        samples: fc.nat(3),
      }),
    },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('add' as const), id: ids, classId: classIds }) },
    {
      weight: 3,
      arbitrary: fc.record({ type: fc.constantFrom('undo' as const, 'score' as const), id: ids, of: ids }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ type: fc.constant('forget' as const), id: ids, classId: fc.option(classIds) }),
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('reopen' as const, 'crash' as const) }) },
  ),
  { maxLength: 20 },
);

const eventOf = (command: Exclude<Command, { type: 'forget' | 'reopen' | 'crash' }>): JournalEvent => {
  const id = `id${command.id}`;
  if (command.type === 'label') return label(id, command.classId);
  if (command.type === 'add') return add(id, command.classId, `name ${command.id}`);
  if (command.type === 'undo') return { type: 'undo', id, labelId: `id${command.of}` };
  return { type: 'score', id, labelId: `id${command.of}`, samples: [] };
};

const tiny = (id: number, i: number) => ({
  start: micros(i),
  end: micros(i + 1),
  mel: Float32Array.of(id, i),
  rgb: null,
  older: Uint8Array.of(id),
});

describe('the embedded feedback log against the fake as its model', () => {
  it('answers and holds the same after any appends, duplicates, undos, forgets, crashes and reopenings', async () => {
    await fc.assert(
      fc.asyncProperty(commands, (sequence) =>
        inFolder(async (folder) => {
          let path = join(folder, '0.sqlite');
          const open = () => openFeedbackLog({ path, featureHash: FEATURES, clock });
          let crashes = 0;
          /** What a crash leaves: the file and its write-ahead log as they stand, never closed. */
          const crashed = async () => {
            const left = join(folder, `${++crashes}.sqlite`);
            for (const suffix of ['', '-wal']) await copyFile(`${path}${suffix}`, `${left}${suffix}`);
            return left;
          };
          const model = new FakeFeedbackLog(clock);
          let log = await open();
          try {
            for (const command of sequence) {
              if (command.type === 'reopen' || command.type === 'crash') {
                const next = command.type === 'crash' ? await crashed() : path;
                await log.close();
                path = next;
                log = await open();
              } else if (command.type === 'forget') {
                const forget = (each: FeedbackLog) => each.forget(`id${command.id}`, command.classId);
                expect(await forget(log)).toEqual(await forget(model));
              } else {
                const samples =
                  command.type === 'label'
                    ? Array.from({ length: command.samples }, (_, i) => tiny(command.id, i))
                    : [];
                const append = (each: FeedbackLog) => each.append(eventOf(command), samples);
                expect(await append(log)).toEqual(await append(model));
              }
            }
            const entries = await log.entries();
            expect(entries).toEqual(await model.entries());
            const reader = openJournalReader(path, FEATURES);
            const expected = model.reader();
            for (const { seq } of entries) expect(reader.samples(seq)).toEqual(expected.samples(seq));
            reader.close();
          } finally {
            await log.close();
          }
        }),
      ),
      { numRuns: 12 }, // each opens files and threads: about 0.15 s on an idle machine
    );
  }, 120_000);
});
