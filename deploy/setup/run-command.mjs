/** Runs one program to its end, with limits: a blocked host must cost seconds, never hang a start. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const ENDING = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
const TAIL_CHARS = 8000; // what an error message may need; the rest of a long build log is dropped

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd] working folder
 * @property {NodeJS.ProcessEnv} [env] the whole environment; default this process's
 * @property {number} [limitMs] total time allowed; default none
 * @property {number} [stallMs] time allowed without output and without `size` changing; default none
 * @property {() => number} [size] bytes that the program has produced so far, asked once a second
 * @property {(bytes: number, output: string) => void} [onTick] called once a second
 *
 * @typedef {object} Outcome
 * @property {boolean} ok exit code 0 within the limits
 * @property {string} output the last 8000 characters of stdout and stderr together
 * @property {string} reason one line for a person: why it failed, '' when ok
 */

/**
 * Never throws and asks nothing: stdin is closed.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<Outcome>}
 */
export function runCommand(command, args, options = {}) {
  const { cwd, env, limitMs, stallMs, size, onTick } = options;
  return new Promise((resolve) => {
    const started = Date.now();
    // Its own process group, so that a stopped npm or pip takes its children along.
    const detached = process.platform !== 'win32';
    const child = spawn(command, args, { cwd, env, detached, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let bytes = -1;
    let movedAt = started;
    let stopped = '';
    const stop = (/** @type {string} */ why) => {
      stopped = why;
      kill(child, detached);
    };
    const collect = (/** @type {Buffer} */ chunk) => {
      output = (output + chunk).slice(-TAIL_CHARS);
      movedAt = Date.now();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const timer = setInterval(() => {
      const now = size?.() ?? -1;
      if (now !== bytes) movedAt = Date.now();
      bytes = now;
      onTick?.(bytes, output);
      if (limitMs && Date.now() - started > limitMs) stop(`took longer than ${limitMs / 1000} s`);
      else if (stallMs && Date.now() - movedAt > stallMs) stop(`no progress for ${stallMs / 1000} s`);
    }, 1000);
    // The child has a process group of its own, so Ctrl-C reaches only this process: it takes the child along.
    const abort = (/** @type {NodeJS.Signals} */ signal) => {
      kill(child, detached);
      process.exit(128 + constants.signals[signal]);
    };
    for (const signal of ENDING) process.on(signal, abort);
    let settled = false;
    const finish = (/** @type {string} */ reason) => {
      if (settled) return;
      settled = true;
      clearInterval(timer);
      for (const signal of ENDING) process.off(signal, abort);
      resolve({ ok: reason === '', output, reason });
    };
    child.on('error', (error) => finish(`${command} cannot be started: ${error.message}`));
    child.on('close', (code, signal) => {
      if (stopped) finish(stopped);
      else if (code === 0) finish('');
      else finish(lastWords(output) || `${command} ended with ${signal ?? `code ${code}`}`);
    });
  });
}

/**
 * The line of a log that most likely says what went wrong.
 * @param {string} output
 * @returns {string} at most 200 characters, '' for an empty log
 */
export function lastWords(output) {
  const lines = output
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter(Boolean);
  const telling = lines.filter((line) =>
    /\b(error|err!|cannot|could not|no matching|not found|refused)\b/i.test(line),
  );
  return (telling.at(-1) ?? lines.at(-1) ?? '').slice(0, 200);
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {boolean} group
 */
function kill(child, group) {
  try {
    if (group && child.pid) process.kill(-child.pid, 'SIGKILL');
    else child.kill('SIGKILL');
  } catch {
    // It has just ended by itself: its close event is on the way.
  }
}
