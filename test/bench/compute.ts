/**
 * `node test/bench/compute.ts [--json FILE] [--rounds N]`: traced graph against eager against wasm against
 * onnxruntime-node, on the product's encoders, in one interleaved run: each round asks each backend once for each
 * case, so that other jobs of the machine hit all alike. One thread each. onnxruntime-node is installed into a
 * temporary folder for the run; where that fails its column says so.
 */
import type { ChildProcess } from 'node:child_process';
import { execFile, fork } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';

import type { BenchCase } from './compute-worker.ts';

const ORT_VERSION = '1.30.0';
const WARM_UP = 3;
const CASES: readonly BenchCase[] = [
  ...(['video', 'audio'] as const).flatMap((modality) =>
    [1, 4, 16].map((batch) => ({ modality, batch, work: 'answer' as const })),
  ),
  ...(['video', 'audio'] as const).map((modality) => ({ modality, batch: 16, work: 'train' as const })),
];

type Timing = { readonly wallMs: number; readonly cpuMs: number };
type Figures = {
  readonly wallP10Ms: number;
  readonly wallMedianMs: number;
  readonly cpuMedianMs: number;
};
export type ComputeRow = BenchCase & { readonly figures: Readonly<Record<string, Figures | string>> };
export type ComputeBench = {
  readonly rounds: number;
  readonly notes: readonly string[];
  /** Largest difference of any representation from eager's, relative to its largest value. */
  readonly agreement: Readonly<Record<string, number>>;
  readonly rows: readonly ComputeRow[];
};

const isTiming = (reply: unknown): reply is Timing =>
  typeof reply === 'object' && reply !== null && 'wallMs' in reply;
const errorOf = (reply: unknown): string =>
  typeof reply === 'object' && reply !== null && 'error' in reply
    ? String(reply.error)
    : 'no answer of a known form';

class Backend {
  readonly name: string;
  readonly #child: ChildProcess;
  #refusal = '';

