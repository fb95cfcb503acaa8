/** The AV-stream's part of `npm run bench:learning`: all its cells, from the store or run now. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { POLICY_NAMES } from '../../../../proto/policies.ts';
import type { ComputeBackend } from '../../../../server/compute/backend.ts';
import { CellStore } from '../cell-store.ts';
import { cellKey, codeHash } from '../code-key.ts';
import { baseOf, starterName } from './base.ts';
import { ABLATION_NAMES, LEARNER_NAMES, type LearnerName } from './learners.ts';
import { Reels } from './reels.ts';
import { type AvCell, type AvResult, openTools, runAvCell } from './run.ts';
import { SCENARIO_NAMES, type ScenarioName } from './scenarios.ts';
import type { AvSettings } from './settings.ts';
import type { Speaker } from './sound.ts';

/** Who runs in which scenario. */
export type AvPlan = readonly {
  readonly scenario: ScenarioName;
  readonly learners: readonly LearnerName[];
}[];

export type AvOptions = {
  readonly plan: AvPlan;
  readonly orders: readonly number[];
  readonly settings: AvSettings;
  /** Where results, rendered windows and first weights lie between runs. */
  readonly folder: string;
  readonly onCell: (result: AvResult, stored: boolean) => void;
  /** A cell that could not be run, and why; the others go on. */
  readonly onFailure: (cell: AvCell, why: string) => void;
};

/** Tuning used worlds and orders from 101 on; these had no say in any setting. */
export const SHORT_ORDERS = [1, 2] as const;
export const LONG_ORDERS = [1, 2, 3, 4, 5] as const;
export const SHORT_LEARNERS: readonly LearnerName[] = ['joint', 'joint-uni-modal', 'paper-pmr', 'pmr-stream'];
/** One sense shifts in each, the one and the other. */
export const SHORT_SCENARIOS: readonly ScenarioName[] = ['audio-noise', 'bad-light'];
export const SHORT_PLAN: AvPlan = SHORT_SCENARIOS.map((scenario) => ({ scenario, learners: SHORT_LEARNERS }));
/** Every policy everywhere; what is taken from PMR-stream, where one sense becomes the weak one. */
export const LONG_PLAN: AvPlan = SCENARIO_NAMES.map((scenario) => ({
  scenario,
  learners: [...POLICY_NAMES, ...(SHORT_SCENARIOS.includes(scenario) ? ABLATION_NAMES : [])],
}));

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const codeOf = (...files: readonly string[]): Promise<string> =>
  codeHash(
    files.map((file) => fileURLToPath(new URL(file, import.meta.url))),
    ROOT,
  );

const isResult = (value: unknown): value is AvResult =>
  typeof value === 'object' &&
  value !== null &&
  'learner' in value &&
  LEARNER_NAMES.some((name) => name === value.learner) &&
  'scenario' in value &&
  SCENARIO_NAMES.some((name) => name === value.scenario) &&
  'answers' in value &&
  Array.isArray(value.answers);

/** Whose words this machine can render. */
export function speakerHere(): Speaker {
  try {
    execFileSync('espeak-ng', ['--version'], { stdio: 'ignore' });
    return 'espeak-ng';
  } catch {
    return 'synthesizer';
  }
}

/** Runs what is not stored yet, order by order, so that a run that is stopped leaves whole comparisons. */
export async function avBench(options: AvOptions, backend: ComputeBackend): Promise<readonly AvResult[]> {
  const { plan, orders, settings, folder, onCell, onFailure } = options;
  const code = await codeOf('./run.ts', './base.ts', '../../../../server/compute/backend.ts');
  const starter = await starterName(settings);
  const kind = backend.report.backend;
  const store = new CellStore(join(folder, 'cells'), isResult);
  const reels = new Reels(join(folder, 'reels'), await codeOf('./sound.ts', './picture.ts'));
  const { tools, dispose } = await openTools(backend, settings);
  const source = { settings, reels };
  const base = baseOf(join(folder, 'bases'), cellKey(code, { settings, backend: kind }), source, tools);
  const results: AvResult[] = [];
  try {
    for (const order of orders)
      for (const { scenario, learners } of plan)
        for (const learner of learners) {
          const cell = { scenario, order, learner };
          const key = cellKey(code, { ...cell, settings, backend: kind, starter });
          try {
            const { result, stored } = await store.result(key, async () =>
              runAvCell(cell, source, { base: await base, tools }),
            );
            onCell(result, stored);
            results.push(result);
          } catch (error) {
            onFailure(cell, error instanceof Error ? error.message : String(error));
          }
        }
    return results;
  } finally {
    dispose();
  }
}
