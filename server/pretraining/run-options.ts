/** What a pretraining run is told, and what it gives. */
import type { Clock } from '../../src/clock.ts';
import type { NamedArray } from '../../src/model/encoders.ts';
import type { Material } from '../../src/pretraining/material.ts';
import type { ProbeScores, ProbeSize } from '../../src/pretraining/probing.ts';
import type { RowPlan } from '../../src/pretraining/rows.ts';
import { fallAt } from '../../src/pretraining/schedule.ts';
import type { Objective } from '../../src/pretraining/step.ts';
import { PretrainingError } from '../errors.ts';
import type { StepEntry } from './run-log.ts';
import type { RunState } from './state-file.ts';

/** What decides the result; a run goes on only with the same. */
export type RunSettings = RowPlan & {
  readonly objective: Objective;
  /** Highest learning rate. */
  readonly peak: number;
  /** A fingerprint of the code that draws and trains. */
  readonly code: string;
};

/** How long: so many steps, or as many as are done in so many minutes on this machine. */
export type RunLength =
  | { readonly type: 'steps'; readonly steps: number }
  | { readonly type: 'minutes'; readonly minutes: number };

export type RunOptions<Window> = {
  readonly material: Material<Window>;
  /** Entry of the rendering threads, for the same material. */
  readonly threadFile: URL;
  readonly threads: number;
  readonly settings: RunSettings;
  readonly length: RunLength;
  /** Where state, log and curve lie; made if need be. */
  readonly folder: string;
  readonly probe?: ProbeSize;
  /** Seconds from one state to the next, and from one probe to the next. */
  readonly stateEvery: number;
  readonly probeEvery: number;
  /** Monotonic. */
  readonly clock: Clock;
  /** One line for the person who waits. */
  readonly say: (line: string) => void;
  /** Ends the run at the next step; its state is kept. */
  readonly signal?: AbortSignal;
};

export type RunResult = {
  readonly weights: readonly NamedArray[];
  readonly steps: number;
  readonly seconds: number;
  /** Means over the last steps. */
  readonly last: StepEntry | null;
  /** Of the fresh encoder, and of this one. */
  readonly before: ProbeScores;
  readonly after: ProbeScores;
};

/** All that decides the result but the length, as text. */
export function settingsText<Window>({ settings, material }: RunOptions<Window>): string {
  const { encoder, source } = material;
  const families = source.families.map(({ name, weight }) => ({ name, weight }));
  return JSON.stringify({ ...settings, encoder, families });
}

/**
 * Whether a stored run may go on as these options have it, and how long it is: another length than it had is taken as long as no
 * rate has depended on the one or the other.
 *
 * @returns steps of the whole run; null while only their number's estimate is known.
 * @throws {PretrainingError} ERR_PRETRAINING_STATE where a stored run had other settings, or is too far for another length.
 */
export function goingOn(
  path: string,
  { settings, length }: { readonly settings: string; readonly length: RunLength },
  stored: RunState | null,
): number | null {
  const asked = length.type === 'steps' ? length.steps : null;
  if (!stored) return asked;
  if (stored.settings !== settings) {
    const hint = `${path} is of a run with other settings or other code: run the command that began it, remove the folder, or give another --out`;
    throw new PretrainingError('ERR_PRETRAINING_STATE', hint);
  }
  const { total, learner } = stored;
  if (asked === null || asked === total) return total;
  const free = Math.min(fallAt(asked), total === null ? Number.POSITIVE_INFINITY : fallAt(total));
  if (learner.steps <= free) return asked;
  const had = total === null ? 'a run by minutes' : `a run of ${total} steps`;
  const hint = `${path} is of ${had} and ${learner.steps} are done; ${asked} can be asked for up to step ${free}, before the rate falls: give the length it had, or another --out`;
  throw new PretrainingError('ERR_PRETRAINING_STATE', hint);
}
