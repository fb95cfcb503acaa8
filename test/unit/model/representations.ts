/** Representations drawn around a centre per class, as a good encoder would give them. */
import { micros } from '../../../proto/units.ts';
import type { WindowRepresentation } from '../../../src/model/answer.ts';
import type { TaughtLabel } from '../../../src/model/classifier.ts';
import { type Random, random } from '../../../src/random.ts';

export const WIDTH = 8;

/** A vector of `WIDTH` normals, the same for the same name. */
export function centreOf(name: string, scale = 1): Float32Array {
  const source = random(7).fork(name);
  return Float32Array.from({ length: WIDTH }, () => scale * source.normal());
}

export const around = (centre: Float32Array, noise: number, source: Random): Float32Array =>
  centre.map((value) => value + noise * source.normal());

export type Drawn = { readonly audio?: string; readonly video?: string; readonly at?: number };

/** A live window whose sound and picture are of the named classes; a side that is not named is missing. */
export function windowOf({ audio, video, at = 0 }: Drawn, source: Random, noise = 0.3): WindowRepresentation {
  return {
    index: at,
    start: micros(at * 240_000),
    end: micros(at * 240_000 + 960_000),
    skew: null,
    zAudio: audio === undefined ? null : around(centreOf(`audio/${audio}`), noise, source),
    zVideo: video === undefined ? null : around(centreOf(`video/${video}`, 5), 5 * noise, source),
    signals: {
      audio: audio === undefined ? 'missing' : 'live',
      video: video === undefined ? 'missing' : 'live',
    },
  };
}

export const labelOf = (
  seq: number,
  classId: string | null,
  change: Partial<TaughtLabel> = {},
): TaughtLabel => ({
  id: `label-${seq}`,
  seq,
  kind: classId === null ? 'unknown' : 'class',
  classId,
  scope: 'both',
  ...change,
});
