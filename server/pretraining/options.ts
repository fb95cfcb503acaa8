/** The command line of `npm run pretrain`. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import type { Modality } from '../../proto/messages.ts';
import { GROUP } from '../../src/pretraining/rows.ts';
import { OBJECTIVES, type Objective } from '../../src/pretraining/step.ts';
import { PretrainingError } from '../errors.ts';
import type { RunLength } from './run-options.ts';

/** By evidence (ADR 0072). */
export const DEFAULT_OBJECTIVES: Readonly<Record<Modality, Objective>> = { audio: 'both', video: 'both' };
const DEFAULTS = { seed: 1, minutes: 30, batch: 96, reuse: 4, rate: 2e-3 } as const;

export const HELP = `npm run pretrain [-- options]: trains the encoders from nothing but procedures, on the fly

  --modality audio|video|both   (both, side by side)
  --minutes M                   how long (${DEFAULTS.minutes}); the speed of the first half gives the number of steps
  --steps N                     or exactly so many steps: the same result again, whatever the machine's speed
  --seed N                      of weights and data (${DEFAULTS.seed})
  --objective NAME              ${OBJECTIVES.join('|')}
                                (audio ${DEFAULT_OBJECTIVES.audio}, video ${DEFAULT_OBJECTIVES.video})
  --batch N                     things in a step, each in two renderings; a multiple of ${GROUP} (${DEFAULTS.batch})
  --reuse N                     how often a rendered thing is met, augmented anew each time (${DEFAULTS.reuse})
  --rate R                      highest learning rate (${DEFAULTS.rate})
  --workers K                   rendering threads of each encoder (half of the cores it gets)
  --tensorflow-threads K        threads that train each encoder (the other half)
  --out FOLDER                  state, log, curve, weights (data/pretrain)
  --starter FOLDER              also pack both encoders as a starter into FOLDER (the program's is src/model/starter)

The same command goes on where it was stopped; with another --steps too, while the rate has not begun to fall (half of
the steps). More minutes, or more cores, give a better encoder.`;

export type PretrainOptions = {
  readonly help: boolean;
  readonly modalities: readonly Modality[];
  readonly length: RunLength;
  readonly seed: number;
  /** As asked for; null: each encoder's default. */
  readonly objective: Objective | null;
  readonly batch: number;
  readonly reuse: number;
  readonly peak: number;
  /** Threads of each encoder. */
  readonly workers: number;
  readonly tensorFlowThreads: number;
  readonly out: string;
  readonly starter: string | null;
};

const wrong = (name: string, seen: string, expected: string): PretrainingError =>
  new PretrainingError('ERR_PRETRAINING_OPTION', `--${name} is "${seen}", expected ${expected}`);

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= least) return value;
  throw wrong(name, text, `a whole number of at least ${least}`);
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw wrong(name, text, 'a number above 0');
}

function modalitiesOf(text: string): readonly Modality[] {
  if (text === 'both') return ['audio', 'video'];
  if (text === 'audio' || text === 'video') return [text];
  throw wrong('modality', text, 'audio, video or both');
}

function objectiveOf(text: string | undefined): Objective | null {
  if (text === undefined) return null;
  const known = OBJECTIVES.find((name) => name === text);
  if (known) return known;
  throw wrong('objective', text, `one of ${OBJECTIVES.join(', ')}`);
}

function lengthOf(steps: string | undefined, minutes: string | undefined): RunLength {
  if (steps !== undefined && minutes !== undefined)
    throw new PretrainingError(
      'ERR_PRETRAINING_OPTION',
      '--steps and --minutes are both given: give one of them',
    );
  if (steps !== undefined) return { type: 'steps', steps: whole('steps', steps, 1) };
  return {
    type: 'minutes',
    minutes: minutes === undefined ? DEFAULTS.minutes : positive('minutes', minutes),
  };
}

function batchOf(text: string): number {
  const batch = whole('batch', text, GROUP);
  if (batch % GROUP !== 0) throw wrong('batch', text, `a multiple of ${GROUP}`);
  return batch;
}

const TEXT = { type: 'string' } as const;

function valuesOf(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        modality: { type: 'string', default: 'both' },
        minutes: TEXT,
        steps: TEXT,
        seed: { type: 'string', default: String(DEFAULTS.seed) },
        objective: TEXT,
        batch: { type: 'string', default: String(DEFAULTS.batch) },
        reuse: { type: 'string', default: String(DEFAULTS.reuse) },
        rate: { type: 'string', default: String(DEFAULTS.rate) },
        workers: TEXT,
        'tensorflow-threads': TEXT,
        out: { type: 'string', default: join('data', 'pretrain') },
        starter: TEXT,
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PretrainingError('ERR_PRETRAINING_OPTION', why, { cause });
  }
}

/** Reads the command line. @throws {PretrainingError} ERR_PRETRAINING_OPTION */
export function parseOptions(args: readonly string[], cores = availableParallelism()): PretrainOptions {
  const values = valuesOf(args);
  const modalities = modalitiesOf(values.modality);
  const share = cores / modalities.length;
  const half = (text: string | undefined, name: string, round: (value: number) => number): number =>
    text === undefined ? Math.max(1, round(share / 2)) : whole(name, text, 1);
  return {
    help: values.help,
    modalities,
    length: lengthOf(values.steps, values.minutes),
    seed: whole('seed', values.seed, 0),
    objective: objectiveOf(values.objective),
    batch: batchOf(values.batch),
    reuse: whole('reuse', values.reuse, 1),
    peak: positive('rate', values.rate),
    workers: half(values.workers, 'workers', Math.ceil),
    tensorFlowThreads: half(values['tensorflow-threads'], 'tensorflow-threads', Math.floor),
    out: values.out,
    starter: values.starter ? values.starter : null,
  };
}
