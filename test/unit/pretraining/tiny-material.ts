/** A material small enough for tests: spots on an 8 x 8 plane, left or right, big or small. */
import type { EncoderSpec } from '../../../src/model/encoders.ts';
import type { Family, Instance } from '../../../src/pretraining/instance.ts';
import type { Material } from '../../../src/pretraining/material.ts';
import type { Random } from '../../../src/random.ts';

const SIDE = 8;
export type Spot = { readonly values: Float32Array };

export const tinyEncoder: EncoderSpec = {
  modality: 'video',
  input: [SIDE, SIDE, 1],
  convs: [
    { channels: 4, stride: 2 },
    { channels: 6, stride: 2 },
  ],
  width: 8,
};

function spot(column: number, size: number, source: Random): Spot {
  const row = source.integer(SIDE);
  const values = Float32Array.from({ length: SIDE * SIDE }, (_, i) => {
    const distance = (Math.floor(i / SIDE) - row) ** 2 + ((i % SIDE) - column) ** 2;
    return Math.exp(-distance / (2 * size * size)) + 0.1 * source.normal();
  });
  return { values };
}

const family = (name: string, kind: number, column: number): Family<Spot> => ({
  name,
  weight: 1,
  draw: (source): Instance<Spot> => {
    const size = 0.5 + source.uniform();
    return {
      family: name,
      attributes: { kind, measures: [2 * size - 2, kind === 0 ? size - 1 : null] },
      render: (nuisance) => spot(column, size, nuisance),
    };
  },
});

export const TINY: Material<Spot> = {
  encoder: tinyEncoder,
  source: {
    kinds: ['left', 'right'],
    measures: ['size', 'left-size'],
    families: [family('left', 0, 1), family('right', 1, 6)],
  },
  augment: ({ values }, source) => ({ values: values.map((value) => value + 0.05 * source.normal()) }),
  planesInto: (out, offset, { values }) => out.set(values, offset),
};
