/** What a run on the coloured-and-gray digits is made of; all of it is part of a cell's key. */
import { DEFAULT_FUSION, type FusionName } from '../../../../proto/fusions.ts';
import { type EncoderPair, REPRESENTATION_WIDTH } from '../../../../src/model/encoders.ts';
import { type Optimizer, PRODUCT_OPTIMIZER } from '../../../../src/training/step.ts';
import { CHANNELS } from './data-set.ts';
import { DISTORTION, type Distortion, SIDE } from './render.ts';

export type DigitSettings = {
  /** Pictures. */
  readonly train: number;
  readonly test: number;
  readonly epochs: number;
  /** Samples of a step. */
  readonly batch: number;
  readonly optimizer: Optimizer;
  /** Learning rate, divided by ten from `dropAt` of the epochs on. */
  readonly rate: number;
  /** Share of the epochs, in [0, 1]. */
  readonly dropAt: number;
  /** Share of the training set whose means are the paper's prototypes, drawn anew in each epoch. */
  readonly prototypeShare: number;
  /** The paper's epsilon: share of the old prototype. */
  readonly prototypeMomentum: number;
  readonly encoders: EncoderPair;
  readonly fusion: FusionName;
  readonly distortion: Distortion;
};

// The published code's four convolutions at about a quarter of their work, with the product's norm.
const CONVS = [
  { channels: 24, stride: 2 },
  { channels: 32, stride: 2 },
  { channels: 64, stride: 1 },
] as const;

/**
 * Gray stands where the product has sound, coloured where it has pictures: modality 0 and 1 of the published code.
 *
 * @param width of both representations; the published code's is 512.
 */
export function digitEncoders(width: number): EncoderPair {
  return {
    audio: { modality: 'audio', input: [SIDE, SIDE, 1], convs: CONVS, width },
    video: { modality: 'video', input: [SIDE, SIDE, CHANNELS], convs: CONVS, width },
  };
}

/** The paper's optimizer, at the rate and clip that suit a set 30 times smaller. */
export const MOMENTUM_SGD: Optimizer = { rule: 'momentum', clip: 5, weightDecay: 1e-4 };

export const DIGIT_SETTINGS: DigitSettings = {
  train: 2000,
  test: 2000,
  epochs: 24,
  batch: 32,
  optimizer: MOMENTUM_SGD,
  rate: 0.02,
  dropAt: 2 / 3,
  prototypeShare: 0.1,
  prototypeMomentum: 0.2,
  encoders: digitEncoders(REPRESENTATION_WIDTH),
  fusion: DEFAULT_FUSION,
  distortion: DISTORTION,
};

/** The same under the product's optimizer. */
export const ADAM_SETTINGS: DigitSettings = { ...DIGIT_SETTINGS, optimizer: PRODUCT_OPTIMIZER, rate: 1e-3 };
