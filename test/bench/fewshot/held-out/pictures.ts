/** Pictures that pretraining never sees: families and motions of their own. */
import type { Family, Instance, PictureWindow, Source } from '../../../../src/pretraining/instance.ts';
import type { Random } from '../../../../src/random.ts';
import { oneOf, shuffled } from './draws.ts';
import { MOTION_NAMES, type MotionName } from './motions.ts';
import { CURVE_NAMES, curve } from './shapes/curves.ts';
import { CREATURE_NAMES, creature } from './shapes/metaballs.ts';
import { PLANTS, type PlantName, plant } from './shapes/plants.ts';
import type { Stencil } from './shapes/stencil.ts';
import { TILING_NAMES, tiling } from './shapes/tilings.ts';
import { shoot } from './stage.ts';

/** A thing of a held-out family, with a name that says what it is. */
export type Named<Window> = Instance<Window> & { readonly name: string };

type Shape = { readonly name: string; readonly stencil: (draw: Random) => Stencil };
type ShapeFamily = { readonly name: string; readonly shapes: readonly Shape[] };

const PLANT_NAMES: readonly PlantName[] = ['fern', 'twig', 'fork', 'bush'].filter(
  (name): name is PlantName => name in PLANTS,
);

const SHAPE_FAMILIES: readonly ShapeFamily[] = [
  {
    name: 'branching-plants',
    shapes: PLANT_NAMES.map((name) => ({ name, stencil: (draw) => plant(name, draw) })),
  },
  {
    name: 'spirals-and-roses',
    shapes: CURVE_NAMES.map((name) => ({ name, stencil: (draw) => curve(name, draw) })),
  },
  {
    name: 'mazes-and-tilings',
    shapes: TILING_NAMES.map((name) => ({ name, stencil: (draw) => tiling(name, draw) })),
  },
  {
    name: 'metaball-creatures',
    shapes: CREATURE_NAMES.map((name) => ({ name, stencil: (draw) => creature(name, draw) })),
  },
];

const KINDS = SHAPE_FAMILIES.flatMap(({ shapes }) => shapes.map(({ name }) => name));

type Thing = {
  readonly family: string;
  readonly shape: Shape;
  readonly stencil: Stencil;
  readonly motion: MotionName;
};

function instanceOf({ family, shape, stencil, motion }: Thing): Named<PictureWindow> {
  return {
    family,
    name: `${shape.name} ${motion}`,
    attributes: { kind: KINDS.indexOf(shape.name), measures: [] },
    render: (source) => shoot(stencil, motion, source),
  };
}

const familyOf = ({ name, shapes }: ShapeFamily): Family<PictureWindow> => ({
  name,
  weight: 1,
  draw: (source) => {
    const shape = oneOf(source, shapes);
    const motion = oneOf(source, MOTION_NAMES);
    return instanceOf({ family: name, shape, stencil: shape.stencil(source), motion });
  },
});

export const HELD_OUT_PICTURES: Source<PictureWindow> = {
  kinds: KINDS,
  measures: [],
  families: SHAPE_FAMILIES.map(familyOf),
};

/**
 * Twelve classes: of each family one shape in two motions and another shape in the first of them, so that neither shape nor
 * motion alone tells them apart.
 */
export function drawPictureClasses(draw: Random): readonly Named<PictureWindow>[] {
  return SHAPE_FAMILIES.flatMap(({ name: family, shapes }) => {
    const [one, other] = shuffled(draw, shapes);
    const [first, second] = shuffled(draw, MOTION_NAMES);
    if (!one || !other || !first || !second) throw new TypeError(`${family} has too few shapes or motions`);
    const stencil = one.stencil(draw);
    return [
      instanceOf({ family, shape: one, stencil, motion: first }),
      instanceOf({ family, shape: one, stencil, motion: second }),
      instanceOf({ family, shape: other, stencil: other.stencil(draw), motion: first }),
    ];
  });
}
