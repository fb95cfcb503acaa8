/** How the backends compare, as ratios: they hold on a busy machine, where milliseconds do not. */
import { quantile } from '../../server/cli/scoring.ts';
import type { ComputeBench } from './compute.ts';
import type { Figure } from './report.ts';

/** Median CPU time of a backend for one case, or null where it could not do it. */
function cpuMs(row: ComputeBench['rows'][number], backend: string): number | null {
  const figures = row.figures[backend];
  return figures === undefined || typeof figures === 'string' ? null : figures.cpuMedianMs;
}

/** Median over the cases of the ratio of both backends' CPU times. */
function ratio({ rows }: ComputeBench, work: string, [above, below]: readonly [string, string]): Figure {
  const ratios = rows
    .filter((row) => row.work === work)
    .flatMap((row) => {
      const [a, b] = [cpuMs(row, above), cpuMs(row, below)];
      return a === null || b === null ? [] : [a / b];
    });
  return { name: `${work}: ${above} / ${below}`, value: quantile(ratios, 0.5), unit: 'times' };
}

const PAIRS = [
  ['eager', 'graph'],
  ['wasm', 'graph'],
  ['graph', 'onnxruntime'],
] as const;

/** CPU time of one backend over another's: the median over batch sizes and modalities. */
export function computeRatios(bench: ComputeBench): readonly Figure[] {
  const answering = PAIRS.map((pair) => ratio(bench, 'answer', pair));
  return [...answering, ...PAIRS.slice(0, 2).map((pair) => ratio(bench, 'train', pair))];
}
