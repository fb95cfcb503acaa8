/**
 * Which thing stands in which row of which step, and how it looks there. All of it follows from the seed: a row does not depend
 * on the rows before it, so that any number of renderers, and a run that goes on where it was stopped, give the same bits.
 *
 * Things come in groups of 16. Half of the groups are of one family throughout: telling a hum from a word is soon learned,
 * telling two words apart is what the representation is for. Groups are drawn from a pool whose oldest are replaced step by
 * step: a thing is rendered once (twice: it has two renderings) and met `reuse` times on average, each time augmented anew.
 */
import { random } from '../random.ts';
import { drawInstance, type Instance } from './instance.ts';
import { inputSize, type Material } from './material.ts';

export const GROUP = 16;
const KIN_SHARE = 0.5;

export type RowPlan = {
  readonly seed: number;
  /** B, things in a step; a multiple of 16. */
  readonly batch: number;
  /** How often a thing is met on average; 1: once, and never augmented. */
  readonly reuse: number;
};

/** Things by number that a step may draw from: `from` up to before `to`. */
export function poolAt(
  step: number,
  { batch, reuse }: RowPlan,
): { readonly from: number; readonly to: number } {
  const from = Math.floor((step * batch) / GROUP / reuse) * GROUP;
  return { from, to: from + batch * reuse };
}

/** The things of a step, by number, row by row: whole groups of the pool, none twice. */
export function thingsAt(step: number, plan: RowPlan): readonly number[] {
  const { from, to } = poolAt(step, plan);
  const groups = Array.from({ length: (to - from) / GROUP }, (_, i) => from + i * GROUP);
  const source = random(plan.seed).fork(`step ${step}`);
  const wanted = plan.batch / GROUP;
  for (let i = 0; i < wanted; i++) {
    const other = i + source.integer(groups.length - i);
    [groups[i], groups[other]] = [groups[other]!, groups[i]!];
  }
  return groups.slice(0, wanted).flatMap((first) => Array.from({ length: GROUP }, (_, i) => first + i));
}

/** Draws thing number `thing`. */
export function drawThing<Window>(
  { source }: Material<Window>,
  thing: number,
  { seed }: RowPlan,
): Instance<Window> {
  const draws = random(seed).fork(`group ${Math.floor(thing / GROUP)}`);
  const kin = draws.uniform() < KIN_SHARE;
  const own = random(seed).fork(`thing ${thing}`);
  if (!kin) return drawInstance(source, own);
  const { family } = drawInstance(source, draws);
  const families = source.families.filter(({ name }) => name === family);
  return drawInstance({ ...source, families }, own);
}

/** One step's inputs as arrays, which may be shared between threads. */
export type RowArrays = {
  /** [2B, H, W, C]; row i and row i + B are one thing. */
  readonly x: Float32Array;
  /** [B, K]; one-hot. */
  readonly kinds: Float32Array;
  /** [B, M]. */
  readonly measures: Float32Array;
  /** [B, M]; 1 where the thing has the measure. */
  readonly known: Float32Array;
};

/** Lengths of the arrays. */
export function rowLengths<Window>(
  { encoder, source }: Material<Window>,
  batch: number,
): Readonly<Record<keyof RowArrays, number>> {
  const measures = batch * source.measures.length;
  return {
    x: 2 * batch * inputSize(encoder),
    kinds: batch * source.kinds.length,
    measures,
    known: measures,
  };
}

type Rendered<Window> = {
  readonly thing: Instance<Window>;
  readonly views: readonly [Window, Window];
};

/** Renders the rows of steps; keeps the renderings that later steps may meet again. */
export class RowRenderer<Window> {
  readonly #material: Material<Window>;
  readonly #plan: RowPlan;
  readonly #rendered = new Map<number, Rendered<Window>>();

  constructor(material: Material<Window>, plan: RowPlan) {
    this.#material = material;
    this.#plan = plan;
  }

  /** Writes the rows of `step` whose thing is among `mine` to `out`; leaves the others alone. */
  write(step: number, out: RowArrays, mine: (thing: number) => boolean): void {
    const { from } = poolAt(step, this.#plan);
    for (const thing of this.#rendered.keys()) if (thing < from) this.#rendered.delete(thing);
    thingsAt(step, this.#plan).forEach((thing, row) => {
      if (mine(thing)) this.#writeRow(step, row, this.#render(thing), out);
    });
  }

  #render(number: number): Rendered<Window> {
    const known = this.#rendered.get(number);
    if (known) return known;
    const thing = drawThing(this.#material, number, this.#plan);
    const source = random(this.#plan.seed).fork(`renderings ${number}`);
    const views = [thing.render(source.fork('first')), thing.render(source.fork('second'))] as const;
    const rendered = { thing, views };
    if (this.#plan.reuse > 1) this.#rendered.set(number, rendered);
    return rendered;
  }

  #writeRow(step: number, row: number, { thing, views }: Rendered<Window>, out: RowArrays): void {
    const { encoder, source, augment, planesInto } = this.#material;
    const { seed, batch, reuse } = this.#plan;
    const size = inputSize(encoder);
    views.forEach((view, i) => {
      const window = reuse > 1 ? augment(view, random(seed).fork(`row ${step} ${row} ${i}`)) : view;
      planesInto(out.x, (row + i * batch) * size, window);
    });
    const kinds = source.kinds.length;
    out.kinds.fill(0, row * kinds, (row + 1) * kinds);
    out.kinds[row * kinds + thing.attributes.kind] = 1;
    source.measures.forEach((_, m) => {
      const value = thing.attributes.measures[m] ?? null;
      const at = row * source.measures.length + m;
      out.measures[at] = value ?? 0;
      out.known[at] = value === null ? 0 : 1;
    });
  }
}
