/** Shapes with a closed outline: what they are and what distinguishes one from the next of its kind. */
import type { Random } from '../../random.ts';
import { type Affine, IDENTITY, scaling } from './affine.ts';
import { axis, type Kind, type Measured } from './attributes.ts';
import { between, chance, pick } from './colour.ts';
import {
  boxCorners,
  type Corners,
  disc,
  moved,
  outlined,
  polygon,
  starCorners,
  without,
} from './outlines.ts';
import type { Distance } from './raster.ts';
import { showingTurn, solid, type Thing } from './thing.ts';

type Form = {
  readonly distance: Distance;
  readonly reach: number;
  /** From the plane of the distance to the shape's; none where they are the same. */
  readonly place?: Affine;
  /** After this share of a full turn it looks the same; Infinity for a disc. */
  readonly symmetry: number;
  readonly measured?: Measured;
  /** No outline of it is ever drawn. */
  readonly full?: boolean;
};

const REACH = 1.05;
const flat = (corners: Corners, symmetry: number, measured: Measured = {}): Form => ({
  distance: polygon(corners),
  reach: 1.5,
  symmetry,
  measured,
});
/** Scales a share in low..high to -1..1. */
const spanned = (value: number, low: number, high: number): number => (2 * (value - low)) / (high - low) - 1;
const upright = axis(Math.PI / 2);

function drawPolygon(source: Random): Form {
  const points = 5 + source.integer(4);
  return flat(starCorners(points, 1), points, { points: points / 10 });
}

function drawStar(source: Random): Form {
  const [points, inner] = [4 + source.integer(6), between(source, 0.25, 0.7)];
  return flat(starCorners(points, inner), points, { points: points / 10, waist: spanned(inner, 0.25, 0.7) });
}

function drawCross(source: Random): Form {
  const w = between(source, 0.14, 0.4);
  const corners = [-w, -1, w, -1, w, -w, 1, -w, 1, w, w, w, w, 1, -w, 1, -w, w, -1, w, -1, -w, -w, -w];
  return flat(corners, 4, { waist: spanned(w, 0.14, 0.4) });
}

function drawBar(source: Random): Form {
  const w = between(source, 0.1, 0.35);
  return flat(boxCorners(w, 1), 2, {
    ...upright,
    aspect: spanned(1 / w, 1, 10),
    waist: spanned(w, 0.1, 0.35),
  });
}

/** Two or three parallel bars. */
function drawBars(source: Random): Form {
  const [count, w] = [2 + source.integer(2), between(source, 0.12, 0.22)];
  const gap = between(source, 2.6, 4) * w;
  const bar = polygon(boxCorners(w, 0.9));
  const places = Array.from({ length: count }, (_, i) => (i - (count - 1) / 2) * gap);
  const distance = (x: number, y: number): number => {
    let nearest = Infinity;
    for (const place of places) nearest = Math.min(nearest, bar(x - place, y));
    return nearest;
  };
  const measured = { ...upright, points: count / 10, waist: spanned(w, 0.12, 0.22) };
  return { distance, reach: 1.4, symmetry: 2, measured };
}

function drawAngle(source: Random): Form {
  const [w, arm] = [between(source, 0.3, 0.6), between(source, 0.8, 1.6)];
  const corners = [-0.8, -1, -0.8 + w, -1, -0.8 + w, 1 - w, arm - 0.8, 1 - w, arm - 0.8, 1, -0.8, 1];
  return flat(corners, 1, { waist: spanned(w, 0.3, 0.6) });
}

function drawTee(source: Random): Form {
  const [w, bar] = [between(source, 0.12, 0.3), between(source, 0.3, 0.6)];
  const corners = [-1, -1, 1, -1, 1, bar - 1, w, bar - 1, w, 1, -w, 1, -w, bar - 1, -1, bar - 1];
  return flat(corners, 1, { waist: spanned(w, 0.12, 0.3) });
}

function drawArrow(source: Random): Form {
  const [w, head] = [between(source, 0.1, 0.3), between(source, 0.5, 1)];
  const wing = Math.max(w + 0.2, between(source, 0.5, 0.9));
  const neck = head - 1;
  const corners = [0, -1, wing, neck, w, neck, w, 1, -w, 1, -w, neck, -wing, neck];
  return flat(corners, 1, { waist: spanned(w, 0.1, 0.3) });
}

