/** The contract of the port, over its embedded form and its fake. */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { openModelRegistry } from '../../../server/store/folder-model-registry.ts';
import type { ModelRegistry } from '../../../server/store/ports.ts';
import { FakeModelRegistry } from '../../support/fake-model-registry.ts';
import { inFolder } from './fixtures.ts';

/** Writes a checkpoint of two files whose bytes follow from `name`, with its manifest. */
async function writeCheckpoint(folder: string, name: string): Promise<void> {
  const files: Record<string, string> = {};
  for (const file of ['weights.bin', 'prototypes.bin']) {
    const content = `${file} of ${name}`;
    await writeFile(join(folder, file), content);
    files[file] = createHash('sha256').update(content).digest('hex');
  }
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ files, name }));
}

type Use = {
  readonly registry: ModelRegistry;
  /** Stages a candidate and promotes it. */
  readonly promote: (version: number) => Promise<void>;
  /** Makes a stored version's digests fail. */
  readonly damage: (folder: string) => Promise<void>;
  readonly serve: (version: number) => void;
};

const FORMS: readonly { name: string; use: (work: (use: Use) => Promise<void>) => Promise<void> }[] = [
  {
    name: 'the embedded form',
    use: (work) =>
      inFolder(async (folder) => {
        let serving: number | null = null;
        const registry = await openModelRegistry({ folder: join(folder, 'models'), serving: () => serving });
        await work({
          registry,
          promote: async (version) => {
            const staged = await registry.stage();
            await writeCheckpoint(staged, `version ${version}`);
            await registry.promote(staged, version);
          },
          damage: (version) => writeFile(join(version, 'weights.bin'), 'other bytes'),
          serve: (version) => {
            serving = version;
          },
        });
      }),
  },
  {
    name: 'the fake',
    use: async (work) => {
      let serving: number | null = null;
      const registry = new FakeModelRegistry(() => serving);
      await work({
        registry,
        promote: async (version) => void (await registry.promote(await registry.stage(), version)),
        damage: async (folder) => registry.breakFolder(folder),
        serve: (version) => {
          serving = version;
        },
      });
    },
  },
];

const versionsOf = async (registry: ModelRegistry) => (await registry.list()).map(({ version }) => version);

describe.each(FORMS)('ModelRegistry, $name', ({ use }) => {
  it('lists what was promoted, in order, and gets each', () =>
    use(async ({ registry, promote }) => {
      expect(await registry.list()).toEqual([]);
      for (const version of [0, 2, 1]) await promote(version);
      const records = await registry.list();
      expect(records.map(({ version }) => version)).toEqual([0, 1, 2]);
      expect(new Set(records.map(({ sha256 }) => sha256)).size).toBe(3);
      for (const record of records) expect(await registry.get(record.version)).toEqual(record);
    }));

  it('keeps version 0 and the five newest', () =>
    use(async ({ registry, promote }) => {
      for (let version = 0; version <= 7; version++) await promote(version);
      expect(await versionsOf(registry)).toEqual([0, 3, 4, 5, 6, 7]);
    }));

  it('keeps the version that serves, however old', () =>
    use(async ({ registry, promote, serve }) => {
      for (let version = 0; version <= 5; version++) await promote(version);
      serve(1); // a rollback
      for (let version = 6; version <= 8; version++) await promote(version);
      expect(await versionsOf(registry)).toEqual([0, 1, 4, 5, 6, 7, 8]);
      serve(8);
      await promote(9);
      expect(await versionsOf(registry)).toEqual([0, 5, 6, 7, 8, 9]);
    }));

  it('leaves no trace of a discarded candidate', () =>
    use(async ({ registry }) => {
      const staged = await registry.stage();
      await registry.discard(staged);
      await registry.discard(staged);
      await expect(registry.promote(staged, 1)).rejects.toThrow();
      expect(await registry.list()).toEqual([]);
    }));

  it('refuses another candidate under a version that exists with ERR_STORE_VERSION_TAKEN, and keeps the first', () =>
    use(async ({ registry, promote }) => {
      await promote(1);
      const before = await registry.list();
      const other = await registry.stage();
      await writeCheckpoint(other, 'another').catch(() => undefined); // the fake's folders are names only
      await expect(registry.promote(other, 1)).rejects.toMatchObject({ code: 'ERR_STORE_VERSION_TAKEN' });
      expect(await registry.list()).toEqual(before);
    }));

  it('refuses a version that is no whole number from 0 with ERR_CHECKPOINT_FORMAT', () =>
    use(async ({ registry }) => {
      const staged = await registry.stage();
      for (const version of [-1, 1.5, Number.NaN])
        await expect(registry.promote(staged, version)).rejects.toMatchObject({
          code: 'ERR_CHECKPOINT_FORMAT',
        });
    }));

  it('refuses a damaged version with ERR_CHECKPOINT_DIGEST and a missing one with ERR_CHECKPOINT_FORMAT', () =>
    use(async ({ registry, promote, damage }) => {
      await promote(1);
      await damage((await registry.get(1)).folder);
      await expect(registry.get(1)).rejects.toMatchObject({ code: 'ERR_CHECKPOINT_DIGEST' });
      await expect(registry.get(2)).rejects.toMatchObject({ code: 'ERR_CHECKPOINT_FORMAT' });
    }));

  it('has nothing left of a version that was removed; removing it twice changes nothing', () =>
    use(async ({ registry, promote }) => {
      for (const version of [0, 1, 2]) await promote(version);
      await registry.remove(1);
      await registry.remove(1);
      expect(await versionsOf(registry)).toEqual([0, 2]);
      await expect(registry.get(1)).rejects.toMatchObject({ code: 'ERR_CHECKPOINT_FORMAT' });
    }));
});

