/**
 * How well rounds learn from a generated clip: the first half teaches, the second, in other voices, other renderings and
 * with noise, scores. From random weights, through the product's own rounds and gate; no codec between.
 *
 * `node test/bench/learning.ts --seeds 101,102 --rounds 4 --steps 100 --policy uni-modal-pmr` prints a JSON line for each
 * round. Tune on seeds from 101 to 299; the tests use others.
 */
import { parseArgs } from 'node:util';

import type { PolicyName } from '../../proto/policies.ts';
import { type BackendChoice, type ComputeBackend, openBackend } from '../../server/compute/backend.ts';
import { embedWith } from '../../server/compute/embed-samples.ts';
import { Embedder } from '../../server/compute/embedder.ts';
import { limitThreads } from '../../server/compute/threads.ts';
import { audioEncoder, initWeights, videoEncoder } from '../../src/model/encoders.ts';
import { random } from '../../src/random.ts';
import type { Embed } from '../../src/training/judging.ts';
import { POLICIES } from '../../src/training/policies/table.ts';
import { type RoundBase, type RoundOutcome, runRound } from '../../src/training/round.ts';
import { type Course, courseOf, prototypesOnly, scoreCourse } from '../support/course.ts';

type Run = {
  readonly seed: number;
  readonly rounds: number;
  readonly steps: number;
  readonly policy: PolicyName;
  readonly backend: ComputeBackend;
  readonly embed: Embed;
};

function print(fields: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(fields)}\n`);
}

async function oneRound(course: Course, base: RoundBase, round: number, run: Run): Promise<RoundOutcome> {
  return runRound({
    ...course,
    base,
    lastSeq: course.labels.length,
    seed: run.seed + round,
    steps: run.steps,
    compile: (name, fn, examples) => run.backend.compile(name, fn, examples),
    embed: run.embed,
    policy: POLICIES[run.policy],
    onProgress: () => Promise.resolve(),
  });
}

async function learnCourse(course: Course, run: Run): Promise<void> {
  const { seed, embed, policy } = run;
  const source = random(seed);
  const encoders = [...initWeights(audioEncoder, source), ...initWeights(videoEncoder, source)];
  let base: RoundBase = { encoders, head: null, appliedSeq: 0, trainedSteps: 0 };
  let state = prototypesOnly(course, encoders, embed);
  print({ seed, round: 0, policy, ...scoreCourse(course, state, encoders, embed) });
  for (let round = 1; round <= run.rounds; round++) {
    const [cpu, wall] = [process.cpuUsage(), performance.now()];
    const outcome = await oneRound(course, base, round, run);
    const { user, system } = process.cpuUsage(cpu);
    if (outcome.type === 'candidate') {
      const { candidate } = outcome;
      state = candidate.classifier;
      base = { ...candidate, head: state.head, appliedSeq: state.appliedSeq };
    }
    print({
      seed,
      round,
      policy,
      steps: base.trainedSteps,
      ...scoreCourse(course, state, base.encoders, embed),
      gate: state.head?.gate ?? 0,
      rho: outcome.balance.rho,
      verdict: outcome.verdict,
      cpuS: Math.round((user + system) / 1e5) / 10,
      wallS: Math.round((performance.now() - wall) / 100) / 10,
    });
  }
}

const isPolicy = (name: string): name is PolicyName => name in POLICIES;
const isBackend = (name: string): name is BackendChoice => ['auto', 'graph', 'eager', 'wasm'].includes(name);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '101' },
      rounds: { type: 'string', default: '4' },
      steps: { type: 'string', default: '100' },
      spans: { type: 'string', default: '6' },
      policy: { type: 'string', default: 'uni-modal-pmr' },
      backend: { type: 'string', default: 'auto' },
    },
  });
  const { policy, backend: choice } = values;
  if (!isPolicy(policy) || !isBackend(choice)) {
    throw new TypeError(`--policy is one of ${Object.keys(POLICIES)}, --backend auto, graph, eager or wasm`);
  }
  limitThreads();
  const backend = await openBackend(choice);
  const embedder = await Embedder.open(backend);
  const [rounds, steps] = [Number(values.rounds), Number(values.steps)];
  for (const seed of values.seeds.split(',').map(Number)) {
    const course = courseOf({ seed, spansPerClass: Number(values.spans) });
    await learnCourse(course, { seed, rounds, steps, policy, backend, embed: embedWith(embedder) });
  }
  print({ backend: backend.report.backend, reason: backend.report.reason });
}

await main();
