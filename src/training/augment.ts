/**
 * Augmentation of raw samples: the same moment as another camera position, another light, another microphone.
 *
 * Works on what the store holds (log-mel, RGB bytes, older lumas), before normalization, on typed arrays. Which changes
 * are drawn, and how far they reach, was measured (ADR 0020): without them a fused head learns from sound alone.
 * No mirror: left and right are classes to a person.
 */
import { ShapeError } from '../errors.ts';
import {
  MEL_BANDS,
  MEL_VALUES,
  OLDER_BYTES,
  OLDER_PICTURES,
  PICTURE_BYTES,
  PICTURE_PIXELS,
  PICTURE_SIZE,
  WINDOW_COLUMNS,
} from '../features/spec.ts';
import type { Random } from '../random.ts';

/** How far each change of the sound may reach. All draws are uniform unless said otherwise. */
export type MelAugmentation = {
  /** Circular shift in time, in frames of 10 ms, either way. */
  readonly rollFrames: number;
  /** Widest masked run of bands, and of frames; 0 masks nothing. */
  readonly maskBands: number;
  readonly maskFrames: number;
  /** Standard deviation of each of the five knots of the channel curve, in nats. */
  readonly curveNats: number;
  /** Stretch of the band axis, as the logarithm of its factor: another vocal tract. */
  readonly warpBands: number;
  /** Stretch of the time axis, likewise: another pace. */
  readonly warpFrames: number;
  /** Share of windows that get a noise floor, and how far below the window's loudest band-frame it lies, in nats. */
  readonly noiseShare: number;
  readonly noiseNats: readonly [number, number];
};

/** How far each change of the picture may reach. */
export type PictureAugmentation = {
  /** Largest logarithm of the scale, either way. */
  readonly logScale: number;
  /** Largest shift as a share of the side, either way. */
  readonly shift: number;
  /** Bounds of each channel's gain, and the largest offset as a share of full scale. */
  readonly gain: readonly [number, number];
  readonly offset: number;
  readonly permuteChannels: boolean;
};

/** `fewshot.md`'s figures; the warps and the noise floor are ours (ADR 0020). */
export const MEL_AUGMENTATION: MelAugmentation = {
  rollFrames: 14,
  maskBands: 10,
  maskFrames: 16,
  curveNats: 0.6,
  warpBands: 0.15,
  warpFrames: 0.15,
  noiseShare: 0.5,
  noiseNats: [2, 7],
};
export const PICTURE_AUGMENTATION: PictureAugmentation = {
  logScale: 0.25,
  shift: 0.15,
  gain: [0.6, 1.5],
  offset: 0.12,
  permuteChannels: true,
};

const between = (random: Random, low: number, high: number): number => low + (high - low) * random.uniform();
const around = (random: Random, reach: number): number => between(random, -reach, reach);

function checkLength(name: string, actual: number, expected: number): void {
  if (actual === expected) return;
  throw new ShapeError('ERR_SHAPE', `${name} has ${actual} values, expected ${expected}: pass whole windows`);
}

/** A smooth curve over the bands: five normal knots, straight lines between them. */
function channelCurve(random: Random, deviation: number): Float32Array {
  const knots = Array.from({ length: 5 }, () => random.normal() * deviation);
  return Float32Array.from({ length: MEL_BANDS }, (_, band) => {
    const at = (band / (MEL_BANDS - 1)) * (knots.length - 1);
    const left = Math.min(Math.floor(at), knots.length - 2);
    const share = at - left;
    return knots[left]! * (1 - share) + knots[left + 1]! * share;
  });
}

type Span = { readonly from: number; readonly to: number };

function drawMask(random: Random, widest: number, length: number): Span {
  const width = widest > 0 ? random.integer(widest + 1) : 0;
  const from = random.integer(length - width + 1);
  return { from, to: from + width };
}

/** Resamples the plane: roll and stretch in time, stretch over bands around the middle. */
function warpMel(mel: Float32Array, random: Random, how: MelAugmentation, out: Float32Array): void {
  const roll = around(random, how.rollFrames);
  const frameStep = Math.exp(around(random, how.warpFrames));
  const bandStep = Math.exp(around(random, how.warpBands));
  const middle = (WINDOW_COLUMNS - 1) / 2;
  for (let frame = 0; frame < WINDOW_COLUMNS; frame++) {
    // The window goes round, so that a roll loses no sound.
    const at = (frame - middle) * frameStep + middle + roll;
    const whole = Math.floor(at);
    const share = at - whole;
    const first = (((whole % WINDOW_COLUMNS) + WINDOW_COLUMNS) % WINDOW_COLUMNS) * MEL_BANDS;
    const second = ((((whole + 1) % WINDOW_COLUMNS) + WINDOW_COLUMNS) % WINDOW_COLUMNS) * MEL_BANDS;
    for (let band = 0; band < MEL_BANDS; band++) {
      const source = Math.min(band * bandStep, MEL_BANDS - 1);
      const low = Math.min(Math.floor(source), MEL_BANDS - 2);
      const rest = source - low;
      const here = mel[first + low]! * (1 - rest) + mel[first + low + 1]! * rest;
      const there = mel[second + low]! * (1 - rest) + mel[second + low + 1]! * rest;
      out[frame * MEL_BANDS + band] = here * (1 - share) + there * share;
    }
  }
}

