/**
 * `npm run bench:learning`: what each training policy learns, on the same data, seeds and order.
 * Exit code 0 whatever the figures say; 1 when a bench could not run, 2 when the command line does not fit.
 */
import { fork } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FUSION_NAMES, type FusionName } from '../../../proto/fusions.ts';
import { POLICY_NAMES, type PolicyName } from '../../../proto/policies.ts';
import { type ComputeBackend, openBackend } from '../../../server/compute/backend.ts';
import { limitThreads } from '../../../server/compute/threads.ts';
import { REPRESENTATION_WIDTH } from '../../../src/model/encoders.ts';
import { AV_HELP, type AvCommand, parseAv, runAv, tellAv } from './av/command.ts';
import { digitsBench, REPORTED_SEEDS, SHORT_POLICIES, WHOLE_POLICIES } from './digits/bench.ts';
import { digitPlots, digitTable, digitTargets, policyTitle, targetLines } from './digits/report.ts';
import type { DigitResult } from './digits/run.ts';
import { ADAM_SETTINGS, DIGIT_SETTINGS, type DigitSettings, digitEncoders } from './digits/settings.ts';

const HELP = `npm run bench:learning [-- --long] [--out FOLDER]: both parts, in their short form (or all of it)

npm run bench:learning -- digits [options]

  digits          coloured and gray digits (the paper's CG-MNIST protocol): does rebalancing lift the starved encoder?

  --short         joint, joint + uni-modal CE, PMR as written, PMR-stream alone
  --seeds 1,2,3   seeds to run
  --policies A,B  policies to run, of ${POLICY_NAMES.join(', ')}
  --adam          the product's optimizer, not momentum SGD
  --fusion NAME   ${FUSION_NAMES.join(', ')} (${DIGIT_SETTINGS.fusion})
  --width N       of both representations (${REPRESENTATION_WIDTH}, the product's; the paper's is 512)
  --epochs N      (${DIGIT_SETTINGS.epochs})
  --train N       training pictures (${DIGIT_SETTINGS.train})
  --test N        test pictures (${DIGIT_SETTINGS.test})
  --out FOLDER    JSON and SVG plots, and every cell's result: a run that was stopped goes on (data/bench-learning)`;

const isPolicy = (name: string): name is PolicyName => POLICY_NAMES.some((one) => one === name);

function policiesOf(text: string | undefined, short: boolean): readonly PolicyName[] {
  if (text === undefined) return short ? SHORT_POLICIES : WHOLE_POLICIES;
  const names = text.split(',');
  const foreign = names.find((name) => !isPolicy(name));
  if (foreign !== undefined)
    throw new Error(`--policies has "${foreign}", expected some of ${POLICY_NAMES.join(', ')}`);
  return names.filter(isPolicy);
}

function fusionOf(text: string): FusionName {
  const known = FUSION_NAMES.find((name) => name === text);
  if (known) return known;
  throw new Error(`--fusion is "${text}", expected one of ${FUSION_NAMES.join(', ')}`);
}

function counted(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least)
    throw new Error(`${name} is "${text}", expected a whole number of at least ${least}`);
  return value;
}

function parse(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      short: { type: 'boolean', default: false },
      seeds: { type: 'string', default: REPORTED_SEEDS.join() },
      policies: { type: 'string' },
      adam: { type: 'boolean', default: false },
      fusion: { type: 'string', default: DIGIT_SETTINGS.fusion },
      width: { type: 'string', default: String(REPRESENTATION_WIDTH) },
      epochs: { type: 'string', default: String(DIGIT_SETTINGS.epochs) },
      train: { type: 'string', default: String(DIGIT_SETTINGS.train) },
      test: { type: 'string', default: String(DIGIT_SETTINGS.test) },
      out: { type: 'string', default: join('data', 'bench-learning') },
      help: { type: 'boolean', default: false },
    },
  });
  const foreign = positionals.find((name) => name !== 'digits');
  if (foreign !== undefined) throw new Error(`there is no part "${foreign}", expected digits`);
  const settings: DigitSettings = {
    ...(values.adam ? ADAM_SETTINGS : DIGIT_SETTINGS),
    encoders: digitEncoders(counted('--width', values.width, 1)),
    fusion: fusionOf(values.fusion),
    epochs: counted('--epochs', values.epochs, 1),
    // A tenth of the training set must hold every digit, most of the time.
    train: counted('--train', values.train, 200),
    test: counted('--test', values.test, 10),
  };
  const seeds = values.seeds.split(',').map((seed) => counted('--seeds', seed, 0));
  const { help, out, adam, width, fusion } = values;
  const wide = Number(width) === REPRESENTATION_WIDTH ? [] : [width];
  const fused = fusion === DIGIT_SETTINGS.fusion ? [] : [fusion];
  const name = ['digits', ...(adam ? ['adam'] : []), ...wide, ...fused].join('-');
  return { help, out, name, seeds, settings, policies: policiesOf(values.policies, values.short) };
}

