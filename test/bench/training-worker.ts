/**
 * What a step of each training policy costs, in one process with one thread; asked by messages, one turn each.
 *
 * Every case is a whole round's `train`, held at its progress report after each step. In a turn each case is let go for one
 * step, another one first each time, so that what else the machine does hits all alike. The same seed gives all of them
 * the same batches.
 */
import type { PolicyName } from '../../proto/policies.ts';
import { type ComputeBackend, openBackend } from '../../server/compute/backend.ts';
import { embedWith } from '../../server/compute/embed-samples.ts';
import { Embedder } from '../../server/compute/embedder.ts';
import { keepingCompile } from '../../server/compute/keeping-compile.ts';
import { limitThreads } from '../../server/compute/threads.ts';
import { audioEncoder, initWeights, REPRESENTATION_WIDTH, videoEncoder } from '../../src/model/encoders.ts';
import { type Head, headFromTrained } from '../../src/model/head.ts';
import type { RoundPlan } from '../../src/pmr/stream/state.ts';
import { random } from '../../src/random.ts';
import { anchorsOf, sampleKey } from '../../src/training/base-logits.ts';
import type { RoundContext } from '../../src/training/policies/policy.ts';
import { POLICIES } from '../../src/training/policies/table.ts';
import { fillReplayBuffer } from '../../src/training/replay-buffer.ts';
import { startingHead } from '../../src/training/starting-head.ts';
import { augmentationFor, LATER_RATES, train } from '../../src/training/train.ts';
import { type Compile, columnsFor } from '../../src/training/trainee.ts';
import { courseOf } from '../support/course.ts';

/** One step: the whole of it, and the graph alone; processor time of the process. */
export type StepTime = { readonly stepMs: number; readonly graphMs: number };
export type TurnReply =
  | { readonly type: 'ready'; readonly backend: string }
  /** By case. */
  | { readonly type: 'turn'; readonly times: Readonly<Record<string, StepTime>> };

const SEED = 5;
const MOST_TURNS = 1000; // more than are asked for: no round ends, so none copies its weights within a step
const CLIP = { seed: 4, classes: 4, spansPerClass: 4 };

type Case = { readonly name: string; readonly policy: PolicyName; readonly context: RoundContext };

const BALANCED: RoundPlan = {
  ...{ audio: 0.5, video: 0.5, rho: 1, beta: 0, gamma: 0 },
  ...{ mode: 'balanced', early: false, reason: '' },
  mastered: { audio: false, video: false },
  blocked: { audio: false, video: false },
};
const grown = (plan: Partial<RoundPlan>): RoundContext => ({
  young: false,
  hasHead: true,
  plan: { ...BALANCED, ...plan },
});

const CASES: readonly Case[] = [
  { name: 'joint', policy: 'joint', context: grown({}) },
  { name: 'joint again', policy: 'joint', context: grown({}) },
  { name: 'joint + uni-modal CE', policy: 'joint-uni-modal', context: grown({}) },
  { name: 'pmr-stream, balanced', policy: 'pmr-stream', context: grown({}) },
  { name: 'pmr-stream, audio weak', policy: 'pmr-stream', context: grown({ mode: 'audio-weak', beta: 0.5 }) },
  {
    name: 'pmr-stream, video weak',
    policy: 'pmr-stream',
    context: grown({ mode: 'video-weak', gamma: 0.5 }),
  },
  {
    name: 'pmr-stream, audio weak, picture mastered',
    policy: 'pmr-stream',
    context: grown({ mode: 'audio-weak', beta: 0.5, mastered: { audio: false, video: true } }),
  },
  {
    name: 'pmr-stream, video weak, sound mastered',
    policy: 'pmr-stream',
    context: grown({ mode: 'video-weak', gamma: 0.5, mastered: { audio: true, video: false } }),
  },
  {
    name: 'pmr-stream, early with PER',
    policy: 'pmr-stream',
    context: { young: true, hasHead: false, plan: { ...BALANCED, mode: 'unknown', early: true } },
  },
];

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
};

/** A round that rests after each step until it is let go again. */
class Paused {
  #arrived: () => void = () => undefined;
  #release: () => void;
  readonly #ended: Promise<unknown>;

