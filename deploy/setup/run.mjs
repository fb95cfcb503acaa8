/** `node deploy/setup/run.mjs FILE …`: sets up what is missing and runs one of our TypeScript files on the pinned Node. */
import { resolve } from 'node:path';
import { runOnPinnedNode } from './pinned-node.mjs';
import { prepare, runMain } from './prepare.mjs';

await runMain(async () => {
  const [file, ...args] = process.argv.slice(2);
  if (!file) throw new Error('usage: node deploy/setup/run.mjs FILE [arguments]');
  await prepare();
  return runOnPinnedNode([resolve(file), ...args]);
});
