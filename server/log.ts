/**
 * The log: one static message and fields with units in their names, as JSON lines or, on a terminal, for reading.
 *
 * Never pictures, sound, tokens or what people typed (names of classes, sessions, persons): a log is copied into bug reports.
 */
import type { Clock } from '../src/clock.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/** Where parts say what happened. `message` never varies; what varies is a field. */
export type Log = {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A log whose every line carries these fields as well. */
  with(fields: LogFields): Log;
};

export type LogOptions = {
  /** Writes one line; the line ends in a newline. */
  readonly write: (line: string) => void;
  readonly clock: Clock;
  /** `json`: one object a line. `pretty`: for a person at a terminal. */
  readonly format: 'json' | 'pretty';
  /** Lines below it are dropped. Default `info`. */
  readonly level?: LogLevel;
};

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];
const MAX_FIELD = 500; // a reason may carry a stack or a library's whole output
const CONTROL = /\p{Cc}+/gu; // a field must not start a line of its own or drive the terminal

function tidy(value: LogFields[string]): LogFields[string] {
  return typeof value === 'string' ? value.replace(CONTROL, ' ').slice(0, MAX_FIELD) : value;
}

function pretty(level: LogLevel, at: string, message: string, fields: LogFields): string {
  const rest = Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const mark = level === 'info' ? '' : `${level.toUpperCase()} `;
  return `${at.slice(11, 19)} ${mark}${message}${rest.length > 0 ? `  ${rest.join(' ')}` : ''}\n`;
}

/** A log that writes lines; opens and closes nothing. */
export function createLog(options: LogOptions): Log {
  return withFields(options, {});
}

function withFields(options: LogOptions, shared: LogFields): Log {
  const least = LEVELS.indexOf(options.level ?? 'info');
  const say = (level: LogLevel, message: string, fields: LogFields = {}): void => {
    if (LEVELS.indexOf(level) < least) return;
    const all = Object.fromEntries(
      Object.entries({ ...shared, ...fields }).map(([name, value]) => [name, tidy(value)]),
    );
    const at = new Date(options.clock.wall()).toISOString();
    options.write(
      options.format === 'json'
        ? `${JSON.stringify({ ...all, at, level, message })}\n`
        : pretty(level, at, message, all),
    );
  };
  return {
    debug: (message, fields) => say('debug', message, fields),
    info: (message, fields) => say('info', message, fields),
    warn: (message, fields) => say('warn', message, fields),
    error: (message, fields) => say('error', message, fields),
    with: (fields) => withFields(options, { ...shared, ...fields }),
  };
}

/** A log that says nothing, for tests and tools. */
export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  with: () => silentLog,
};
