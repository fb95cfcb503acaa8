/** Sounds for the audio encoder. */
import { audioPlanesInto } from '../features/normalize.ts';
import { MEL_VALUES } from '../features/spec.ts';
import { audioEncoder } from '../model/encoders.ts';
import { augmentMel, MEL_AUGMENTATION, type MelAugmentation } from '../training/augment-mel.ts';
import type { SoundWindow } from './instance.ts';
import type { Material } from './material.ts';
import { SOUNDS } from './sounds/source.ts';

/** Milder than the trainer's: the rendering has had its nuisance, and a hum's pitch here is its own. */
const AGAIN: MelAugmentation = {
  ...MEL_AUGMENTATION,
  maskBands: 8,
  maskFrames: 12,
  curveNats: 0.4,
  warpBands: 0.04,
  warpFrames: 0.1,
  noiseShare: 0.4,
};

export const AUDIO_MATERIAL: Material<SoundWindow> = {
  encoder: audioEncoder,
  source: SOUNDS,
  augment: ({ mel }, source) => {
    const out = new Float32Array(MEL_VALUES);
    augmentMel(mel, source, out, AGAIN);
    return { mel: out };
  },
  planesInto: (out, offset, { mel }) => audioPlanesInto(out, offset, mel),
};