/** Adds the energies of a steady coloured noise: `log(e^mel + e^noise)`. */
function addNoise(mel: Float32Array, random: Random, how: MelAugmentation): void {
  if (random.uniform() >= how.noiseShare) return;
  let loudest = Number.NEGATIVE_INFINITY;
  for (const value of mel) if (value > loudest) loudest = value;
  const level = loudest - between(random, how.noiseNats[0], how.noiseNats[1]);
  const colour = channelCurve(random, 0.7);
  const flutter = 0.4; // about the deviation of one mel band's log energy in white noise
  for (let i = 0; i < mel.length; i++) {
    const noise = level + colour[i % MEL_BANDS]! + flutter * (random.uniform() + random.uniform() - 1) * 2;
    const high = Math.max(mel[i]!, noise);
    mel[i] = high + Math.log1p(Math.exp(Math.min(mel[i]!, noise) - high));
  }
}

function bandMeans(mel: Float32Array): Float32Array {
  const means = new Float32Array(MEL_BANDS);
  for (let i = 0; i < mel.length; i++) means[i % MEL_BANDS]! += mel[i]! / WINDOW_COLUMNS;
  return means;
}

/** Masked cells take their band's mean: in the mean-free plane that is "nothing here". */
function mask(mel: Float32Array, random: Random, how: MelAugmentation): void {
  const bands = drawMask(random, how.maskBands, MEL_BANDS);
  const frames = drawMask(random, how.maskFrames, WINDOW_COLUMNS);
  const means = bandMeans(mel);
  for (let frame = 0; frame < WINDOW_COLUMNS; frame++) {
    const whole = frame >= frames.from && frame < frames.to;
    const from = whole ? 0 : bands.from;
    const to = whole ? MEL_BANDS : bands.to;
    for (let band = from; band < to; band++) mel[frame * MEL_BANDS + band] = means[band]!;
  }
}

/**
 * Writes one changed copy of a log-mel window, [96, 64] natural-log energies, to `out`.
 *
 * @throws {ShapeError} ERR_SHAPE if either array is not 96 x 64 long.
 */
export function augmentMel(
  mel: Float32Array,
  random: Random,
  out: Float32Array,
  how: MelAugmentation = MEL_AUGMENTATION,
): void {
  checkLength('mel', mel.length, MEL_VALUES);
  checkLength('out', out.length, MEL_VALUES);
  warpMel(mel, random, how, out);
  const curve = channelCurve(random, how.curveNats);
  for (let i = 0; i < out.length; i++) out[i]! += curve[i % MEL_BANDS]!;
  addNoise(out, random, how);
  mask(out, random, how);
}

type Light = {
  readonly order: readonly [number, number, number];
  readonly gains: readonly [number, number, number];
  readonly offsets: readonly [number, number, number];
};

const ORDERS: readonly (readonly [number, number, number])[] = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

function drawLight(random: Random, how: PictureAugmentation): Light {
  const gain = (): number => between(random, how.gain[0], how.gain[1]);
  const offset = (): number => around(random, how.offset) * 255;
  const order = ORDERS[random.integer(ORDERS.length)]!;
  return {
    order: how.permuteChannels ? order : ORDERS[0]!,
    gains: [gain(), gain(), gain()],
    offsets: [offset(), offset(), offset()],
  };
}

// The older pictures were reduced with these weights, rounded down (`lumaInto`): half a level is taken off on average.
const LUMA = [77 / 256, 150 / 256, 29 / 256] as const;
const LUMA_LOSS = 0.5;

/** For each output column or row: the source index left of it and the share of the right neighbour. */
function drawAxis(scale: number, shift: number): { readonly at: Int32Array; readonly share: Float32Array } {
  const at = new Int32Array(PICTURE_SIZE);
  const share = new Float32Array(PICTURE_SIZE);
  const middle = (PICTURE_SIZE - 1) / 2;
  for (let i = 0; i < PICTURE_SIZE; i++) {
    // Beyond the frame its edge goes on, as a wall behind a person does.
    const source = Math.min(Math.max((i - middle) * scale + middle + shift, 0), PICTURE_SIZE - 1);
    at[i] = Math.min(Math.floor(source), PICTURE_SIZE - 2);
    share[i] = source - at[i]!;
  }
  return { at, share };
}

