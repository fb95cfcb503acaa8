/** One cell of the AV-stream: a scenario, an order, a learner. A function of its options on one backend. */
import type { ComputeBackend } from '../../../../server/compute/backend.ts';
import { embedWith } from '../../../../server/compute/embed-samples.ts';
import { Embedder } from '../../../../server/compute/embedder.ts';
import { keepingCompile } from '../../../../server/compute/keeping-compile.ts';
import type { RoundBase } from '../../../../src/training/round.ts';
import { type CourseSource, courseOf } from './course.ts';
import { rememberingEmbed } from './embeddings.ts';
import { type LearnerName, learnerOf } from './learners.ts';
import { SCENARIOS, type ScenarioName } from './scenarios.ts';
import type { AvSettings } from './settings.ts';
import type { StreamResult } from './stream-result.ts';
import { StreamRun, type Tools } from './stream-run.ts';

export type AvCell = {
  readonly scenario: ScenarioName;
  readonly order: number;
  readonly learner: LearnerName;
};

export type AvResult = StreamResult & AvCell & { readonly seconds: number };

/** Compiled encoders and steps; the caller disposes them. */
export async function openTools(backend: ComputeBackend, settings: AvSettings) {
  const embedder = await Embedder.open(backend, settings.encoders);
  const tools: Tools = { embed: embedWith(embedder), compile: keepingCompile(backend) };
  return { tools, dispose: () => embedder.dispose() };
}

/** Runs one cell. */
export async function runAvCell(
  { scenario, order, learner }: AvCell,
  source: CourseSource,
  { base, tools }: { readonly base: RoundBase; readonly tools: Tools },
): Promise<AvResult> {
  const { user, system } = process.cpuUsage();
  const course = await courseOf(SCENARIOS[scenario], order, source);
  const run = new StreamRun({
    ...{
      learner: learnerOf(learner),
      scenario: SCENARIOS[scenario],
      course,
      base,
      settings: source.settings,
    },
    ...{ embed: rememberingEmbed(tools.embed), compile: tools.compile, seed: 1000 * order },
  });
  const result = await run.run();
  const spent = process.cpuUsage({ user, system });
  const seconds = Math.round((spent.user + spent.system) / 1e5) / 10;
  return { scenario, order, learner, ...result, seconds };
}
