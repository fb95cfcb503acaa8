/** What a project's journal is worth: its versions trained again, bit for bit, a changed weight found, and policies tried on it. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { parseRebuild, rebuild } from '../../server/cli/rebuild.ts';
import { parseReplay, replay } from '../../server/cli/replay.ts';
import { openBackend } from '../../server/compute/backend.ts';
import { limitThreads } from '../../server/compute/threads.ts';
import { audioEncoder, initWeights, videoEncoder } from '../../src/model/encoders.ts';
import { random } from '../../src/random.ts';
import { type RecordedProject, recordProject } from '../support/recorded-project.ts';

limitThreads();
const { report } = await openBackend('auto');

let project: RecordedProject;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'counterpoise-rebuild-test-'));
  const course = { seed: 7, steps: 4, followUps: 1, spans: 4, policy: 'uni-modal-pmr' } as const;
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

  it('keeps a project’s fusion, and what frozen encoders said of each window', async () => {
    const course = {
      seed: 7,
      steps: 4,
      followUps: 0,
      spans: 4,
      policy: 'head-only',
      fusion: 'film',
    } as const;
    const film = await recordProject({ ...course, report });
    try {
      const out = join(folder, 'film');
      const { code, lines } = await run(film.dataFolder, '--out', out);
      expect([code, lines.at(-1)]).toEqual([0, expect.stringMatching(/identical|repeated/)]);
      const manifest = await readFile(join(out, 'v000000', 'manifest.json'), 'utf8');
      expect(JSON.parse(manifest)).toMatchObject({ fusion: 'film' });
    } finally {
      await film.remove();
    }
  });

  it('begins where a project began, though the program ships another starter; without its copy nothing can be run', async () => {
    const encoders = {
      audio: initWeights(audioEncoder, random(99)),
      video: initWeights(videoEncoder, random(99)),
    };
    const starter = { encoders, steps: 5000, sha256: 'of another release' };
    const course = { seed: 7, steps: 4, followUps: 0, spans: 4, policy: 'uni-modal-pmr', starter } as const;
    const begun = await recordProject({ ...course, report });
    try {
      const { code, lines } = await run(begun.dataFolder);
      expect(lines[0]).toMatch(/^version 0 +a starter +identical .*this program ships another starter$/);
      expect(lines.length).toBeGreaterThan(2);
      expect(lines.join('\n')).not.toContain('DIFFERS');
      expect(code).toBe(0);
      const models = join(begun.folder, 'models');
      const kept = join(models, 'v000001', 'manifest.json');
      expect(JSON.parse(await readFile(kept, 'utf8')).notes.starter).toBe('of another release');
      await rm(join(models, 'v000000'), { recursive: true });
      const without = await run(begun.dataFolder);
      expect(without.lines[0]).toMatch(
        /^version 0 +its start +skipped +it began from the starter of another /,
      );
      expect(without.lines[1]).toMatch(/^version 1 +round 1 +skipped +its base, version 0, was not rebuilt$/);
    } finally {
      await begun.remove();
    }
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
    expect(lines.slice(2)).toEqual(['1 of 2 versions identical', expect.stringContaining('changed by hand')]);
    expect(code).toBe(1);
  });

  it.skipIf(report.backend === 'wasm')('says so where another backend gives other bits', async () => {
    const { code, lines } = await run(project.dataFolder, '--until', 'v1', '--backend', 'wasm');
    expect(lines[1]).toMatch(
      /DIFFERS +weights.bin is another \(trained on graph then, on wasm now\), largest/,
    );
    expect(code).toBe(1);
  });

  it('stops where it is told, and refuses what the journal does not hold', async () => {
    const { lines } = await run(project.dataFolder, '--until', 'label-3');
    expect(lines).toEqual([expect.stringMatching(/^version 0 /), '1 of 1 versions identical']);
    await expect(run(project.dataFolder, '--until', 'v99')).rejects.toThrow(/v99.*versions are v0, v1/);
    await expect(run(folder)).rejects.toMatchObject({ code: 'ERR_CLI_OPTION' });
  });
});

describe(`counterpoise replay on ${report.backend}`, () => {
  const replayed = async (json: string): Promise<{ lines: string[]; written: string }> => {
    const lines: string[] = [];
    const args = ['--data', project.dataFolder, '--policy', 'frozen,uni-modal-pmr', '--json', json];
    args.push('--plots', join(folder, 'plots'));
    expect(await replay(parseReplay(args), (line) => lines.push(line))).toBe(0);
    return { lines, written: await readFile(json, 'utf8') };
  };

  it('scores each label before it is learned, runs the recorded rounds, and gives the same numbers twice', async () => {
    const first = await replayed(join(folder, 'first.json'));
    const again = await replayed(join(folder, 'again.json'));
    expect(again).toEqual(first);
    for (const plot of ['policies', 'labels', 'classes'])
      expect(await readFile(join(folder, 'plots', `${plot}.svg`), 'utf8')).toMatch(/^<svg .*uni-modal-pmr/);
    expect(first.lines[0]).toBe(`8 labels, rounds after 1 of them, on ${report.backend}`);
    const { policies } = JSON.parse(first.written);
    const [frozen, taught] = policies;
    expect(frozen).toMatchObject({ policy: 'frozen', spans: 8, samples: 32, promoted: 0, rounds: [] });
    expect(taught.promoted).toBeGreaterThanOrEqual(1);
    expect(taught.rounds[0]).toMatchObject({ round: 1, afterLabels: 8, ended: 'promoted', version: 1 });
    // Every label came before the first round: until then both have the same weights from the same seed.
    expect(taught.prequential).toEqual(frozen.prequential);
    // A class cannot be answered before its first label.
    expect(frozen.curves.fused[0]).toBe(0);
    expect(frozen.heldOutSamples).toBe(taught.heldOutSamples);
  });

  it('refuses a policy that there is not, and a place before the first label', async () => {
    expect(() => parseReplay(['--policy', 'magic'])).toThrow(/"magic".*uni-modal-pmr/);
    const early = parseReplay(['--data', project.dataFolder, '--policy', 'joint', '--until', 'v0']);
    await expect(replay(early, () => undefined)).rejects.toMatchObject({ code: 'ERR_CLI_OPTION' });
  });
});
