/** Things that training never meets, rendered once, and what an encoder's representations of them are worth. */
import { random } from '../random.ts';
import { drawInstance, type Instance } from './instance.ts';
import type { Material } from './material.ts';
import { explained, prototypeAccuracy, type Rows, readOut } from './probe.ts';

/** How much is drawn. */
export type ProbeSize = {
  /** Sets of things to tell apart, things in each, and renderings of each: 5 are shown with their label, the others asked. */
  readonly sets: number;
  readonly things: number;
  readonly labels: number;
  readonly asked: number;
  /** Things that a straight line is fitted to, and as many again that it is asked about. */
  readonly fitted: number;
};
export const PROBE_SIZE: ProbeSize = { sets: 3, things: 20, labels: 5, asked: 3, fitted: 400 };

export type ProbeScores = {
  /** Share of right answers by the nearest of 20 prototypes of 5 renderings each; chance is 0.05. */
  readonly prototype: number;
  /** The same with one rendering each. */
  readonly single: number;
  /** Share of kinds that a straight line reads off. */
  readonly kind: number;
  /** Explained share of a measure's variance, mean over the measures. */
  readonly measures: number;
};

/** Rendered windows, in the order in which `probeScores` takes their representations. */
export type ProbeSet<Window> = {
  readonly size: ProbeSize;
  readonly windows: readonly Window[];
  /** Attributes of the things of the read-out. */
  readonly lines: readonly Instance<Window>['attributes'][];
  readonly kinds: number;
  readonly measures: number;
};

/** Draws and renders a probe; none of its things is met in training, whose names of draws are others. */
export function drawProbe<Window>(
  { source }: Material<Window>,
  seed: number,
  size: ProbeSize = PROBE_SIZE,
): ProbeSet<Window> {
  const draws = random(seed).fork('probe');
  const drawn = (name: string): Instance<Window> => drawInstance(source, draws.fork(name));
  const compared = Array.from({ length: size.sets * size.things }, (_, i) => drawn(`thing ${i}`));
  const windows = compared.flatMap((thing, i) =>
    Array.from({ length: size.labels + size.asked }, (_, n) => thing.render(draws.fork(`view ${i} ${n}`))),
  );
  const lines = Array.from({ length: 2 * size.fitted }, (_, i) => drawn(`line ${i}`));
  return {
    size,
    windows: [...windows, ...lines.map((thing, i) => thing.render(draws.fork(`line view ${i}`)))],
    lines: lines.map(({ attributes }) => attributes),
    kinds: source.kinds.length,
    measures: source.measures.length,
  };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function kindScore({ lines, kinds, size }: ProbeSet<unknown>, rows: Rows): number {
  const targets = Array.from({ length: kinds }, (_, k) =>
    lines.slice(0, size.fitted).map(({ kind }) => (kind === k ? 1 : 0)),
  );
  const guesses = readOut(rows.slice(0, size.fitted), targets, rows.slice(size.fitted));
  const asked = lines.slice(size.fitted);
  const right = asked.filter(({ kind }, n) => {
    const scores = guesses.map((guess) => guess[n] ?? 0);
    return scores.indexOf(Math.max(...scores)) === kind;
  });
  return right.length / asked.length;
}

const LEAST_KNOWN = 20;

/** Of those that have it; a measure that hardly any thing has, or that does not vary, is left out. */
function measureScore({ lines, measures, size }: ProbeSet<unknown>, rows: Rows): number {
  const scores: number[] = [];
  for (let m = 0; m < measures; m++) {
    const having = lines.flatMap(({ measures: each }, n) => {
      const value = each[m] ?? null;
      const row = rows[n];
      return value === null || !row ? [] : [{ value, row, fitted: n < size.fitted }];
    });
    const [shown, asked] = [having.filter(({ fitted }) => fitted), having.filter(({ fitted }) => !fitted)];
    if (Math.min(shown.length, asked.length) < LEAST_KNOWN) continue;
    const rowsOf = (list: typeof having): Rows => list.map(({ row }) => row);
    const [guesses = []] = readOut(rowsOf(shown), [shown.map(({ value }) => value)], rowsOf(asked));
    const truth = asked.map(({ value }) => value);
    const score = explained(guesses, truth);
    if (Number.isFinite(score)) scores.push(Math.max(-1, score));
  }
  return scores.length > 0 ? mean(scores) : 0;
}

/** @param rows representations of `probe.windows`, in their order. */
export function probeScores(probe: ProbeSet<unknown>, rows: Rows): ProbeScores {
  const { sets, things, labels, asked } = probe.size;
  const each = labels + asked;
  const compared = Array.from({ length: sets }, (_, s) =>
    Array.from({ length: things }, (_, t) => {
      const first = (s * things + t) * each;
      return rows.slice(first, first + each);
    }),
  );
  const lines = rows.slice(sets * things * each);
  const singles = compared.map((set) => set.map((group) => [...group.slice(0, 1), ...group.slice(labels)]));
  return {
    prototype: mean(compared.map((set) => prototypeAccuracy(set, labels))),
    single: mean(singles.map((set) => prototypeAccuracy(set, 1))),
    kind: kindScore(probe, lines),
    measures: measureScore(probe, lines),
  };
}
