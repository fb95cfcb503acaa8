/** Whole runs of a tiny encoder: stopped and gone on, with one thread and with three. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { micros } from '../../../proto/units.ts';
import { systemClock } from '../../../server/clock.ts';
import { type ComputeBackend, openBackend } from '../../../server/compute/backend.ts';
import { pretrain } from '../../../server/pretraining/run.ts';
import type { RunOptions, RunResult, RunSettings } from '../../../server/pretraining/run-options.ts';
import { writeWeights } from '../../../server/pretraining/weights-file.ts';
import { type Spot, TINY } from './tiny-material.ts';

const SETTINGS: RunSettings = { seed: 7, batch: 16, reuse: 2, objective: 'both', peak: 2e-3, code: 'test' };
const PROBE = { sets: 1, things: 3, labels: 2, asked: 1, fitted: 24 };

let backend: ComputeBackend;
let root: string;
beforeAll(async () => {
  backend = await openBackend('eager');
  root = await mkdtemp(join(tmpdir(), 'counterpoise-pretrain-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const optionsOf = (name: string, changed: Partial<RunOptions<Spot>> = {}): RunOptions<Spot> => ({
  material: TINY,
  threadFile: new URL('./tiny-thread.ts', import.meta.url),
  threads: 1,
  settings: SETTINGS,
  length: { type: 'steps', steps: 30 },
  folder: join(root, name),
  probe: PROBE,
  stateEvery: 1e9,
  probeEvery: 1e9,
  clock: systemClock,
  say: () => undefined,
  ...changed,
});

async function finished(name: string, changed: Partial<RunOptions<Spot>> = {}): Promise<RunResult> {
  const result = await pretrain(optionsOf(name, changed), backend);
  if (!result) throw new Error('the run was stopped');
  return result;
}

describe('pretrain', () => {
  it('gives the same bits with one rendering thread and with three', async () => {
    const one = await finished('one');
    const three = await finished('three', { threads: 3 });
    expect(three.weights).toEqual(one.weights);
    expect(three.after).toEqual(one.after);
  });

  it('goes on where it was stopped, to the same bits', async () => {
    const whole = await finished('whole');
    const stopping = new AbortController();
    const said: string[] = [];
    const stopped = await pretrain(
      optionsOf('stopped', {
        signal: stopping.signal,
        say: (line) => {
          said.push(line);
          if (line.includes('step 10/30')) stopping.abort();
        },
      }),
      backend,
    );
    expect(stopped).toBeNull();
    const again = await finished('stopped');
    expect(again.weights).toEqual(whole.weights);
    expect(again.last?.loss).toBe(whole.last?.loss);
    const log = await readFile(join(root, 'stopped', 'log.jsonl'), 'utf8');
    const steps = log.split('\n').flatMap((line) => /"type":"steps","step":(\d+)/.exec(line)?.[1] ?? []);
    expect(steps).toEqual(['10', '20', '30']);
    expect(await readFile(join(root, 'stopped', 'curve.svg'), 'utf8')).toContain('contrast');
  });

  it('times its first steps where it is told minutes, and says how to have the same again', async () => {
    const said: string[] = [];
    let now = 0;
    const clock: RunOptions<Spot>['clock'] = {
      wall: systemClock.wall,
      monotonic: () => {
        now += 100_000;
        return micros(now);
      },
    };
    const result = await finished('minutes', {
      clock,
      length: { type: 'minutes', minutes: 1 },
      say: (line) => said.push(line),
    });
    expect(result.steps).toBeGreaterThan(50);
    expect(said.join('\n')).toContain(`--steps ${result.steps}`);
    expect(said.join('\n')).toMatch(/\/about \d+ .* min left/);
  });

  it('takes another length before the rate falls, to the same bits, and no more afterwards', async () => {
    const long = { length: { type: 'steps', steps: 80 } } as const;
    const whole = await finished('long', long);
    await finished('short', { length: { type: 'steps', steps: 20 } });
    expect((await finished('short', long)).weights).toEqual(whole.weights);
    await expect(finished('short', { length: { type: 'steps', steps: 90 } })).rejects.toThrow(
      /a run of 80 steps and 80 are done; 90 can be asked for up to step 60.*--out/,
    );
  });

  it('refuses a folder of other settings and a damaged one, and says what to do', async () => {
    await finished('other', { length: { type: 'steps', steps: 2 } });
    const other = optionsOf('other', {
      length: { type: 'steps', steps: 2 },
      settings: { ...SETTINGS, seed: 8 },
    });
    await expect(pretrain(other, backend)).rejects.toThrow(/other settings.*--out/);
    await writeFile(join(root, 'other', 'state.bin'), 'not a state');
    await expect(pretrain(other, backend)).rejects.toMatchObject({ code: 'ERR_PRETRAINING_STATE' });
  });

  it('stops where the loss is no number', async () => {
    const wild = optionsOf('wild', { settings: { ...SETTINGS, peak: 1e38 } });
    await expect(pretrain(wild, backend)).rejects.toMatchObject({ code: 'ERR_PRETRAINING_DIVERGED' });
  });

  it('writes weights and a manifest that says where they are from', async () => {
    const result = await finished('written', { length: { type: 'steps', steps: 3 } });
    const folder = join(root, 'written');
    const origin = {
      modality: 'video',
      commit: 'abc',
      command: 'npm run pretrain',
      tensorFlowThreads: 1,
    } as const;
    const manifest = await writeWeights(folder, origin, SETTINGS, result);
    expect(JSON.parse(await readFile(join(folder, 'weights.json'), 'utf8'))).toEqual(manifest);
    expect(manifest).toMatchObject({ steps: 3, windows: 96, commit: 'abc' });
    const numbers = result.weights.reduce((sum, { values }) => sum + values.length, 0);
    expect((await readFile(join(folder, 'weights.bin'))).length).toBe(4 * numbers);
  });
});
