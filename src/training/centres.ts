/**
 * One modality's prototypes while its encoder trains: constants of each step, moved after it.
 *
 * `batch-means`: equations 6 and 12 of the paper, the mean of each batch with momentum. `windowed`: PMR-stream's rule 3, each
 * sample by itself, a window of about 20 a class; and rule 1's scale beside it.
 */
import { REPRESENTATION_WIDTH } from '../model/encoders.ts';
import { type Matrix, rowOf, zeros } from '../pmr/matrix.ts';
import { classMeans, withMomentum } from '../pmr/prototypes.ts';
import { distances } from '../pmr/scores.ts';
import { steppedPrototype } from '../pmr/stream/prototype-step.ts';
import { STREAM } from '../pmr/stream/settings.ts';
import { followedDistance, tauOf } from '../pmr/stream/tau.ts';
import type { CentreRule } from './policies/policy.ts';
import type { Centres } from './trainee.ts';

/** Share of the old prototype at each step: about the last ten batches count. The paper's momentum is between epochs. */
const CENTRE_MOMENTUM = 0.9;

/** Representations [N, D] of one batch that teach this modality, and the column of each one's class. */
export type Taught = { readonly z: Matrix; readonly columns: readonly number[] };

export class MovingCentres {
  readonly #rule: CentreRule;
  #centres: Matrix;
  readonly #counts: number[];
  #followed: number | null = null;

  /** @param width of the representations; default the product's. */
  constructor(columns: number, rule: CentreRule, width = REPRESENTATION_WIDTH) {
    this.#rule = rule;
    this.#centres = zeros(columns, width);
    this.#counts = new Array<number>(columns).fill(0);
  }

  get current(): Centres {
    return {
      values: Float32Array.from(this.#centres.values),
      seen: Float32Array.from(this.#counts, (count) => (count > 0 ? 1 : 0)),
    };
  }

  /** Rule 1's divisor of this modality's distances; 1 before the first batch. */
  get tau(): number {
    return tauOf(this.#followed, STREAM);
  }

  /** Takes in the representations that one step gave. */
  update(taught: Taught): void {
    this.#follow(taught);
    if (this.#rule === 'windowed') this.#step(taught);
    else this.#average(taught);
    for (const column of taught.columns) this.#counts[column] = this.#counts[column]! + 1;
  }

  #step({ z, columns }: Taught): void {
    const counts = [...this.#counts];
    columns.forEach((column, i) => {
      const centre = rowOf(this.#centres, column);
      centre.set(steppedPrototype(centre, rowOf(z, i), counts[column]!, STREAM));
      counts[column] = counts[column]! + 1;
    });
  }

  #average({ z, columns }: Taught): void {
    const made = classMeans(z, columns, this.#counts.length);
    const moved = withMomentum(this.#centres, made, CENTRE_MOMENTUM);
    made.seen.forEach((seen, k) => {
      // A class seen for the first time has no old prototype to keep.
      if (seen && this.#counts[k] === 0) rowOf(moved, k).set(rowOf(made.means, k));
    });
    this.#centres = moved;
  }

  /** Distances to the prototypes as they were when the step was made. */
  #follow({ z }: Taught): void {
    const toAll = distances(z, this.#centres, 'euclid');
    for (let i = 0; i < z.rows; i++) {
      const present = [...rowOf(toAll, i)].filter((_, k) => this.#counts[k]! > 0);
      this.#followed = followedDistance(this.#followed, present, STREAM);
    }
  }
}
