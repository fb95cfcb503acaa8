/**
 * What people teach and a normalization could hide: a frame of one colour, a steady hum. Nothing moves in them and nothing has
 * a shape; a camera's and a microphone's noise is all that changes.
 */
import { melOf } from '../../src/features/mel.ts';
import { lumaInto, PictureScaler } from '../../src/features/pixels.ts';
import { FRAME_SAMPLES, OLDER_BYTES, OLDER_PICTURES, PICTURE_PIXELS } from '../../src/features/spec.ts';
import type { Random } from '../../src/random.ts';

const WIDTH = 320;
const HEIGHT = 240;
const LUMA = WIDTH * HEIGHT;
const CHROMA = LUMA / 4;
const NOISE = 1 << 17;

export type Colour = readonly [red: number, green: number, blue: number];

/** ITU-R BT.601, limited range. */
function yuvOf([r, g, b]: Colour): Colour {
  const y = 16 + (219 / 255) * (0.299 * r + 0.587 * g + 0.114 * b);
  const u = 128 + (224 / 255) * (-0.168736 * r - 0.331264 * g + 0.5 * b);
  const v = 128 + (224 / 255) * (0.5 * r - 0.418688 * g - 0.081312 * b);
  return [y, u, v];
}

/** A camera that looks at a wall; owns its noise. */
export class PlainCamera {
  readonly #draw: Random;
  readonly #noise: Float32Array;
  readonly #scaler = new PictureScaler();

  constructor(draw: Random) {
    this.#draw = draw;
    this.#noise = Float32Array.from({ length: NOISE }, () => draw.normal());
  }

  /**
   * A window of a frame that is `colour` all over: white balance off by 5 %, exposure by 4 levels, each picture by another.
   *
   * @param grain deviation of the sensor's noise, in levels of luma; half of it in chroma.
   */
  window(colour: Colour, grain: number): { readonly rgb: Uint8Array; readonly older: Uint8Array } {
    const lift = 4 * this.#draw.normal();
    const [r, g, b] = colour.map((x) => x * (1 + 0.05 * this.#draw.normal()) + lift);
    const yuv = yuvOf([r ?? 0, g ?? 0, b ?? 0]);
    const [rgb, ...before] = Array.from({ length: 1 + OLDER_PICTURES }, () => this.#picture(yuv, grain));
    if (!rgb) throw new TypeError('a window has a picture');
    const older = new Uint8Array(OLDER_BYTES);
    before.forEach((picture, k) => {
      lumaInto(older, k * PICTURE_PIXELS, picture);
    });
    return { rgb, older };
  }

  #picture([y, u, v]: Colour, grain: number): Uint8Array {
    const data = new Uint8Array(LUMA + 2 * CHROMA);
    this.#fill(data.subarray(0, LUMA), y + this.#draw.normal(), grain);
    this.#fill(data.subarray(LUMA, LUMA + CHROMA), u, grain / 2);
    this.#fill(data.subarray(LUMA + CHROMA), v, grain / 2);
    const stride = WIDTH / 2;
    const planes = [
      { offset: 0, stride: WIDTH },
      { offset: LUMA, stride },
      { offset: LUMA + CHROMA, stride },
    ] as const;
    return this.#scaler.fromI420({ data, width: WIDTH, height: HEIGHT, planes });
  }

  #fill(plane: Uint8Array, level: number, grain: number): void {
    const from = this.#draw.integer(NOISE);
    for (let i = 0; i < plane.length; i++) {
      const noisy = level + grain * (this.#noise[(from + i) % NOISE] ?? 0);
      plane[i] = Math.max(0, Math.min(255, Math.round(noisy)));
    }
  }
}

/** Log-mel [96, 64] of 0.96 s of a hum with five partials, in white noise 20 to 30 dB below it, from near or far: 6 dB. */
export function hum(draw: Random, pitchHz: number): Float32Array {
  const level = 0.05 * 2 ** (draw.uniform() - 0.5); // -23 to -29 dBFS
  const noise = level * 10 ** (-1 - draw.uniform() / 2);
  const phases = Array.from({ length: 5 }, () => 2 * Math.PI * draw.uniform());
  const samples = Float32Array.from({ length: FRAME_SAMPLES + 95 * 160 }, (_, n) => {
    const turns = (2 * Math.PI * pitchHz * n) / 16_000;
    const tone = phases.reduce((sum, phase, k) => sum + Math.sin((k + 1) * turns + phase) / (k + 1), 0);
    return level * tone + noise * draw.normal();
  });
  return melOf(samples);
}
