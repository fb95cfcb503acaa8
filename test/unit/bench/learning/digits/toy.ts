/** Settings so small that a cell takes a second, eagerly. */
import { DIGIT_SETTINGS, type DigitSettings } from '../../../../bench/learning/digits/settings.ts';

const convs = [{ channels: 4, stride: 2 }] as const;
const { audio, video } = DIGIT_SETTINGS.encoders;

export const TOY: DigitSettings = {
  ...DIGIT_SETTINGS,
  train: 50,
  test: 20,
  epochs: 2,
  batch: 16,
  prototypeShare: 0.5,
  encoders: { audio: { ...audio, convs, width: 5 }, video: { ...video, convs, width: 5 } },
};