describe('openModelRegistry', () => {
  const open = (folder: string) => openModelRegistry({ folder, serving: () => null });

  it('stores a version as a folder of its files, and finds it again', () =>
    inFolder(async (folder) => {
      const registry = await open(folder);
      const staged = await registry.stage();
      await writeCheckpoint(staged, 'one');
      const record = await registry.promote(staged, 12);
      expect(record.folder).toBe(join(folder, 'v000012'));
      expect(await readdir(folder)).toEqual(['v000012']);
      const manifest = await readFile(join(record.folder, 'manifest.json'));
      expect(record.sha256).toBe(createHash('sha256').update(manifest).digest('hex'));
      expect(await (await open(folder)).get(12)).toEqual(record);
    }));

  it('sweeps what a crash left: staged and half removed folders, nothing else', () =>
    inFolder(async (folder) => {
      const registry = await open(folder);
      await writeCheckpoint(await registry.stage(), 'never promoted');
      const staged = await registry.stage();
      await writeCheckpoint(staged, 'one');
      await registry.promote(staged, 1);
      await writeFile(join(folder, '.removed-x'), '');
      await writeFile(join(folder, 'notes.txt'), 'mine');
      await open(folder);
      expect((await readdir(folder)).sort()).toEqual(['notes.txt', 'v000001']);
    }));

  it('does again what a crash after the promotion left undone', () =>
    inFolder(async (folder) => {
      const registry = await open(folder);
      const [first, again] = [await registry.stage(), await registry.stage()];
      for (const staged of [first, again]) await writeCheckpoint(staged, 'the same');
      const record = await registry.promote(first, 1);
      expect(await registry.promote(again, 1)).toEqual(record);
      expect(await readdir(folder)).toEqual(['v000001']);
    }));

  it('promotes nothing whose digests do not hold, and leaves the candidate to its owner', () =>
    inFolder(async (folder) => {
      const registry = await open(folder);
      const staged = await registry.stage();
      await writeCheckpoint(staged, 'one');
      await writeFile(join(staged, 'prototypes.bin'), 'spoilt');
      await expect(registry.promote(staged, 1)).rejects.toMatchObject({ code: 'ERR_CHECKPOINT_DIGEST' });
      expect(await registry.list()).toEqual([]);
      expect((await stat(staged)).isDirectory()).toBe(true);
    }));

  it.each([
    ['no JSON', 'nonsense'],
    ['no files', '{}'],
    ['an empty list', '{"files":{}}'],
    ['a path', `{"files":{"../weights.bin":"${'0'.repeat(64)}"}}`],
    ['itself', `{"files":{"manifest.json":"${'0'.repeat(64)}"}}`],
    ['no digest', '{"files":{"weights.bin":"12"}}'],
  ])('refuses a manifest with %s with ERR_CHECKPOINT_FORMAT', (_, manifest) =>
    inFolder(async (folder) => {
      const registry = await open(folder);
      const staged = await registry.stage();
      await writeFile(join(staged, 'weights.bin'), 'w');
      await writeFile(join(staged, 'manifest.json'), manifest);
      await expect(registry.promote(staged, 1)).rejects.toMatchObject({ code: 'ERR_CHECKPOINT_FORMAT' });
    }),
  );

  it('moves and removes only folders that it staged', () =>
    inFolder(async (folder) => {
      const registry = await open(join(folder, 'models'));
      const foreign = join(folder, 'somewhere');
      await expect(registry.promote(foreign, 1)).rejects.toMatchObject({ code: 'ERR_STORE_IO' });
      await expect(registry.discard(folder)).rejects.toMatchObject({ code: 'ERR_STORE_IO' });
      await expect(registry.discard(join(folder, 'models', '.staged-x', '..', '..'))).rejects.toMatchObject({
        code: 'ERR_STORE_IO',
      });
    }));

  it('refuses a path that is a file with ERR_STORE_IO', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'file');
      await writeFile(path, '');
      await expect(open(path)).rejects.toMatchObject({ code: 'ERR_STORE_IO' });
    }));
});
