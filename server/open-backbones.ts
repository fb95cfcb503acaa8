/** From the flags to backbones that can be used: found or downloaded, looked at, and held against the project's record. */
import { join } from 'node:path';

import type { Modality } from '../proto/messages.ts';
import type { BackboneForm, BackboneSetting } from './compute/backbone/backbone.ts';
import { findBackbone } from './compute/backbone/files.ts';
import { probeBackbone } from './compute/backbone/probe.ts';
import type { BackendChoice } from './compute/backend.ts';
import type { BackboneChoices } from './config/backbones.ts';
import { type BackboneIdentity, beginOrAgree, featuresOf, type ProjectFeatures } from './project-features.ts';

/** What the process that serves has to open; null: the product's own encoder. */
export type BackboneSettings = Readonly<Record<Modality, BackboneSetting | null>>;

export type OpenBackbones = {
  readonly features: ProjectFeatures;
  readonly settings: BackboneSettings;
  /** Whether a window's samples are wanted beside its mel columns. */
  readonly waveform: boolean;
  /** What each was found to be, a line for people. */
  readonly lines: readonly string[];
};

/** The part of a configuration that is read here. */
export type BackboneRequest = {
  readonly backbones: BackboneChoices;
  readonly backend: BackendChoice;
  readonly dataFolder: string;
  readonly project: string;
};

type Found = {
  readonly identity: BackboneIdentity;
  readonly setting: BackboneSetting;
  readonly form: BackboneForm;
};

function inputLine({ input, why }: BackboneForm): string {
  switch (input.type) {
    case 'image':
      return `pictures ${input.width} x ${input.height} (enlarged from 96 x 96), ${input.range} (${why})`;
    case 'waveform':
      return `a waveform of ${input.samples ?? 'any number of'} samples at 16 kHz`;
    case 'log-mel':
      return 'log-mel 96 x 64';
  }
}

async function open(
  modality: Modality,
  { backbones, backend, dataFolder }: BackboneRequest,
): Promise<Found | null> {
  const wanted = backbones[modality];
  if (!wanted) return null;
  const { reference, range, output } = wanted;
  const files = await findBackbone(modality, reference, { cache: join(dataFolder, '.backbones') });
  const setting = { modality, model: files.model, range, output };
  const form = await probeBackbone(setting, backend);
  const input = JSON.stringify(form.input);
  const identity = { reference, digest: files.digest, input, output: form.output, width: form.width };
  return { identity, setting, form };
}

/**
 * Opens what the flags name; the project in `folder` is begun with it, or must have been.
 *
 * @throws {BackboneError | ComputeError}
 */
export async function openBackbones(config: BackboneRequest, folder: string): Promise<OpenBackbones> {
  const audio = await open('audio', config);
  const video = await open('video', config);
  const given = { audio: audio?.identity ?? null, video: video?.identity ?? null };
  await beginOrAgree(folder, config.project, given);
  const found = [audio, video].flatMap((one) => one ?? []);
  return {
    features: featuresOf(given),
    settings: { audio: audio?.setting ?? null, video: video?.setting ?? null },
    waveform: audio?.form.input.type === 'waveform',
    lines: found.map(({ identity, setting, form }) => {
      const what = setting.modality === 'audio' ? 'Sound' : 'Pictures';
      const gives = `its "${form.output}", ${form.width} numbers`;
      return `${what} by the backbone ${identity.reference}: takes ${inputLine(form)}; gives ${gives}`;
    }),
  };
}
