/** The head that a round begins with: the base's where it knows a class, small random weights where it does not. */
import { DEFAULT_FUSION, type FusionName } from '../../proto/fusions.ts';
import { ShapeError } from '../errors.ts';
import type { NamedArray } from '../model/encoders.ts';
import { type Head, type HeadWeight, headWeights, sizeOf, trainedShape } from '../model/head.ts';
import type { Random } from '../random.ts';

const DEVIATION = 0.05; // logits of a fresh head stay well below one

export type StartingHead = {
  /** Null: all of it is fresh. */
  readonly head: Head | null;
  /** Default: concat. */
  readonly fusion?: FusionName;
  readonly classIds: readonly string[];
  /** Padded class count. */
  readonly columns: number;
  /** Of both representations. */
  readonly width: number;
  readonly random: Random;
};

/** What all classes share: the base's, or fresh. */
function sharedValues({ name, shape, fresh }: HeadWeight, { head, random }: StartingHead): Float32Array {
  const known = head?.weights[name];
  if (known) return known.slice();
  const values = new Float32Array(sizeOf(shape));
  if (fresh !== 'linear') return values.fill(fresh === 'ones' ? 1 : 0);
  const source = random.fork(name);
  const deviation = Math.sqrt(1 / (shape[0] ?? 1)); // variance 1 / fan-in
  return values.map(() => deviation * source.normal());
}

/**
 * Weights under the names and in the shapes that training takes, padding columns 0. A class keeps its weights whatever
 * classes come beside it. A class draws from `random` whether or not it is known, so a new one changes no other's draws.
 *
 * @throws {ShapeError} ERR_SHAPE if the base's head is of another fusion.
 */
export function startingHead(options: StartingHead): NamedArray[] {
  const { head, fusion = DEFAULT_FUSION, classIds, columns, width, random } = options;
  if (head && head.fusion !== fusion) {
    const seen = `the base's head is ${head.fusion}, ${fusion} is to be trained`;
    throw new ShapeError('ERR_SHAPE', `${seen}: train the fusion that the checkpoint names`);
  }
  const weights = headWeights(fusion, width);
  const made = weights.map((weight): NamedArray => {
    const shape = trainedShape(weight, columns);
    const values = weight.byClass ? new Float32Array(sizeOf(shape)) : sharedValues(weight, options);
    return { name: weight.name, shape, values };
  });
  const byClass = weights.flatMap((weight, i) => {
    const array = made[i];
    return weight.byClass && array
      ? [{ weight, values: array.values, base: head?.weights[weight.name] }]
      : [];
  });
  const rows = Math.max(...byClass.map(({ weight }) => sizeOf(weight.shape)));
  classIds.forEach((id, column) => {
    const known = head?.classIds.indexOf(id) ?? -1;
    for (let row = 0; row < rows; row++) {
      for (const { weight, values, base } of byClass) {
        const count = sizeOf(weight.shape);
        if (row >= count) continue;
        const drawn = weight.fresh === 'small' ? random.normal() * DEVIATION : 0;
        values[row * columns + column] = base && known >= 0 ? base[known * count + row]! : drawn;
      }
    }
  });
  return made;
}
