/**
 * Moving pictures whose class is in shape and motion, never in colour, place, size or texture. 320 x 240 I420, limited range.
 */
import type { I420 } from '../../src/features/pixels.ts';
import type { Random } from '../../src/random.ts';

export const WIDTH = 320;
export const HEIGHT = 240;
export const RATE = 15;
const LUMA = WIDTH * HEIGHT;
/** Gaussian noise is dear to draw per pixel: one table, entered at a random place in every picture. */
const NOISE_LENGTH = 1 << 17;
export const FRAME_BYTES = (LUMA * 3) / 2;

export type Shape = 'triangle' | 'cross' | 'ring' | 'bars' | 'star' | 'square';
export type Motion = 'right' | 'left' | 'up' | 'down' | 'clockwise' | 'counter' | 'grow' | 'shrink';

/** Which of the two disjoint families of colours, sizes, places and textures is drawn from. */
export type Rendering = 'first' | 'second';

type Colour = readonly [y: number, u: number, v: number];

/** One span's picture: what its class fixes, and what chance does. */
export type Scene = {
  readonly shape: Shape;
  readonly motion: Motion;
  readonly radius: number; // pixels
  readonly x: number;
  readonly y: number;
  readonly speed: number; // widths, turns or cycles a second
  readonly tilt: number; // radians
  readonly drift: readonly [number, number]; // pixels a second
  readonly ink: Colour;
  readonly paper: Colour;
  readonly texture: {
    readonly depth: number;
    readonly fx: number;
    readonly fy: number;
    readonly onShape: boolean;
  };
  readonly shade: readonly [number, number]; // luma from edge to edge
  readonly blobs: readonly (readonly [number, number, number])[]; // still distractors: x, y, radius
  readonly grainAt: number; // where the span's fixed pattern begins in the table of noise
};

const between = (draw: Random, low: number, high: number): number => low + draw.uniform() * (high - low);

/** Colours stand apart in luma by at least 60 whichever is the lighter, so shape is never in hue alone. */
function colours(draw: Random, rendering: Rendering): readonly [Colour, Colour] {
  const dark = between(draw, 40, 90);
  const light = dark + between(draw, 60, 110);
  // First half: hues of one half of the colour circle; second half: of the other.
  const chroma = (): [number, number] => {
    const angle = between(draw, 0, Math.PI) + (rendering === 'first' ? 0 : Math.PI);
    const strength = between(draw, 8, 45);
    return [128 + strength * Math.cos(angle), 128 + strength * Math.sin(angle)];
  };
  const pair = [[dark, ...chroma()] as const, [light, ...chroma()] as const] as const;
  return draw.uniform() < 0.5 ? pair : [pair[1], pair[0]];
}

/** Draws a scene of one class. `blobs`: how many still discs lie about. */
export function drawScene(
  draw: Random,
  { shape, motion }: { readonly shape: Shape; readonly motion: Motion },
  rendering: Rendering,
  blobs: number,
): Scene {
  const first = rendering === 'first';
  const [ink, paper] = colours(draw, rendering);
  return {
    shape,
    motion,
    radius: first ? between(draw, 48, 64) : between(draw, 40, 76),
    x: first ? between(draw, 0.2, 0.6) * WIDTH : between(draw, 0.3, 0.8) * WIDTH,
    y: first ? between(draw, 0.3, 0.6) * HEIGHT : between(draw, 0.4, 0.7) * HEIGHT,
    speed: between(draw, 0.8, 1.3),
    tilt: between(draw, -0.35, 0.35),
    drift: [between(draw, -5, 5), between(draw, -5, 5)],
    ink,
    paper,
    texture: {
      depth: first ? between(draw, 0, 6) : between(draw, 4, 14),
      fx: between(draw, -0.25, 0.25),
      fy: between(draw, -0.25, 0.25),
      onShape: !first,
    },
    shade: [between(draw, -14, 14), between(draw, -14, 14)],
    blobs: Array.from({ length: blobs }, () => [
      between(draw, 0, WIDTH),
      between(draw, 0, HEIGHT),
      between(draw, 6, 16),
    ]),
    grainAt: draw.integer(NOISE_LENGTH - LUMA),
  };
}

const box = (x: number, y: number, w: number, h: number): number =>
  Math.max(Math.abs(x) - w, Math.abs(y) - h);

/** Signed distance, about, of a point to the shape of unit radius; negative inside. */
function distance(shape: Shape, x: number, y: number): number {
  switch (shape) {
    case 'triangle':
      return Math.max(y - 0.6, 0.866 * x - 0.5 * y - 0.45, -0.866 * x - 0.5 * y - 0.45);
    case 'cross':
      return Math.min(box(x, y, 0.95, 0.24), box(x, y, 0.24, 0.95));
    case 'ring':
      return Math.abs(Math.hypot(x, y) - 0.72) - 0.2;
    case 'bars':
      return Math.min(box(x, y - 0.55, 0.95, 0.22), box(x, y + 0.55, 0.95, 0.22));
    case 'star':
      return Math.hypot(x, y) - 0.62 - 0.32 * Math.cos(5 * Math.atan2(x, -y));
    case 'square':
      return box(x, y, 0.75, 0.75);
  }
}

/** Signs of the motion: to the right, down, clockwise, growing. */
const RATES: Readonly<Record<Motion, readonly [number, number, number, number]>> = {
  right: [1, 0, 0, 0],
  left: [-1, 0, 0, 0],
  down: [0, 1, 0, 0],
  up: [0, -1, 0, 0],
  clockwise: [0, 0, 1, 0],
  counter: [0, 0, -1, 0],
  grow: [0, 0, 0, 1],
  shrink: [0, 0, 0, -1],
};

