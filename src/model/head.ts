/**
 * The head over both representations, for exactly one class set: logits by one of the fusions.
 *
 * Shapes: K classes of the head, D representation width; float32 storage, float64 sums.
 */
import type { FusionName } from '../../proto/fusions.ts';
import type { Modality } from '../../proto/messages.ts';
import { ShapeError } from '../errors.ts';
import type { NamedArray } from './encoders.ts';
import type { HeadLogits, HeadWeight, HeadWeights } from './fusions/form.ts';
import { FUSIONS } from './fusions/table.ts';

export type { HeadLogits, HeadWeight, HeadWeights } from './fusions/form.ts';

export type Head = {
  readonly fusion: FusionName;
  /** Row order of the weights by class. */
  readonly classIds: readonly string[];
  /** By name of `headWeights`: [K, ...] where it is by class. */
  readonly weights: HeadWeights;
  /** g in [0, 1]: the head's share of the fused answer; 0 until it passed the gate for this class set. */
  readonly gate: number;
};

/** What a head of this fusion is made of, in order. */
export const headWeights = (fusion: FusionName, width: number): readonly HeadWeight[] =>
  FUSIONS[fusion].weights(width);

/** Shape while training, padded to `columns` classes. */
export const trainedShape = ({ shape, byClass }: HeadWeight, columns: number): readonly number[] =>
  byClass ? [...shape, columns] : shape;

/** Shape in a served head. */
export const servedShape = ({ shape, byClass }: HeadWeight, classes: number): readonly number[] =>
  byClass ? [classes, ...shape] : shape;

export const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((product, side) => product * side, 1);

export type TrainedHead = {
  readonly fusion: FusionName;
  readonly classIds: readonly string[];
  /** Width D of both representations. */
  readonly width: number;
  /** As a training graph holds them; columns beyond the classes are padding. Others are passed over. */
  readonly weights: readonly NamedArray[];
  readonly gate: number;
};

/**
 * The head out of weights padded in their classes; copies.
 *
 * @throws {ShapeError} ERR_CLASS_COUNT if there are more classes than columns, ERR_SHAPE if a weight is missing or of another size.
 */
export function headFromTrained({ fusion, classIds, width, weights, gate }: TrainedHead): Head {
  const count = classIds.length;
  const made = headWeights(fusion, width).map((weight): [string, Float32Array] => {
    const { name, shape, byClass } = weight;
    const values = weights.find((one) => one.name === name)?.values;
    const rows = sizeOf(shape);
    const columns = (values?.length ?? 0) / rows;
    if (!values || (byClass ? !Number.isInteger(columns) : columns !== 1)) {
      const seen = values ? `${values.length} values` : 'nothing';
      throw new ShapeError('ERR_SHAPE', `${name} has ${seen}, expected ${rows} of each class or in all`);
    }
    if (!byClass) return [name, values.slice()];
    if (count > columns) {
      const seen = `${count} classes, ${columns} columns`;
      throw new ShapeError('ERR_CLASS_COUNT', `${seen}: pad the head to more classes`);
    }
    const turned = new Float32Array(count * rows);
    for (let k = 0; k < count; k++)
      for (let d = 0; d < rows; d++) turned[k * rows + d] = values[d * columns + k]!;
    return [name, turned];
  });
  return { fusion, classIds, weights: Object.fromEntries(made), gate };
}

const servedWeights = ({ classIds, weights }: Head) => ({ classes: classIds.length, weights });

/**
 * The head's logits in its own class order, split by modality: the parts and the bias add up to them.
 *
 * @throws {ShapeError} ERR_PROTOTYPE_WIDTH if a representation is of another width.
 */
export function headLogits(head: Head, zAudio: ArrayLike<number>, zVideo: ArrayLike<number>): HeadLogits {
  return FUSIONS[head.fusion].parts(servedWeights(head), { audio: zAudio, video: zVideo });
}

/** What one modality alone says through its half of the head. @throws {ShapeError} ERR_PROTOTYPE_WIDTH */
export function halfLogits(head: Head, side: Modality, z: ArrayLike<number>): readonly number[] {
  return FUSIONS[head.fusion].half(servedWeights(head), side, z);
}

/** Whether the head was made for exactly these classes, in any order. */
export function headFits(head: Head, classIds: readonly string[]): boolean {
  const known = new Set(head.classIds);
  return known.size === classIds.length && classIds.every((id) => known.has(id));
}