function drawCrescent(source: Random): Form {
  const bite = between(source, 0.3, 0.8);
  const distance = without(disc, moved(disc, bite, 0));
  return { distance, reach: REACH, symmetry: 1, measured: { waist: spanned(bite, 0.3, 0.8) } };
}

/** A disc without a wedge, or a wedge alone. */
function drawSector(source: Random): Form {
  const half = pick(source, [between(source, 0.35, 0.7), between(source, 2.2, 2.8)]);
  const [sin, cos] = [Math.sin(half), Math.cos(half)];
  // The distance to the edge's line has the right sign all round, because no wedge is wider than a full turn.
  const wedge = (x: number, y: number): number => Math.abs(x) * cos + y * sin;
  const distance = (x: number, y: number): number => Math.max(disc(x, y), wedge(x, y));
  return { distance, reach: REACH, symmetry: 1, measured: { waist: spanned(half, 0.35, 2.8) } };
}

/** A closed outline of random radii at random angles: nobody's shape. */
function drawIrregular(source: Random): Form {
  const points = 5 + source.integer(5);
  const corners = Array.from({ length: points }, (_, i) => {
    const angle = (2 * Math.PI * (i + between(source, -0.35, 0.35))) / points;
    const radius = between(source, 0.35, 1);
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
  return flat(corners.flat(), 1, { points: points / 10 });
}

function drawEllipse(source: Random): Form {
  const w = between(source, 0.35, 0.7);
  return {
    distance: disc,
    place: scaling(w, 1),
    reach: REACH,
    symmetry: 2,
    measured: { ...upright, aspect: spanned(1 / w, 1, 4) },
  };
}

function drawRing(source: Random): Form {
  const w = between(source, 0.06, 0.22);
  return {
    distance: outlined(disc, w),
    reach: REACH,
    symmetry: Infinity,
    full: true,
    measured: { waist: spanned(w, 0.06, 0.22) },
  };
}

function drawTriangle(source: Random): Form {
  const wide = between(source, 0.45, 1);
  return flat([0, -1, wide, 0.8, -wide, 0.8], wide > 0.85 ? 3 : 1, {
    points: 0.3,
    aspect: spanned(1 / wide, 1, 2.2),
  });
}

const semicircle: Form = {
  distance: (x, y) => Math.max(disc(x, y - 0.45), y - 0.45),
  reach: 1.5,
  symmetry: 1,
};

const FORMS: readonly (readonly [Kind, (source: Random) => Form])[] = [
  ['disc', () => ({ distance: disc, reach: REACH, symmetry: Infinity, full: true })],
  ['ellipse', drawEllipse],
  ['ring', drawRing],
  ['triangle', drawTriangle],
  ['box', () => flat(boxCorners(0.85, 0.85), 4, { points: 0.4 })],
  ['bar', drawBar],
  ['polygon', drawPolygon],
  ['star', drawStar],
  ['cross', drawCross],
  ['bars', drawBars],
  ['angle', drawAngle],
  ['tee', drawTee],
  ['arrow', drawArrow],
  ['crescent', drawCrescent],
  ['semicircle', () => semicircle],
  ['sector', drawSector],
  ['irregular', drawIrregular],
];

/** Draws a shape: its kind, its proportions, and whether it is filled. */
export function drawShape(source: Random): Thing {
  const [kind, draw] = FORMS[source.integer(FORMS.length)] ?? FORMS[0]!;
  const { distance, reach, place, symmetry, measured, full } = draw(source);
  const line = !full && chance(source, 0.35) ? between(source, 0.05, 0.1) : 0;
  const described = { ...measured, ...(full ? {} : { outlined: line > 0 ? 1 : -1 }) };
  const turns = symmetry === Infinity ? 0 : showingTurn(symmetry);
  const outline = line > 0 ? outlined(distance, line) : distance;
  return solid({ kind, measured: described, turns }, { place: place ?? IDENTITY, distance: outline, reach });
}
