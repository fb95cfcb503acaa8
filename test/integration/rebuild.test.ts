/** What a project's journal is worth: its versions trained again, bit for bit, and a changed weight found. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { parseRebuild, rebuild } from '../../server/cli/rebuild.ts';
import { openBackend } from '../../server/compute/backend.ts';
import { type RecordedProject, recordProject } from '../support/recorded-project.ts';

const { report } = await openBackend('auto');

let project: RecordedProject;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'counterpoise-rebuild-test-'));
  const course = { seed: 7, steps: 8, followUps: 1, spans: 4, policy: 'uni-modal-pmr' } as const;
  project = await recordProject({ ...course, report });
});
afterAll(async () => {
  await project?.remove();
  await rm(folder, { recursive: true, force: true });
});

async function run(dataFolder: string, ...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  const code = await rebuild(parseRebuild(['--data', dataFolder, ...args]), (line) => lines.push(line));
  return { code, lines };
}

describe(`counterpoise rebuild on ${report.backend}`, () => {
  it('trains every version again to the same bits, and keeps them where it is told', async () => {
    const out = join(folder, 'rebuilt');
    const { code, lines } = await run(project.dataFolder, '--out', out);
    expect(lines.join('\n')).toMatch(/^version 0 +the seed +identical +weights sha-256 [0-9a-f]{64}$/m);
    expect(lines.join('\n')).toMatch(/^version 1 +round 1 +identical +weights sha-256 [0-9a-f]{64}$/m);
    expect(lines.join('\n')).not.toContain('DIFFERS');
    expect(code).toBe(0);
    expect(await readdir(out)).toEqual(await readdir(join(project.folder, 'models')));
    await expect(run(project.dataFolder, '--out', out)).rejects.toMatchObject({ code: 'ERR_CLI_OPTION' });
  });

  it('finds a weight that was changed by hand, says by how much, and ends with 1', async () => {
    const copy = join(folder, 'tampered');
    await cp(project.dataFolder, copy, { recursive: true });
    const path = join(copy, 'default', 'models', 'v000001', 'weights.bin');
    const bytes = await readFile(path);
    bytes.writeFloatLE(bytes.readFloatLE(4000) + 0.5, 4000);
    await writeFile(path, bytes);
    const { code, lines } = await run(copy, '--until', 'v1');
    expect(lines[1]).toMatch(
      /^version 1 .*DIFFERS +weights.bin is another, largest absolute difference 5\.0/,
    );
    expect(lines.at(-1)).toBe('1 of 2 versions identical');
    expect(code).toBe(1);
  });

  it('stops where it is told, and refuses what the journal does not hold', async () => {
    const { lines } = await run(project.dataFolder, '--until', 'label-3');
    expect(lines).toEqual([expect.stringMatching(/^version 0 /), '1 of 1 versions identical']);
    await expect(run(project.dataFolder, '--until', 'v99')).rejects.toThrow(/v99.*versions are v0, v1/);
    await expect(run(folder)).rejects.toMatchObject({ code: 'ERR_CLI_OPTION' });
  });
});
