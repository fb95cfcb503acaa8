/** A run's history: one JSON line for every tenth step and one for every probe, and the curve drawn from them. */
import { appendFile, readFile } from 'node:fs/promises';

import { JsonReader } from '../../src/model/json-reader.ts';
import type { ProbeScores } from '../../src/pretraining/probing.ts';
import { curve } from './curve.ts';
import { writeWhole } from './state-file.ts';

export type StepEntry = {
  readonly type: 'steps';
  /** Steps done. */
  readonly step: number;
  /** Means over the steps since the entry before. */
  readonly loss: number;
  readonly terms: Readonly<Record<string, number>>;
  readonly gradientNorm: number;
  readonly rate: number;
  /** Time of the training, and of all rendering threads together, a step; ms. */
  readonly trainingMs: number;
  readonly renderingMs: number;
};
export type ProbeEntry = { readonly type: 'probe'; readonly step: number } & ProbeScores;
export type LogEntry = StepEntry | ProbeEntry;

function entryOf(line: string): LogEntry {
  const fields = JsonReader.of(JSON.parse(line), 'log');
  const number = (name: string): number => fields.number(name);
  const step = number('step');
  if (fields.string('type') === 'probe') {
    const [prototype, single] = [number('prototype'), number('single')];
    return { type: 'probe', step, prototype, single, kind: number('kind'), measures: number('measures') };
  }
  const terms = fields
    .object('terms')
    .scalars()
    .map(([name, value]) => [name, Number(value)] as const);
  return {
    type: 'steps',
    step,
    loss: number('loss'),
    terms: Object.fromEntries(terms),
    gradientNorm: number('gradientNorm'),
    rate: number('rate'),
    trainingMs: number('trainingMs'),
    renderingMs: number('renderingMs'),
  };
}

/** Appends to a file; what a killed run wrote after its last state is cut off. */
export class RunLog {
  readonly #path: string;
  readonly #entries: LogEntry[];

  private constructor(path: string, entries: LogEntry[]) {
    this.#path = path;
    this.#entries = entries;
  }

  /** @param steps done by the state that the run goes on from. */
  static async open(path: string, steps: number): Promise<RunLog> {
    const text = await readFile(path, 'utf8').catch(() => '');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1); // a killed run may have cut its last line
    const lines = whole.split('\n').filter((line) => line !== '');
    const entries = steps === 0 ? [] : lines.map(entryOf).filter(({ step }) => step <= steps);
    await writeWhole(path, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
    return new RunLog(path, entries);
  }

  get entries(): readonly LogEntry[] {
    return this.#entries;
  }

  async add(entry: LogEntry): Promise<void> {
    this.#entries.push(entry);
    await appendFile(this.#path, `${JSON.stringify(entry)}\n`);
  }

  /** Draws the curve anew. */
  async draw(path: string, title: string): Promise<void> {
    await writeWhole(path, curve(title, this.#entries));
  }
}
