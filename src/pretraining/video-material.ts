/** Pictures for the video encoder. */
import { videoPlanesInto } from '../features/normalize.ts';
import { OLDER_BYTES, PICTURE_BYTES } from '../features/spec.ts';
import { videoEncoder } from '../model/encoders.ts';
import {
  augmentPicture,
  PICTURE_AUGMENTATION,
  type PictureAugmentation,
} from '../training/augment-picture.ts';
import type { PictureWindow } from './instance.ts';
import type { Material } from './material.ts';
import { PICTURES } from './pictures/source.ts';

/**
 * Another place, turn and grain; hardly another light. The rendering has had its camera, which spares the colour of what is known by
 * its colour: at gains of 0.8 to 1.25 an encoder of 360 steps took one wall in eight for another.
 */
const AGAIN: PictureAugmentation = {
  ...PICTURE_AUGMENTATION,
  logScale: 0.12,
  shift: 0.08,
  turn: 0.08,
  gain: [0.97, 1.03],
  offset: 0.01,
  permuteShare: 0,
  negativeShare: 0,
};

export const VIDEO_MATERIAL: Material<PictureWindow> = {
  encoder: videoEncoder,
  source: PICTURES,
  augment: (window, source) => {
    const out = { rgb: new Uint8Array(PICTURE_BYTES), older: new Uint8Array(OLDER_BYTES) };
    augmentPicture(window, source, out, AGAIN);
    return out;
  },
  planesInto: (out, offset, { rgb, older }) => videoPlanesInto(out, offset, rgb, older),
};
