/**
 * Which range a picture model's pixels have, as far as its file tells: the first thing that converted models do to their input
 * is to scale it to what their layers want. Pure.
 */
import type { Range } from './shapes.ts';

/** A range, and what says so. */
export type FoundRange = { readonly range: Range; readonly why: string };

/** A node of a graph model's topology, as far as it is looked at. */
export type GraphNode = { readonly name: string; readonly op: string; readonly input: readonly string[] };
/** A layer of a layers model's topology. */
export type Layer = { readonly className: string; readonly name: string; readonly scale: number | null };

// A byte has 255 levels: whoever divides by about that many, or takes about half of them away, expects bytes.
const BYTE_FACTOR = 1 / 64;
const BYTE_LEVEL = 64;

/** TensorFlow Hub's convention for pictures. */
export const ASSUMED: FoundRange = {
  range: '0..1',
  why: 'assumed, as TensorFlow Hub has it; --video-range says otherwise',
};

/**
 * @param constantOf the single number of a constant, or the first of several; null where it is none.
 */
export function graphRange(
  nodes: readonly GraphNode[],
  constantOf: (name: string) => number | null,
): FoundRange {
  const source = nodes.find(({ op }) => op === 'Placeholder')?.name;
  const bare = (name: string): string => name.replace(/^\^|:\d+$/g, '');
  for (const { name, op, input } of nodes) {
    const names = input.map(bare);
    if (source === undefined || !names.includes(source)) continue;
    const value = names.filter((one) => one !== source).map(constantOf)[0] ?? null;
    const found = value === null ? null : byOperation(op, Math.abs(value));
    if (found) return { range: found, why: `its first step, ${name}, is ${op} by ${value}` };
  }
  return ASSUMED;
}

function byOperation(op: string, value: number): Range | null {
  if (op === 'Mul') return value <= BYTE_FACTOR ? '0..255' : value >= 1.5 && value <= 2.5 ? '0..1' : null;
  if (op === 'RealDiv' || op === 'Div')
    return value >= BYTE_LEVEL ? '0..255' : value > 0.3 && value < 0.7 ? '0..1' : null;
  if (op === 'Sub') return value >= BYTE_LEVEL ? '0..255' : value > 0.3 && value < 0.7 ? '0..1' : null;
  return null;
}

/** A layers model: a Rescaling layer tells; Keras's MobileNets before version 3 take -1..1 and have none. */
export function layersRange(layers: readonly Layer[], modelName: string): FoundRange {
  const rescaling = layers.find(({ className }) => className === 'Rescaling');
  if (rescaling?.scale != null)
    return {
      range: rescaling.scale <= BYTE_FACTOR ? '0..255' : '0..1',
      why: `its layer ${rescaling.name} multiplies by ${rescaling.scale}`,
    };
  if (/mobilenet/i.test(modelName))
    return { range: '-1..1', why: `it is called ${modelName}, and Keras's take that` };
  return ASSUMED;
}