const clampByte = (value: number): number => (value <= 0 ? 0 : value >= 255 ? 255 : value + 0.5);

/** The picture half of a sample: RGB [96, 96, 3] and older lumas [3, 96, 96], bytes. */
export type PictureBytes = { readonly rgb: Uint8Array; readonly older: Uint8Array };

function checkPicture(name: string, picture: PictureBytes): void {
  checkLength(`${name}.rgb`, picture.rgb.length, PICTURE_BYTES);
  checkLength(`${name}.older`, picture.older.length, OLDER_BYTES);
}

/**
 * Writes one changed copy of a picture with its older lumas to `out`: one crop for all of them, one light.
 *
 * The older pictures are known by luma only, so the light moves them with the newest: what stands still stays still, and
 * what moved keeps its sign and is scaled by the gain.
 *
 * @throws {ShapeError} ERR_SHAPE if an array is not 96 x 96 x 3 long.
 */
export function augmentPicture(
  picture: PictureBytes,
  random: Random,
  out: PictureBytes,
  how: PictureAugmentation = PICTURE_AUGMENTATION,
): void {
  checkPicture('picture', picture);
  checkPicture('out', out);
  const scale = Math.exp(around(random, how.logScale));
  const columns = drawAxis(scale, around(random, how.shift) * PICTURE_SIZE);
  const rows = drawAxis(scale, around(random, how.shift) * PICTURE_SIZE);
  relight(picture, drawLight(random, how), columns, rows, out);
}

type Axis = ReturnType<typeof drawAxis>;

/** One pass over the output pixels; the innermost loop of the trainer's typed-array work, hence unrolled. */
function relight(picture: PictureBytes, light: Light, columns: Axis, rows: Axis, out: PictureBytes): void {
  const { rgb, older } = picture;
  const [g0, g1, g2] = light.gains;
  const [o0, o1, o2] = light.offsets;
  const [c0, c1, c2] = light.order;
  const contrast = LUMA[0] * g0 + LUMA[1] * g1 + LUMA[2] * g2;
  for (let y = 0; y < PICTURE_SIZE; y++) {
    const top = rows.at[y]! * PICTURE_SIZE;
    const down = rows.share[y]!;
    for (let x = 0; x < PICTURE_SIZE; x++) {
      const p = top + columns.at[x]!;
      const right = columns.share[x]!;
      const w00 = (1 - down) * (1 - right);
      const w01 = (1 - down) * right;
      const w10 = down * (1 - right);
      const w11 = down * right;
      const q = p * 3;
      const below = q + PICTURE_SIZE * 3;
      const a = rgb[q]! * w00 + rgb[q + 3]! * w01 + rgb[below]! * w10 + rgb[below + 3]! * w11;
      const b = rgb[q + 1]! * w00 + rgb[q + 4]! * w01 + rgb[below + 1]! * w10 + rgb[below + 4]! * w11;
      const c = rgb[q + 2]! * w00 + rgb[q + 5]! * w01 + rgb[below + 2]! * w10 + rgb[below + 5]! * w11;
      const luma = LUMA[0] * a + LUMA[1] * b + LUMA[2] * c - LUMA_LOSS;
      const r0 = clampByte((c0 === 0 ? a : c0 === 1 ? b : c) * g0 + o0);
      const r1 = clampByte((c1 === 0 ? a : c1 === 1 ? b : c) * g1 + o1);
      const r2 = clampByte((c2 === 0 ? a : c2 === 1 ? b : c) * g2 + o2);
      const to = y * PICTURE_SIZE + x;
      out.rgb[to * 3] = r0;
      out.rgb[to * 3 + 1] = r1;
      out.rgb[to * 3 + 2] = r2;
      const [red, green, blue] = [out.rgb[to * 3]!, out.rgb[to * 3 + 1]!, out.rgb[to * 3 + 2]!];
      const relit = LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue - LUMA_LOSS;
      for (let k = 0, plane = p; k < OLDER_PICTURES; k++, plane += PICTURE_PIXELS) {
        const before =
          older[plane]! * w00 +
          older[plane + 1]! * w01 +
          older[plane + PICTURE_SIZE]! * w10 +
          older[plane + PICTURE_SIZE + 1]! * w11;
        out.older[k * PICTURE_PIXELS + to] = clampByte(relit + contrast * (before - luma));
      }
    }
  }
}
