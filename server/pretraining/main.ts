/**
 * `npm run pretrain`: trains the two encoders on procedures alone. Each runs in a process of its own, so that both learn side by
 * side. Exit code 0 when all is done or was stopped by a person, 1 when a run failed, 2 when the command line does not fit.
 */
import { fork } from 'node:child_process';
import { join } from 'node:path';

import type { Modality } from '../../proto/messages.ts';
import { AUDIO_MATERIAL } from '../../src/pretraining/audio-material.ts';
import type { Material } from '../../src/pretraining/material.ts';
import { VIDEO_MATERIAL } from '../../src/pretraining/video-material.ts';
import { systemClock } from '../clock.ts';
import { openBackend } from '../compute/backend.ts';
import { limitThreads } from '../compute/threads.ts';
import { codeMark, commitOf } from './code-mark.ts';
import { DEFAULT_OBJECTIVES, HELP, type PretrainOptions, parseOptions } from './options.ts';
import { packRuns } from './pack.ts';
import { pretrain } from './run.ts';
import type { RunResult, RunSettings } from './run-options.ts';
import { writeWeights } from './weights-file.ts';

const STATE_SECONDS = 60;
const PROBE_SECONDS = 180;

/** The command that gives the same result on a machine of any speed. */
function commandOf(
  modality: Modality,
  { seed, objective, batch, reuse, peak }: RunSettings,
  steps: number,
): string {
  return `npm run pretrain -- --modality ${modality} --seed ${seed} --steps ${steps} --objective ${objective} --batch ${batch} --reuse ${reuse} --rate ${peak}`;
}

async function runOne<Window>(
  material: Material<Window>,
  threadFile: URL,
  options: PretrainOptions,
  signal: AbortSignal,
): Promise<RunResult | null> {
  const { modality } = material.encoder;
  const { seed, batch, reuse, peak, tensorFlowThreads } = options;
  limitThreads(tensorFlowThreads);
  const backend = await openBackend('auto');
  const objective = options.objective ?? DEFAULT_OBJECTIVES[modality];
  const settings: RunSettings = { seed, batch, reuse, objective, peak, code: await codeMark() };
  const commit = await commitOf();
  const folder = join(options.out, modality);
  console.log(`${modality}  ${objective}, seed ${seed}, into ${folder} (${backend.report.reason})`);
  const result = await pretrain(
    {
      material,
      threadFile,
      threads: options.workers,
      settings,
      length: options.length,
      folder,
      stateEvery: STATE_SECONDS,
      probeEvery: PROBE_SECONDS,
      clock: systemClock,
      say: (line) => console.log(line),
      signal,
    },
    backend,
  );
  if (!result) {
    console.log(`${modality}  stopped; the same command goes on`);
    return null;
  }
  const command = commandOf(modality, settings, result.steps);
  await writeWeights(folder, { modality, commit, command, tensorFlowThreads }, settings, result);
  console.log(
    `${modality}  done: ${result.steps} steps in ${Math.round(result.seconds)} s, weights in ${folder}`,
  );
  return result;
}

/** Every encoder in a process of its own. @returns the first exit code that is not 0 */
async function runBeside(
  options: PretrainOptions,
  args: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  const { workers, tensorFlowThreads } = options;
  const threads = ['--workers', `${workers}`, '--tensorflow-threads', `${tensorFlowThreads}`];
  const children = options.modalities.map((modality) => {
    // The last of two equal options counts. Packing is for whoever has both.
    const own = [...args, '--modality', modality, ...threads, '--starter', ''];
    const child = fork(new URL(import.meta.url), own, {
      execArgv: ['--disable-warning=DEP0051', '--disable-warning=ExperimentalWarning'],
    });
    signal.addEventListener('abort', () => child.kill('SIGTERM'));
    return new Promise<number>((resolve) => {
      child.once('exit', (code) => resolve(code ?? 1));
    });
  });
  return (await Promise.all(children)).find((code) => code !== 0) ?? 0;
}

/** Ends a run at its next step; a second time ends the process at once. */
function stopOnSignals(): AbortSignal {
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopping.abort());
  return stopping.signal;
}

function parsed(args: readonly string[]): PretrainOptions | null {
  try {
    return parseOptions(args);
  } catch (error) {
    console.error(`pretrain: ${error instanceof Error ? error.message : error}\n\n${HELP}`);
    return null;
  }
}

/** @returns the exit code */
async function run(options: PretrainOptions, args: readonly string[], signal: AbortSignal): Promise<number> {
  if (options.modalities.length > 1) return runBeside(options, args, signal);
  if (options.modalities[0] === 'audio')
    await runOne(AUDIO_MATERIAL, new URL('./audio-thread.ts', import.meta.url), options, signal);
  else await runOne(VIDEO_MATERIAL, new URL('./video-thread.ts', import.meta.url), options, signal);
  return 0;
}

async function main(args: readonly string[]): Promise<number> {
  const options = parsed(args);
  if (!options) return 2;
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const signal = stopOnSignals();
  try {
    const code = await run(options, args, signal);
    if (code !== 0 || signal.aborted || options.starter === null) return code;
    await packRuns(options.out, options.starter);
    console.log(`starter packed into ${options.starter}`);
    return 0;
  } catch (error) {
    console.error(`pretrain: ${error instanceof Error ? error.message : error}`);
    return 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