  private constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.#child = child;
  }

  static async start(name: string, ...args: readonly string[]): Promise<Backend> {
    const child = fork(new URL('./compute-worker.ts', import.meta.url), args, {
      execArgv: ['--disable-warning=DEP0051', '--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    await Backend.#next(child);
    return new Backend(name, child);
  }

  static #next(child: ChildProcess): Promise<unknown> {
    return new Promise((resolve) => {
      const ended = (code: number | null): void => resolve({ error: `it ended with ${code}` });
      child.once('exit', ended);
      child.once('message', (message: unknown) => {
        child.off('exit', ended);
        resolve(message);
      });
    });
  }

  async ask(ask: 'time' | 'sample', wanted: BenchCase): Promise<unknown> {
    if (this.#refusal) return { error: this.#refusal };
    this.#child.send({ ask, ...wanted });
    const reply = await Backend.#next(this.#child);
    if (this.#child.exitCode !== null) this.#refusal = errorOf(reply);
    return reply;
  }

  close(): void {
    if (this.#child.connected) this.#child.disconnect();
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

function figuresOf(timings: readonly Timing[]): Figures {
  const walls = timings.map(({ wallMs }) => wallMs);
  return {
    wallP10Ms: quantile(walls, 0.1),
    wallMedianMs: quantile(walls, 0.5),
    cpuMedianMs: quantile(
      timings.map(({ cpuMs }) => cpuMs),
      0.5,
    ),
  };
}

async function measure(backends: readonly Backend[], wanted: BenchCase, rounds: number): Promise<ComputeRow> {
  const timings = new Map<string, Timing[]>(backends.map(({ name }) => [name, []]));
  const errors = new Map<string, string>();
  for (let round = -WARM_UP; round < rounds; round++) {
    for (const backend of backends) {
      if (errors.has(backend.name)) continue;
      const reply = await backend.ask('time', wanted);
      if (!isTiming(reply)) errors.set(backend.name, errorOf(reply));
      else if (round >= 0) timings.get(backend.name)?.push(reply);
    }
  }
  const figures = [...timings].map(([name, list]) => [name, errors.get(name) ?? figuresOf(list)] as const);
  return { ...wanted, figures: Object.fromEntries(figures) };
}

const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'number');

async function agreementOf(backends: readonly Backend[]): Promise<Record<string, number>> {
  const wanted: BenchCase = { modality: 'video', batch: 1, work: 'answer' };
  const samples = new Map<string, number[]>();
  for (const backend of backends) {
    const reply = await backend.ask('sample', wanted);
    if (isNumbers(reply)) samples.set(backend.name, reply);
  }
  const reference = samples.get('eager') ?? samples.get('wasm') ?? [];
  const scale = Math.max(...reference.map(Math.abs));
  const distance = (values: readonly number[]): number =>
    Math.max(...reference.map((value, i) => Math.abs(value - (values[i] ?? Number.NaN)))) / scale;
  return Object.fromEntries([...samples].map(([name, values]) => [name, distance(values)]));
}

/** Installs onnxruntime-node where it is removed again. Gives the path to require, or why there is none. */
async function installOrt(folder: string): Promise<{ path: string } | { error: string }> {
  try {
    await writeFile(join(folder, 'package.json'), '{"private":true}');
    const args = [
      'install',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      `onnxruntime-node@${ORT_VERSION}`,
    ];
    await promisify(execFile)('npm', args, { cwd: folder, timeout: 300_000 });
    return { path: createRequire(join(folder, 'package.json')).resolve('onnxruntime-node') };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    return { error: `onnxruntime-node ${ORT_VERSION} could not be installed: ${message.split('\n')[0]}` };
  }
}

/** Runs the whole comparison. */
export async function benchCompute(rounds: number): Promise<ComputeBench> {
  const folder = await mkdtemp(join(tmpdir(), 'counterpoise-bench-'));
  const notes: string[] = [];
  const backends: Backend[] = [];
  try {
    for (const kind of ['graph', 'eager', 'wasm']) backends.push(await Backend.start(kind, kind));
    const ort = await installOrt(folder);
    if ('path' in ort) backends.push(await Backend.start('onnxruntime', 'onnxruntime', ort.path));
    else notes.push(ort.error);
    const agreement = await agreementOf(backends);
    const rows: ComputeRow[] = [];
    for (const wanted of CASES) rows.push(await measure(backends, wanted, rounds));
    return { rounds, notes, agreement, rows };
  } finally {
    for (const backend of backends) backend.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The rows as a table for people: wall median (tenth percentile) / CPU median, milliseconds. */
export function tableOf({ rows, notes, agreement }: ComputeBench): string {
  const names = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))];
  const cell = (figure: Figures | string | undefined): string => {
    if (figure === undefined || typeof figure === 'string') return '-';
    const { wallMedianMs, wallP10Ms, cpuMedianMs } = figure;
    return `${wallMedianMs.toFixed(2)} (${wallP10Ms.toFixed(2)}) / ${cpuMedianMs.toFixed(2)}`;
  };
  const lines = rows.map(({ modality, batch, work, figures }) => [
    `${modality} ${work} b=${batch}`,
    ...names.map((name) => cell(figures[name])),
  ]);
  const table = [['ms: wall p50 (p10) / CPU p50', ...names], ...lines];
  const widths = table[0]?.map((_, i) => Math.max(...table.map((line) => line[i]?.length ?? 0))) ?? [];
  const errors = rows.flatMap(({ figures }) =>
    Object.entries(figures).flatMap(([name, f]) => (typeof f === 'string' ? [`${name}: ${f}`] : [])),
  );
  const apart = Object.entries(agreement).map(([name, value]) => `${name} ${value.toExponential(1)}`);
  return [
    ...table.map((line) => line.map((text, i) => text.padEnd(widths[i] ?? 0)).join('  ')),
    `largest difference from eager, relative: ${apart.join(', ')}`,
    ...new Set([...notes, ...errors]),
  ].join('\n');
}

if (import.meta.main ?? process.argv[1]?.endsWith('compute.ts')) {
  const { values } = parseArgs({
    options: { json: { type: 'string' }, rounds: { type: 'string', default: '20' } },
  });
  const bench = await benchCompute(Number(values.rounds));
  console.log(tableOf(bench));
  if (values.json) await writeFile(values.json, JSON.stringify(bench, null, 2));
}
