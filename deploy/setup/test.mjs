/**
 * `npm test`: sets up what is missing, then types, lint and format, unit, integration, training and browser tests. The last
 * line says how many passed, failed and were skipped; the exit code agrees. `--check` leaves the browser out.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { closingLine, countCheck, countTests, exitCode, sum } from './closing.mjs';
import { memory, modules, pinnedNode, root } from './paths.mjs';
import { pinnedEnvironment } from './pinned-node.mjs';
import { endWithNpm, prepare } from './prepare.mjs';
import { ensureTestTools } from './test-tools.mjs';

/** @typedef {{name: string, counts: import('./closing.mjs').Counts}} Result */

const CHECKS = [
  { name: 'types', args: [join('typescript', 'bin', 'tsc'), '-p', 'tsconfig.json', '--noEmit'] },
  {
    name: 'types of the page',
    args: [join('typescript', 'bin', 'tsc'), '-p', join('client', 'tsconfig.json'), '--noEmit'],
  },
  { name: 'lint and format', args: [join('@biomejs', 'biome', 'bin', 'biome'), 'check', '.'] },
];

const [option, ...others] = process.argv.slice(2);
if (others.length > 0 || (option !== undefined && option !== '--check')) {
  console.error(
    `npm test does not know ${[option, ...others].join(' ')}; npm run check leaves the browser tests out`,
  );
  process.exit(2);
}

endWithNpm();
const WITHOUT_BROWSER = ['unit', 'integration', 'training'];
const results = await runAll(option === '--check' ? WITHOUT_BROWSER : [...WITHOUT_BROWSER, 'e2e']);
const total = sum(results.map((result) => result.counts));
console.log('');
for (const { name, counts } of results) console.log(`${name.padEnd(20)}${closingLine(counts)}`);
console.log(closingLine(total));
process.exitCode = exitCode(total);

/**
 * @param {readonly string[]} projects
 * @returns {Promise<Result[]>}
 */
async function runAll(projects) {
  const setUp = [await attempt('set-up', prepare)];
  if (projects.includes('e2e')) setUp.push(await attempt('browser', ensureTestTools));
  // Without packages nothing can run; without a browser everything else can.
  if (setUp[0]?.counts.failed) return setUp;
  const runnable = setUp[1]?.counts.failed ? projects.filter((name) => name !== 'e2e') : projects;
  const checks = [];
  for (const { name, args } of CHECKS) {
    console.log(`\n== ${name}`);
    checks.push({ name, counts: countCheck(await runTool(args)) });
  }
  for (const project of runnable)
    checks.push({ name: `${project} tests`, counts: await runProject(project) });
  // A set-up that worked is no test that passed.
  return [...setUp.filter((result) => result.counts.failed > 0), ...checks];
}

/**
 * @param {string} name
 * @param {() => Promise<void>} work
 * @returns {Promise<Result>}
 */
async function attempt(name, work) {
  try {
    await work();
    return { name, counts: countCheck(true) };
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : error}`);
    return { name, counts: countCheck(false) };
  }
}

/**
 * One project after the other: the browser's timings shall not suffer from unit tests beside it.
 * @param {string} project of vitest.config.ts
 */
async function runProject(project) {
  console.log(`\n== ${project} tests`);
  const file = join(memory, `vitest-${project}.json`);
  mkdirSync(memory, { recursive: true });
  rmSync(file, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const endedWell = await runTool([join('vitest', 'vitest.mjs'), 'run', '--project', project, ...reporters]);
  return countTests(readReport(file), endedWell);
}

/**
 * @param {string} file
 * @returns {import('./closing.mjs').VitestReport | undefined}
 */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * A package's program on the pinned Node, its output shown.
 * @param {readonly string[]} args path below node_modules, then its arguments
 * @returns {Promise<boolean>} exit code 0
 */
function runTool([program = '', ...args]) {
  const env = { ...pinnedEnvironment(), NODE_OPTIONS: '--disable-warning=ExperimentalWarning' };
  return new Promise((resolve) => {
    const child = spawn(pinnedNode, [join(modules, program), ...args], {
      cwd: root,
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const stop = () => {
      child.kill('SIGTERM');
      process.exit(143);
    };
    process.on('SIGTERM', stop);
    child.on('error', () => resolve(false));
    child.on('close', (code) => {
      process.off('SIGTERM', stop);
      resolve(code === 0);
    });
  });
}
