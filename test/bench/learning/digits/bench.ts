/** The digits' part of `npm run bench:learning`: all its cells, from the store or run now. */
import { fileURLToPath } from 'node:url';
import { POLICY_NAMES, type PolicyName } from '../../../../proto/policies.ts';
import type { ComputeBackend } from '../../../../server/compute/backend.ts';
import { CellStore } from '../cell-store.ts';
import { cellKey, codeHash } from '../code-key.ts';
import { type DigitCell, type DigitResult, runDigits } from './run.ts';
import type { DigitSettings } from './settings.ts';

export type DigitsOptions = {
  readonly policies: readonly PolicyName[];
  readonly seeds: readonly number[];
  readonly settings: DigitSettings;
  /** Where results lie between runs. */
  readonly folder: string;
  readonly onCell: (result: DigitResult, stored: boolean) => void;
  /** A cell that could not be run, and why; the others go on. */
  readonly onFailure: (cell: Pick<DigitCell, 'policy' | 'seed'>, why: string) => void;
};

/** Tuning used seeds from 101 on; these had no say in any setting. */
export const REPORTED_SEEDS = [1, 2, 3] as const;

/** `pmr-stream` runs without its gate, rollback and reservoir: those need a stream. */
export const WHOLE_POLICIES: readonly PolicyName[] = POLICY_NAMES.filter(
  (name) => name !== 'frozen' && name !== 'head-only', // they leave the encoders as they are
);
export const SHORT_POLICIES: readonly PolicyName[] = ['joint', 'joint-uni-modal', 'paper-pmr', 'pmr-stream'];

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const CODE = ['./run.ts', '../../../../server/compute/backend.ts'].map((file) =>
  fileURLToPath(new URL(file, import.meta.url)),
);

const isResult = (value: unknown): value is DigitResult =>
  typeof value === 'object' &&
  value !== null &&
  'policy' in value &&
  POLICY_NAMES.some((name) => name === value.policy) &&
  'rho' in value &&
  Array.isArray(value.rho);

/** Runs what is not stored yet, one cell after another. @returns results by policy, then by seed */
export async function digitsBench(
  options: DigitsOptions,
  backend: ComputeBackend,
): Promise<readonly DigitResult[]> {
  const { policies, seeds, settings, folder, onCell, onFailure } = options;
  const code = await codeHash(CODE, ROOT);
  const store = new CellStore(folder, isResult);
  const results: DigitResult[] = [];
  for (const seed of seeds) {
    for (const policy of policies) {
      const cell = { policy, seed, settings };
      const key = cellKey(code, { ...cell, backend: backend.report.backend });
      try {
        const { result, stored } = await store.result(key, () =>
          runDigits(cell, (name, fn, examples) => backend.compile(name, fn, examples)),
        );
        onCell(result, stored);
        results.push(result);
      } catch (error) {
        onFailure(cell, error instanceof Error ? error.message : String(error));
      }
    }
  }
  return policies.flatMap((policy) => results.filter((result) => result.policy === policy));
}
