/** A process of the bench: runs the cells that it is sent, each once, and says what came of them. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openBackend } from '../../../server/compute/backend.ts';
import { limitThreads } from '../../../server/compute/threads.ts';
import type { NamedArray } from '../../../src/model/encoders.ts';
import { CellStore } from '../learning/cell-store.ts';
import { cellKey, codeHash } from '../learning/code-key.ts';
import { type Cell, type CellResult, isCellResult, openTools, runCell, Studio } from './cells.ts';
import { randomEncoders, readEncoders } from './weights.ts';

/** Cells that share a draw, one after the other. */
export type Job = { readonly folder: string; readonly cells: readonly Cell[] };
export type Report =
  | { readonly type: 'cell'; readonly result: CellResult; readonly stored: boolean }
  | { readonly type: 'failed'; readonly cell: Cell; readonly why: string }
  | { readonly type: 'done' };

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

const say = (report: Report): void => {
  if (process.connected) process.send?.(report, undefined, undefined, () => undefined);
};

async function open() {
  limitThreads();
  const backend = await openBackend('auto');
  const files = ['./cells.ts', '../../../server/compute/backend.ts'];
  const code = await codeHash(
    files.map((file) => fileURLToPath(new URL(file, import.meta.url))),
    ROOT,
  );
  const { tools } = await openTools(backend);
  return { tools, code: cellKey(code, backend.report.backend), studio: new Studio() };
}

const opened = open();
const read = new Map<string, Promise<readonly NamedArray[]>>();

/** Read once for a process. */
function weightsOf({ learner: { path, digest }, draw }: Cell): Promise<readonly NamedArray[]> {
  if (path === null) return Promise.resolve(randomEncoders(draw));
  const known = read.get(digest) ?? readEncoders(path).then(({ weights }) => weights);
  read.set(digest, known);
  return known;
}

async function run({ folder, cells }: Job): Promise<void> {
  const { tools, code, studio } = await opened;
  const store = new CellStore(join(folder, 'cells'), isCellResult);
  for (const cell of cells) {
    const { learner, ...settings } = cell;
    // A starter's name is no part of what it does.
    const key = cellKey(code, { ...settings, weights: learner.digest });
    try {
      const { result, stored } = await store.result(key, async () =>
        runCell(cell, { weights: await weightsOf(cell), studio, tools }),
      );
      say({ type: 'cell', result: { ...result, learner: learner.name }, stored });
    } catch (error) {
      say({ type: 'failed', cell, why: error instanceof Error ? error.message : String(error) });
    }
  }
  say({ type: 'done' });
}

const isJob = (message: unknown): message is Job =>
  typeof message === 'object' && message !== null && 'cells' in message && Array.isArray(message.cells);

process.on('message', (message) => {
  if (isJob(message)) void run(message);
});
process.once('disconnect', () => process.exit(0));
