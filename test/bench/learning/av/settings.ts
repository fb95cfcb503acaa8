/** What a run on the AV-stream is made of; all of it is part of a cell's key. */
import { type EncoderPair, PRODUCT_ENCODERS } from '../../../../src/model/encoders.ts';
import type { PictureDifficulty } from './picture.ts';
import type { SoundDifficulty, Speaker } from './sound.ts';

/**
 * The encoders that every stream starts from. `trained`: a third of the product's channels, trained from random weights
 * (ADR 0054). `random` and `starter`: the product's, as a project has them that begins without and with the starter.
 */
export const STARTS = ['trained', 'random', 'starter'] as const;
export type Start = (typeof STARTS)[number];

export type AvSettings = {
  /** Everything that is rendered, and the first weights, follow from it. */
  readonly world: number;
  readonly speaker: Speaker;
  readonly sound: SoundDifficulty;
  readonly picture: PictureDifficulty;
  readonly start: Start;
  readonly encoders: EncoderPair;
  /** Windows of each class that streams draw from, before the shift and after it. */
  readonly streamPerClass: { readonly before: number; readonly after: number };
  /** Windows that a scenario is tested on, of all its contexts together. */
  readonly test: number;
  /** A round after every so many labels, and its steps. */
  readonly every: number;
  readonly steps: number;
  /** The test is taken after every so many labels as well. */
  readonly testEvery: number;
  /** How a `trained` start is made: windows of each class, and steps of plain joint training from random weights. */
  readonly base: { readonly perClass: number; readonly steps: number };
};

// A third of the product's channels: a cell is to cost well under a minute.
const convs = [8, 16, 32, 48, 64].map((channels) => ({ channels, stride: 2 as const }));
export const AV_ENCODERS: EncoderPair = {
  audio: { ...PRODUCT_ENCODERS.audio, convs },
  video: { ...PRODUCT_ENCODERS.video, convs },
};

export const AV_SETTINGS: AvSettings = {
  world: 1,
  speaker: 'espeak-ng',
  sound: { plainDb: [3, 15], noisyDb: [-12, -4], renderings: 12 },
  picture: { noise: 6, grain: 14, blobs: 4, exposure: 0.25, blur: 2 },
  start: 'trained',
  encoders: AV_ENCODERS,
  streamPerClass: { before: 64, after: 30 },
  test: 2000,
  every: 25,
  steps: 96,
  testEvery: 100,
  base: { perClass: 24, steps: 400 },
};

/** The settings of streams that start so. */
export const settingsFrom = (start: Start): AvSettings => ({
  ...AV_SETTINGS,
  start,
  encoders: start === 'trained' ? AV_ENCODERS : PRODUCT_ENCODERS,
});
