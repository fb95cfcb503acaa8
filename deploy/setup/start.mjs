/** `npm start`: sets up what is missing, then serves. Arguments after `--` go to `counterpoise serve`. */
import { join } from 'node:path';
import { root } from './paths.mjs';
import { runOnPinnedNode } from './pinned-node.mjs';
import { prepare, runMain } from './prepare.mjs';

await runMain(async () => {
  await prepare();
  return runOnPinnedNode([join(root, 'server', 'cli', 'main.ts'), 'serve', ...process.argv.slice(2)]);
});
