/** Options that commands on a stored project share: where it is, up to where it is read, what computes. */
import { parseArgs } from 'node:util';

import { readConfig } from '../config.ts';
import { CliError } from '../errors.ts';
import type { RecordingOptions } from '../replay/recording.ts';

export const PROJECT_HELP = `  --until ID            stop after this event (a label's id, say) or version (v3); without it everything
  --data FOLDER         where labels and models are kept (data, or COUNTERPOISE_DATA)
  --project NAME        which project (default, or COUNTERPOISE_PROJECT)`;

/** Their names; `backend` is worded by each command. */
export const PROJECT_OPTIONS = ['until', 'data', 'project', 'backend'] as const;

export type BackendFlag = 'auto' | 'graph' | 'eager' | 'wasm';

/** A command's flags by name; all of them take a value. */
export type Flags = Readonly<Record<string, string | undefined>>;

/** Reads a command's flags strictly. @throws {CliError} ERR_CLI_OPTION */
export function parseFlags(command: string, args: readonly string[], names: readonly string[]): Flags {
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' }] as const));
  try {
    const { values } = parseArgs({ args: [...args], options, strict: true, allowPositionals: false });
    return Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? value : undefined]),
    );
  } catch (cause) {
    const seen = cause instanceof Error ? cause.message : String(cause);
    throw new CliError('ERR_CLI_OPTION', `${seen}; see counterpoise ${command} --help`, { cause });
  }
}

/**
 * Where the project is, by the server's own rules: a flag, else the environment, else the default.
 *
 * @throws {ConfigError} ERR_CONFIG_VALUE
 */
export function projectOf({ until, data, project, backend }: Flags): RecordingOptions & {
  readonly backend: BackendFlag;
} {
  const given = Object.entries({ data, project, backend }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, value],
  );
  const read = readConfig(given);
  if (read.type === 'help') throw new CliError('ERR_CLI_OPTION', '--help stands alone');
  const { config } = read;
  return {
    dataFolder: config.dataFolder,
    project: config.project,
    seed: config.seed,
    until: until ?? null,
    backend: config.backend,
  };
}
