/**
 * The coloured-and-gray protocol of PMR's CG-MNIST on digits of our own: two views of one picture, gray and gray times a
 * colour. In training the colour tells the digit, in the test it tells nothing.
 *
 * Source of the protocol: Fan et al., CVPR 2023; of the colours' jitter: Kim et al., "Learning Not to Learn", CVPR 2019.
 */
import { type Random, random } from '../../../../src/random.ts';
import { DISTORTION, type Distortion, PIXELS, renderDigit } from './render.ts';

export const DIGITS = 10;
export const CHANNELS = 3;

export type DigitSet = {
  readonly count: number;
  /** By picture; each digit as often as any other, in turn. */
  readonly labels: Uint8Array;
  /** [N, 28, 28, 1] and [N, 28, 28, 3], normalized. */
  readonly gray: Float32Array;
  readonly coloured: Float32Array;
};

export type DigitData = { readonly train: DigitSet; readonly test: DigitSet };

export type DigitOptions = {
  readonly train: number;
  readonly test: number;
  readonly seed: number;
  readonly distortion?: Distortion;
};

/** Mean colours by digit, of 255. */
const COLOURS: readonly (readonly [number, number, number])[] = [
  [220, 20, 60],
  [0, 128, 128],
  [253, 233, 16],
  [0, 149, 182],
  [237, 145, 33],
  [145, 30, 188],
  [70, 240, 240],
  [250, 197, 187],
  [210, 245, 60],
  [128, 0, 0],
];
const JITTER = Math.sqrt(0.03); // of each channel, on a scale of 1: the protocol's variance

// The published code's normalization.
const GRAY = { mean: 0.1307, deviation: 0.3081 };
const COLOURED = { mean: [0.4914, 0.4822, 0.4465], deviation: [0.2023, 0.1994, 0.201] };

/** A digit's mean colour with its jitter, each channel in [0, 1]. */
export function colourOf(digit: number, source: Random): readonly number[] {
  const mean = COLOURS[digit] ?? [0, 0, 0];
  return mean.map((level) => Math.min(1, Math.max(0, level / 255 + JITTER * source.normal())));
}

/** @param telling whether the colour is the digit's; else it is that of a digit drawn for itself. */
function setOf(count: number, telling: boolean, source: Random, distortion: Distortion): DigitSet {
  const shapes = source.fork('shapes');
  const colours = source.fork('colours');
  const labels = Uint8Array.from({ length: count }, (_, i) => i % DIGITS);
  const gray = new Float32Array(count * PIXELS);
  const coloured = new Float32Array(count * PIXELS * CHANNELS);
  labels.forEach((digit, i) => {
    const picture = renderDigit(digit, shapes, distortion);
    const colour = colourOf(telling ? digit : colours.integer(DIGITS), colours);
    picture.forEach((level, p) => {
      gray[i * PIXELS + p] = (level - GRAY.mean) / GRAY.deviation;
      for (let c = 0; c < CHANNELS; c++) {
        const value = (level * colour[c]! - COLOURED.mean[c]!) / COLOURED.deviation[c]!;
        coloured[(i * PIXELS + p) * CHANNELS + c] = value;
      }
    });
  });
  return { count, labels, gray, coloured };
}

/** Both sets; the same options give the same pictures on every machine. */
export function digitData({ train, test, seed, distortion = DISTORTION }: DigitOptions): DigitData {
  const source = random(seed);
  return {
    train: setOf(train, true, source.fork('train'), distortion),
    test: setOf(test, false, source.fork('test'), distortion),
  };
}

/** Gray levels and colours of one picture back in [0, 1]: for a person to look at. */
export function seen(
  set: DigitSet,
  i: number,
): { readonly gray: Float32Array; readonly coloured: Float32Array } {
  const gray = set.gray.slice(i * PIXELS, (i + 1) * PIXELS);
  const coloured = set.coloured.slice(i * PIXELS * CHANNELS, (i + 1) * PIXELS * CHANNELS);
  return {
    gray: gray.map((value) => value * GRAY.deviation + GRAY.mean),
    coloured: coloured.map(
      (value, at) => value * COLOURED.deviation[at % CHANNELS]! + COLOURED.mean[at % CHANNELS]!,
    ),
  };
}