  constructor(run: (onStep: () => Promise<void>) => Promise<unknown>) {
    const started = new Promise<void>((resolve) => {
      this.#release = resolve;
    });
    this.#release ??= () => undefined;
    this.#ended = started.then(() =>
      run(() => {
        this.#arrived();
        return new Promise<void>((resolve) => {
          this.#release = resolve;
        });
      }),
    );
  }

  /** One step. Rejects with what the round fails by. */
  next(): Promise<void> {
    const arrived = new Promise<void>((resolve) => {
      this.#arrived = resolve;
    });
    this.#release();
    return Promise.race([arrived, this.#ended.then(() => undefined)]);
  }
}

type Meter = { graphMs: number };

/** Compiles each step once, and adds what its graph takes to the meter. */
function metered(backend: ComputeBackend, meter: Meter): Compile {
  const kept = keepingCompile(backend);
  return async (name, fn, examples) => {
    const step = await kept(name, fn, examples);
    return {
      ...step,
      run: (inputs) => {
        const from = cpuMs();
        const outputs = step.run(inputs);
        meter.graphMs += cpuMs() - from;
        return outputs;
      },
    };
  };
}

/** Every case's round, waiting before its first step. */
async function rounds(backend: ComputeBackend, compile: Compile): Promise<ReadonlyMap<string, Paused>> {
  const course = courseOf(CLIP);
  const classIds = course.classes.map(({ id }) => id);
  const buffer = fillReplayBuffer({ ...course, classIds, baseSeq: 0 });
  const source = random(SEED);
  const encoders = [...initWeights(audioEncoder, source), ...initWeights(videoEncoder, source)];
  const head: Head = headFromTrained({
    ...{ fusion: 'concat', classIds, width: REPRESENTATION_WIDTH, gate: 1 },
    weights: startingHead({
      ...{ head: null, classIds, columns: columnsFor(classIds.length), width: REPRESENTATION_WIDTH },
      random: source.fork('head'),
    }),
  });
  const items = buffer.byClass.flat();
  const made = embedWith(await Embedder.open(backend))(
    encoders,
    items.map(({ sample }) => sample),
  );
  const anchors = anchorsOf(head, items, made);
  const embedded = new Map(items.flatMap((item, i) => (made[i] ? [[sampleKey(item), made[i]]] : [])));
  const augmentation = augmentationFor(buffer);
  const paused = CASES.map((one): [string, Paused] => {
    const schedule = scheduleOf(one);
    const { gradients, centres } = POLICIES[one.policy];
    const plan = { steps: MOST_TURNS, rates: LATER_RATES, schedule, gradients, centres, augmentation };
    const options = { compile, buffer, plan, seed: SEED, encoders, head, embedded };
    const matched = schedule.matches ? anchors : null;
    return [one.name, new Paused((onStep) => train({ ...options, anchors: matched, onStep }))];
  });
  return new Map(paused);
}

function scheduleOf({ policy, context }: Case) {
  const schedule = POLICIES[policy].begin(context);
  if (!schedule) throw new TypeError(`${policy} trains nothing`);
  return schedule;
}

async function turn(
  waiting: ReadonlyMap<string, Paused>,
  meter: Meter,
  first: number,
): Promise<Readonly<Record<string, StepTime>>> {
  const all = [...waiting];
  const times: Record<string, StepTime> = {};
  for (const [name, round] of [...all.slice(first), ...all.slice(0, first)]) {
    meter.graphMs = 0;
    const from = cpuMs();
    await round.next();
    times[name] = { stepMs: cpuMs() - from, graphMs: meter.graphMs };
  }
  return Object.fromEntries(all.flatMap(([name]) => (times[name] ? [[name, times[name]]] : [])));
}

const reply = (message: TurnReply): void => {
  process.send?.(message);
};

limitThreads();
const backend = await openBackend('auto');
const meter: Meter = { graphMs: 0 };
const waiting = await rounds(backend, metered(backend, meter));
let turns = 0;
process.on('message', () => {
  turn(waiting, meter, turns++ % waiting.size).then(
    (times) => reply({ type: 'turn', times }),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit());
reply({ type: 'ready', backend: backend.report.backend });
