/**
 * `counterpoise rebuild`: trains every recorded version again from the labels and says whether each weight is the same.
 */
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { startTrainer } from '../compute/trainer-client.ts';
import { CliError } from '../errors.ts';
import { allSame, Rebuilder, type Rebuilt } from '../replay/rebuild.ts';
import { openRecording } from '../replay/recording.ts';
import { Progress } from './progress.ts';
import { type BackendFlag, PROJECT_HELP, PROJECT_OPTIONS, parseFlags, projectOf } from './project-options.ts';

export const REBUILD_HELP = `counterpoise rebuild: train every version again from the journal of labels, and compare the weights bit for bit

${PROJECT_HELP}
  --backend KIND        auto, graph, eager or wasm (the one that each round was recorded on)
  --out FOLDER          keep the rebuilt versions here; empty or not there yet (a folder that is removed)

Reads only, so a server may be running on the same project. Prints one line a version: identical, or differs with the
largest absolute difference of a weight. A version that learned from data deleted since cannot be rebuilt and is skipped.
Exit code 1 when something differs.`;

const REASONS =
  'What differs was changed by hand, or trained by another version of the program or on another backend or processor.';

export type RebuildCommand = ReturnType<typeof parseRebuild>;

/** @throws {CliError} ERR_CLI_OPTION @throws {ConfigError} ERR_CONFIG_VALUE */
export function parseRebuild(args: readonly string[]) {
  const values = parseFlags('rebuild', args, [...PROJECT_OPTIONS, 'out']);
  const { backend, ...source } = projectOf(values);
  const asked: BackendFlag | null = values.backend === undefined ? null : backend;
  return { source, backend: asked, out: values.out === undefined ? null : resolve(values.out) };
}

/** Runs the command. @returns the exit code. @throws {CliError | StoreError | ComputeError} */
export async function rebuild(
  { source, backend, out }: RebuildCommand,
  print: (line: string) => void,
): Promise<number> {
  const recording = await openRecording(source);
  const folder = out ? await emptyFolder(out) : await mkdtemp(join(tmpdir(), 'counterpoise-rebuild-'));
  const progress = new Progress(process.stderr);
  try {
    const rebuilder = new Rebuilder({
      recording,
      out: folder,
      backend,
      startTrainer,
      onRebuilt: (rebuilt) => {
        progress.clear();
        print(lineOf(rebuilt));
      },
      onProgress: ({ phase, step, steps }, place, rounds) => {
        const doing = phase === 'judging' ? 'judging' : `step ${step} of ${steps}`;
        progress.show((place + step / steps) / rounds, `round ${place + 1} of ${rounds}: ${doing}`);
      },
    });
    const all = await rebuilder.run();
    print(summaryOf(all));
    if (allSame(all)) return 0;
    print(REASONS);
    return 1;
  } finally {
    recording.close();
    if (!out) await rm(folder, { recursive: true, force: true });
  }
}

/** @throws {CliError} ERR_CLI_OPTION for a folder that holds something: nothing is ever overwritten. */
async function emptyFolder(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length === 0) return folder;
  throw new CliError('ERR_CLI_OPTION', `--out ${folder} is not empty: name a folder that is not there yet`);
}

const ORIGINS = { random: 'the seed', starter: 'the starter', kept: 'a starter' } as const;

const named = (name: string, origin: string): string => `${name.padEnd(12)} ${origin.padEnd(11)}`;
const byRound = (round: number | null): string => (round === null ? 'its start' : `round ${round}`);

/** One line about one version or round. */
export function lineOf(rebuilt: Rebuilt): string {
  switch (rebuilt.type) {
    case 'version': {
      const { version, round, comparison, weights, from } = rebuilt;
      const name = named(`version ${version}`, from ? ORIGINS[from] : byRound(round));
      if (comparison.type === 'identical') {
        const by =
          comparison.by === 'digest' ? ', by the digest in the journal: the version is not kept' : '';
        const kept = from === 'kept' ? ', taken from the project: this program ships another starter' : '';
        return `${name} identical  weights sha-256 ${weights ?? ''}${by}${kept}`;
      }
      const { largest, reason } = comparison;
      const far = largest === null ? '' : `, largest absolute difference ${largest.toExponential(3)}`;
      return `${name} DIFFERS    ${reason}${far}`;
    }
    case 'rejection':
      return `${named('rejected', byRound(rebuilt.round))} ${rebuilt.reason ? `DIFFERS    ${rebuilt.reason}` : 'identical  rejected again'}`;
    case 'skipped': {
      const name = rebuilt.version === null ? 'rejected' : `version ${rebuilt.version}`;
      return `${named(name, byRound(rebuilt.round))} skipped    ${rebuilt.reason}`;
    }
  }
}

/** The last line: how many are the same. */
export function summaryOf(all: readonly Rebuilt[]): string {
  const versions = all.filter((one) => one.type === 'version');
  const same = versions.filter(({ comparison }) => comparison.type === 'identical').length;
  const rejections = all.filter((one) => one.type === 'rejection');
  const again = rejections.filter(({ reason }) => reason === null).length;
  const skipped = all.filter((one) => one.type === 'skipped').length;
  const parts = [
    `${same} of ${versions.length} versions identical`,
    rejections.length > 0 ? `${again} of ${rejections.length} rejections repeated` : '',
    skipped > 0 ? `${skipped} skipped` : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}
