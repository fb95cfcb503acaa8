/** `npm start`: sets up what is missing, then serves. Arguments after `--` go to `counterpoise serve`. */
import { join } from 'node:path';
import { root } from './paths.mjs';
import { runOnPinnedNode } from './pinned-node.mjs';
import { prepare, runMain } from './prepare.mjs';

await runMain(async () => {
  const args = process.argv.slice(2);
  // Who asks for wasm shall not wait for TensorFlow.
  if (/(^| )--backend[ =]wasm( |$)/.test(args.join(' '))) process.env.COUNTERPOISE_BACKEND = 'wasm';
  await prepare();
  return runOnPinnedNode([join(root, 'server', 'cli', 'main.ts'), 'serve', ...args]);
});
