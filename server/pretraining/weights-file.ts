/** What a finished run leaves: the encoder's weights as float32 numbers one after another, and a manifest that says what they are. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';

import type { Modality } from '../../proto/messages.ts';
import type { ProbeScores } from '../../src/pretraining/probing.ts';
import { FEATURE_HASH } from '../feature-hash.ts';
import type { RunResult, RunSettings } from './run-options.ts';
import { writeWhole } from './state-file.ts';

export type WeightsManifest = {
  readonly version: 1;
  readonly modality: Modality;
  /** Of the program that trained; with `-changed` where its files differ from it. */
  readonly commit: string;
  /** Gives the same weights again, on as many TensorFlow threads. */
  readonly command: string;
  /** Of the features that were trained on. */
  readonly featureHash: string;
  readonly settings: RunSettings;
  readonly tensorFlowThreads: number;
  readonly steps: number;
  /** Renderings that were trained on. */
  readonly windows: number;
  readonly seconds: number;
  /** Means over the last steps. */
  readonly loss: number | null;
  readonly terms: Readonly<Record<string, number>>;
  /** What the probe said of the fresh encoder and of this one. */
  readonly before: ProbeScores;
  readonly after: ProbeScores;
  /** Of weights.bin. */
  readonly sha256: string;
  readonly arrays: readonly { readonly name: string; readonly shape: readonly number[] }[];
};

export type Origin = Pick<WeightsManifest, 'modality' | 'commit' | 'command' | 'tensorFlowThreads'>;

const scoresOf = ({ prototype, single, kind, measures }: ProbeScores): ProbeScores => ({
  prototype,
  single,
  kind,
  measures,
});

/** Writes `weights.bin` and then `weights.json` into `folder`. @returns the manifest */
export async function writeWeights(
  folder: string,
  origin: Origin,
  settings: RunSettings,
  result: RunResult,
): Promise<WeightsManifest> {
  const bytes = Buffer.concat(
    result.weights.map(({ values }) => Buffer.from(values.buffer, values.byteOffset, values.byteLength)),
  );
  const manifest: WeightsManifest = {
    version: 1,
    ...origin,
    featureHash: FEATURE_HASH,
    settings,
    steps: result.steps,
    windows: 2 * settings.batch * result.steps,
    seconds: Math.round(result.seconds),
    loss: result.last?.loss ?? null,
    terms: result.last?.terms ?? {},
    before: scoresOf(result.before),
    after: scoresOf(result.after),
    sha256: createHash('sha256').update(bytes).digest('hex'),
    arrays: result.weights.map(({ name, shape }) => ({ name, shape })),
  };
  await writeWhole(join(folder, 'weights.bin'), bytes);
  await writeWhole(join(folder, 'weights.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}
