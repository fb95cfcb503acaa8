/** The options that plug in a backbone, and the check of what they say together. */
import { resolve } from 'node:path';

import type { Modality } from '../../proto/messages.ts';
import { RANGES, type Range } from '../compute/backbone/shapes.ts';
import { ConfigError } from '../errors.ts';

/** By key, as all options are. */
export const BACKBONE_OPTIONS = {
  videoBackbone: {
    name: 'video-backbone',
    env: 'COUNTERPOISE_VIDEO_BACKBONE',
    value: 'MODEL',
    help: 'TensorFlow.js model for pictures of a new project: a model.json, its folder, or an address',
    fallback: '',
  },
  videoRange: {
    name: 'video-range',
    env: 'COUNTERPOISE_VIDEO_RANGE',
    value: 'RANGE',
    help: `what its pixels are scaled to: auto, or =${RANGES.join(', =')}`,
    fallback: 'auto',
  },
  videoOutput: {
    name: 'video-output',
    env: 'COUNTERPOISE_VIDEO_OUTPUT',
    value: 'NAME',
    help: 'its output, inner node or layer that is the embedding; else found by name and width',
    fallback: '',
  },
  audioBackbone: {
    name: 'audio-backbone',
    env: 'COUNTERPOISE_AUDIO_BACKBONE',
    value: 'MODEL',
    help: 'the same for sound: a waveform of 16 kHz or log-mel 96 x 64',
    fallback: '',
  },
  audioOutput: {
    name: 'audio-output',
    env: 'COUNTERPOISE_AUDIO_OUTPUT',
    value: 'NAME',
    help: 'the same of its outputs',
    fallback: '',
  },
} as const;

type BackboneKey = keyof typeof BACKBONE_OPTIONS;

/** A backbone as it was asked for. */
export type BackboneChoice = {
  /** An absolute path, or an http(s) address. */
  readonly reference: string;
  /** Null: as the model hints. */
  readonly range: Range | null;
  /** Null: the one that looks like an embedding. */
  readonly output: string | null;
};

export type BackboneChoices = Readonly<Record<Modality, BackboneChoice | null>>;

function refuse(key: BackboneKey, seen: string, expected: string): never {
  const { name, env } = BACKBONE_OPTIONS[key];
  const message = `--${name} is "${seen}", expected ${expected}: correct the flag or ${env}`;
  throw new ConfigError('ERR_CONFIG_VALUE', message);
}

function rangeOf(seen: string): Range | null {
  if (seen === 'auto') return null;
  return RANGES.find((range) => range === seen) ?? refuse('videoRange', seen, `auto, ${RANGES.join(', ')}`);
}

/** A path counts from `folder`; an address stays as it is. @throws {ConfigError} ERR_CONFIG_VALUE */
export function backbones(pick: (key: BackboneKey) => string, folder: string): BackboneChoices {
  const of = (
    key: 'videoBackbone' | 'audioBackbone',
    more: readonly BackboneKey[],
  ): BackboneChoice | null => {
    const reference = pick(key);
    if (reference === '') {
      const alone = more.find((other) => pick(other) !== BACKBONE_OPTIONS[other].fallback);
      if (alone) refuse(alone, pick(alone), `--${BACKBONE_OPTIONS[key].name} with it`);
      return null;
    }
    const path = /^https?:\/\//i.test(reference) ? reference : resolve(folder, reference);
    const output = pick(key === 'videoBackbone' ? 'videoOutput' : 'audioOutput');
    const range = key === 'videoBackbone' ? rangeOf(pick('videoRange')) : null;
    return Object.freeze({ reference: path, range, output: output === '' ? null : output });
  };
  return Object.freeze({
    video: of('videoBackbone', ['videoRange', 'videoOutput']),
    audio: of('audioBackbone', ['audioOutput']),
  });
}
