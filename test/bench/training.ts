/**
 * What a step of PMR-stream costs in each of its modes beside a joint step of the same batch, and a joint step's graph
 * beside PyTorch's. Interleaved: each turn is one step of every case here, then one of torch's. Processor time, one thread.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { quantile } from '../../server/cli/scoring.ts';
import type { Figure, Measured } from './report.ts';
import type { StepTime, TurnReply } from './training-worker.ts';

/** Issue 4: of PMR-stream's step over a joint one. */
export const MOST_OVER_JOINT = 1.15;
const WARM_UP = 3;
const PYTHONS = ['python3', 'python'] as const;

/** By case, one time for each turn. */
export type Times = ReadonlyMap<string, readonly StepTime[]>;

const median = (values: readonly number[]): number | null => quantile(values, 0.5);

/** Median over the turns of one case's time over another's in the same turn. */
function ratioOf(times: Times, name: string, of: (time: StepTime) => number): number | null {
  const joint = times.get('joint') ?? [];
  const ratios = (times.get(name) ?? []).flatMap((time, turn) => {
    const below = joint[turn];
    return below ? [of(time) / of(below)] : [];
  });
  return median(ratios);
}

/** The figures of a run; `torch`: processor time of its steps in ms, none where it could not be had. */
export function trainingFigures(times: Times, torch: readonly number[]): readonly Figure[] {
  const jointMs = (times.get('joint') ?? []).map(({ stepMs }) => stepMs);
  const graphMs = (times.get('joint') ?? []).map(({ graphMs: ms }) => ms);
  const ratios = [...times.keys()]
    .filter((name) => name !== 'joint')
    .flatMap((name): Figure[] => {
      const target = name.startsWith('pmr-stream') ? { atMost: MOST_OVER_JOINT } : {};
      return [
        {
          name: `${name} / joint`,
          value: ratioOf(times, name, (time) => time.stepMs),
          unit: 'times',
          ...target,
        },
        {
          name: `${name} / joint, graph alone`,
          value: ratioOf(times, name, (time) => time.graphMs),
          unit: 'times',
          ...target,
        },
      ];
    });
  const against = graphMs.flatMap((ms, turn) => (torch[turn] ? [ms / torch[turn]] : []));
  return [
    { name: 'joint step', value: median(jointMs), unit: 'ms' },
    { name: 'joint step, graph alone', value: median(graphMs), unit: 'ms' },
    ...ratios,
    ...(torch.length > 0
      ? [
          { name: 'torch, joint step', value: median(torch), unit: 'ms' },
          { name: 'joint graph / torch', value: median(against), unit: 'times' },
        ]
      : []),
  ];
}

const isReply = (value: unknown): value is TurnReply =>
  typeof value === 'object' && value !== null && 'type' in value;

function replyOf(child: ChildProcess): Promise<TurnReply> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`the training worker ended with ${code}`));
    child.once('exit', ended);
    child.once('message', (message: unknown) => {
      child.off('exit', ended);
      if (isReply(message)) resolve(message);
      else reject(new Error('the training worker said something unknown'));
    });
  });
}

/** A Python that has torch, held at its next step. */
type Torch = { readonly version: string; step(): Promise<number>; close(): void };

/** @returns null where this Python is not there or has no torch. */
async function openTorch(python: string): Promise<Torch | null> {
  const script = fileURLToPath(new URL('training-torch.py', import.meta.url));
  const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'ignore'] });
  child.on('error', () => undefined); // not there: its output ends without a line
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { value } = await lines.next();
    return typeof value === 'string' ? value : '';
  };
  const close = (): void => {
    child.stdin.end();
  };
  const version = await next();
  if (!version.startsWith('torch ')) {
    close();
    return null;
  }
  const step = async (): Promise<number> => {
    child.stdin.write('\n');
    return Number(await next());
  };
  return { version, step, close };
}

async function findTorch(python: string | undefined): Promise<Torch | null> {
  for (const name of python === undefined ? PYTHONS : [python]) {
    const torch = await openTorch(name);
    if (torch) return torch;
  }
  return null;
}

export type TrainingOptions = {
  readonly turns: number;
  /** A Python that imports torch; default: the first of python3 and python that does. */
  readonly python?: string;
};

/** Runs every case for so many turns, after three to warm up. */
export async function trainingSteps({ turns, python }: TrainingOptions): Promise<Measured> {
  const child = fork(new URL('./training-worker.ts', import.meta.url), [], {
    execArgv: ['--disable-warning=DEP0051', '--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const torch = await findTorch(python);
  try {
    const ready = await replyOf(child);
    const times = new Map<string, StepTime[]>();
    const torchMs: number[] = [];
    for (let turn = -WARM_UP; turn < turns; turn++) {
      child.send('turn');
      const reply = await replyOf(child);
      const ms = await torch?.step();
      if (turn < 0 || reply.type !== 'turn') continue;
      for (const [name, time] of Object.entries(reply.times))
        times.set(name, [...(times.get(name) ?? []), time]);
      if (ms !== undefined) torchMs.push(ms);
    }
    const beside = torch?.version ?? 'no torch here: skipped; --python names one that has it';
    const how = `${turns} turns, processor time of one thread, medians of ratios within a turn`;
    const backend = ready.type === 'ready' ? ready.backend : '';
    return {
      what: `a step of a batch of 32 (${backend}); ${how}; ${beside}`,
      figures: trainingFigures(times, torchMs),
      detail: { times: Object.fromEntries(times), torchMs },
    };
  } finally {
    torch?.close();
    if (child.connected) child.disconnect();
  }
}
