#!/usr/bin/env node
/**
 * `counterpoise`: the command line, on the pinned Node whatever Node it was started with. `doctor` is answered here,
 * because it must work before anything is installed; every other command is in server/cli.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { doctor } from './doctor.mjs';
import { pinnedNode, root } from './paths.mjs';
import { runOnPinnedNode } from './pinned-node.mjs';
import { runMain } from './prepare.mjs';

await runMain(async () => {
  const args = process.argv.slice(2);
  if (args[0] === 'doctor') return doctor(args.slice(1));
  if (!existsSync(pinnedNode))
    throw new Error(
      'not set up yet: run "npm start" once (or "npx counterpoise doctor" to see what is missing)',
    );
  return runOnPinnedNode([join(root, 'server', 'cli', 'main.ts'), ...args]);
});