type Place = { readonly x: number; readonly y: number; readonly angle: number; readonly radius: number };

const wrap = (value: number, size: number): number => ((value % size) + size) % size;

/** Where the shape is `t` seconds into its span. Linear motion leaves on one side and comes back on the other. */
function placeAt({ motion, x, y, tilt, radius, speed, drift }: Scene, t: number): Place {
  const [dx, dy, turn, zoom] = RATES[motion];
  const cycle = wrap(zoom * speed * 0.9 * t, 1);
  return {
    x: wrap(x + (dx * speed * 0.45 * WIDTH + drift[0]) * t, WIDTH),
    y: wrap(y + (dy * speed * 0.6 * HEIGHT + drift[1]) * t, HEIGHT),
    angle: tilt + turn * speed * 3.2 * t,
    radius: zoom === 0 ? radius : radius * (0.45 + 0.95 * cycle),
  };
}

/** How much of each pixel the shape covers, [240, 320] in [0, 1]; wrapped around the edges. */
function coverage(scene: Scene, t: number): Float32Array {
  const { x, y, angle, radius } = placeAt(scene, t);
  const out = new Float32Array(LUMA);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const reach = Math.ceil(radius * 1.4) + 1;
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const [px, py] = [Math.floor(x) + dx, Math.floor(y) + dy];
      const [ox, oy] = [(px - x) / radius, (py - y) / radius];
      const covered = 0.5 - distance(scene.shape, cos * ox + sin * oy, cos * oy - sin * ox) * radius;
      if (covered <= 0) continue;
      const at = wrap(py, HEIGHT) * WIDTH + wrap(px, WIDTH);
      out[at] = Math.max(out[at] ?? 0, Math.min(1, covered));
    }
  }
  for (const [bx, by, r] of scene.blobs) {
    for (let py = Math.max(0, Math.floor(by - r)); py < Math.min(HEIGHT, by + r); py++)
      for (let px = Math.max(0, Math.floor(bx - r)); px < Math.min(WIDTH, bx + r); px++)
        if (Math.hypot(px - bx, py - by) < r) out[py * WIDTH + px] = Math.max(out[py * WIDTH + px] ?? 0, 0.8);
  }
  return out;
}

/** A sine grating that stands still; the sine of a sum, from tables, since it is read at every pixel. */
function grating({ depth, fx, fy }: Scene['texture']): (x: number, y: number) => number {
  const table = (size: number, value: (i: number) => number) =>
    Float64Array.from({ length: size }, (_, i) => value(i));
  const sinX = table(WIDTH, (x) => depth * Math.sin(fx * x));
  const cosX = table(WIDTH, (x) => depth * Math.cos(fx * x));
  const sinY = table(HEIGHT, (y) => Math.sin(fy * y));
  const cosY = table(HEIGHT, (y) => Math.cos(fy * y));
  return (x, y) => sinX[x]! * cosY[y]! + cosX[x]! * sinY[y]!;
}

/**
 * Deviations in levels of luma: `fixed` stays where it is for a span, as dirt and a sensor's pattern do; `moving` is drawn
 * anew for every picture. Either costs an encoder dear (VP8 by picture: 4 ms without, 18 at 3).
 */
export type Noise = { readonly fixed: number; readonly moving: number };

/** Renders scenes; owns its noise. */
export class Painter {
  readonly #draw: Random;
  readonly #noise: Float32Array;

  constructor(draw: Random) {
    this.#draw = draw;
    this.#noise = Float32Array.from({ length: NOISE_LENGTH }, () => draw.normal());
  }

  /** `t` seconds into the span; `visible` false shows the background alone. */
  paint(scene: Scene, t: number, visible: boolean, noise: Noise): I420 {
    const { ink, paper, texture, shade, grainAt } = scene;
    const covered = visible ? coverage(scene, t) : new Float32Array(LUMA);
    const data = new Uint8Array(FRAME_BYTES);
    const grain = grating(texture);
    const entry = this.#draw.integer(NOISE_LENGTH - LUMA);
    const specks = this.#noise;
    const contrast = ink[0] - paper[0];
    const onPaper = texture.onShape ? 0 : 1;
    for (let y = 0, at = 0; y < HEIGHT; y++) {
      const row = paper[0] + shade[1] * (y / HEIGHT - 0.5) + 0.5;
      for (let x = 0; x < WIDTH; x++, at++) {
        const c = covered[at]!;
        const speck = noise.moving * specks[entry + at]! + noise.fixed * specks[grainAt + at]!;
        const texel = grain(x, y) * (1 - onPaper * c);
        const value = row + shade[0] * (x / WIDTH - 0.5) + c * contrast + texel + speck;
        data[at] = Math.max(16, Math.min(235, value)); // a byte array rounds down, hence 0.5 above
      }
    }
    this.#chroma(data, covered, scene);
    const half = WIDTH / 2;
    const planes = [
      { offset: 0, stride: WIDTH },
      { offset: LUMA, stride: half },
      { offset: LUMA + LUMA / 4, stride: half },
    ] as const;
    return { data, width: WIDTH, height: HEIGHT, planes };
  }

  #chroma(data: Uint8Array, covered: Float32Array, { ink, paper }: Scene): void {
    for (let at = 0; at < LUMA / 4; at++) {
      const [x, y] = [at % (WIDTH / 2), Math.floor(at / (WIDTH / 2))];
      const c = covered[2 * y * WIDTH + 2 * x] ?? 0;
      data[LUMA + at] = paper[1] + c * (ink[1] - paper[1]);
      data[LUMA + LUMA / 4 + at] = paper[2] + c * (ink[2] - paper[2]);
    }
  }
}