function sayCell({ policy, seed, fused, gray, seconds }: DigitResult, stored: boolean): void {
  const scores = `fused ${(100 * fused).toFixed(1)}, gray ${(100 * gray.prototype).toFixed(1)}`;
  console.error(`${policyTitle(policy)}, seed ${seed}: ${scores} (${stored ? 'stored' : `${seconds} s`})`);
}

/** Runs the digits. @returns how many cells could not be run */
async function benchDigits(line: ReturnType<typeof parse>, backend: ComputeBackend): Promise<number> {
  const { policies, seeds, settings, out, name } = line;
  let failures = 0;
  const onFailure = ({ policy, seed }: Pick<DigitResult, 'policy' | 'seed'>, why: string): void => {
    failures++;
    console.error(`${policyTitle(policy)}, seed ${seed}: could not run: ${why}`);
  };
  const folder = join(out, 'cells');
  const results = await digitsBench(
    { policies, seeds, settings, folder, onCell: sayCell, onFailure },
    backend,
  );
  const targets = digitTargets(results);
  const { accuracy, rho } = digitPlots(results);
  await mkdir(out, { recursive: true });
  await writeFile(join(out, `${name}.json`), JSON.stringify({ settings, targets, results }, null, 2));
  await writeFile(join(out, `${name}.svg`), accuracy);
  await writeFile(join(out, `${name}-rho.svg`), rho);
  console.log(`CG-digits, test accuracy in %, ${seeds.length} seeds, mean and 95 % interval\n`);
  console.log(`${digitTable(results)}\n\n${targetLines(targets)}`);
  return failures;
}

/** What a command line asks for; a part that is not asked for is null. @throws {Error} when it does not fit. */
function parts(args: readonly string[]) {
  const [part, ...rest] = args;
  if (part === 'av') return { digits: null, av: parseAv(rest) };
  if (part === 'digits') return { digits: parse(args), av: null };
  const av = parseAv(args);
  const narrow = ['--orders', '--scenarios', '--learners', '--world'].find((flag) =>
    args.some((arg) => arg.startsWith(flag)),
  );
  if (narrow) throw new Error(`${narrow} is for one part, expected av before it`);
  return { digits: parse([...(args.includes('--long') ? [] : ['--short']), '--out', av.out]), av };
}

function parsed(args: readonly string[]): ReturnType<typeof parts> | null {
  try {
    return parts(args);
  } catch (error) {
    console.error(
      `bench:learning: ${error instanceof Error ? error.message : error}\n\n${HELP}\n\n${AV_HELP}`,
    );
    return null;
  }
}

/** Some orders of the AV-stream in a process of its own, which leaves their cells. @returns its exit code */
async function avBeside(args: readonly string[], orders: readonly number[]): Promise<number> {
  const child = fork(new URL(import.meta.url), ['av', ...args, '--orders', orders.join()], {
    execArgv: ['--disable-warning=DEP0051', '--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/** Both parts on two cores: half of the AV-stream's orders beside the digits and the other half. */
async function runBoth(
  digits: ReturnType<typeof parse>,
  av: AvCommand,
  { args, backend }: { readonly args: readonly string[]; readonly backend: ComputeBackend },
): Promise<number> {
  const half = Math.ceil(av.orders.length / 2);
  const beside = avBeside(args, av.orders.slice(0, half));
  const failures = await benchDigits(digits, backend);
  await runAv({ ...av, orders: av.orders.slice(half) }, backend);
  await beside;
  const whole = await runAv(av, backend); // from the store; what failed is tried once more
  console.log('');
  await tellAv(av, whole);
  return failures + whole.failures;
}

async function runParts({ digits, av }: ReturnType<typeof parts>, args: readonly string[]): Promise<number> {
  limitThreads();
  const backend = await openBackend('auto');
  if (digits && av) return runBoth(digits, av, { args, backend });
  if (digits) return benchDigits(digits, backend);
  if (!av) return 0;
  const run = await runAv(av, backend);
  await tellAv(av, run);
  return run.failures;
}

async function main(args: readonly string[]): Promise<number> {
  const asked = parsed(args);
  if (!asked) return 2;
  if (asked.digits?.help || asked.av?.help) {
    console.log(`${HELP}\n\n${AV_HELP}`);
    return 0;
  }
  try {
    return (await runParts(asked, args)) > 0 ? 1 : 0;
  } catch (error) {
    console.error(`bench:learning could not run: ${error instanceof Error ? error.message : error}`);
    return 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
