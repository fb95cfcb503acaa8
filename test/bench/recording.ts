/** A generated clip, encoded once, to be played again and again without an encoder beside it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addMicros, type Micros, micros, microsFromMillis } from '../../proto/units.ts';
import { openClip } from '../../server/cli/media/clip.ts';
import type { EncodedUnit, TrackConfig } from '../../src/media.ts';
import { type Clip, type ClipOptions, makeClip } from '../support/clip.ts';

/** A unit, and when a live sender has it: a picture at its stamp, sound when its last sample has been captured. */
export type TimedUnit = { readonly due: Micros; readonly unit: EncodedUnit };

export type Recording = {
  readonly tracks: readonly TrackConfig[];
  /** In order of `due`. */
  readonly units: readonly TimedUnit[];
  /** After which it begins anew: whole packets and whole pictures. */
  readonly loop: Micros;
  readonly classNames: readonly string[];
};

const PACKET = microsFromMillis(20);
const WHOLE = 200_000; // microseconds: ten packets of 20 ms, three pictures of a fifteenth of a second

/** Runs `work` with a generated clip's files, and removes them. */
export async function withClip<T>(options: ClipOptions, work: (clip: Clip) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'counterpoise-bench-clip-'));
  try {
    return await work(await makeClip({ ...options, dir }));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Generates a clip and encodes it as a browser does. */
export function record(options: ClipOptions): Promise<Recording> {
  return withClip(options, async ({ video, audio, duration, spans }) => {
    const loop = micros(Math.floor((duration * 1e6) / WHOLE) * WHOLE);
    const clip = await openClip({ video, audio });
    const tracks: TrackConfig[] = [];
    const units: TimedUnit[] = [];
    try {
      for await (const item of clip.items) {
        if (item.type === 'track') tracks.push(item.track);
        else if (item.unit.at < loop) units.push({ due: dueOf(item.unit), unit: item.unit });
      }
    } finally {
      await clip.close();
    }
    const classNames = [...new Set(spans.map(({ name }) => name))];
    return { tracks, units: units.toSorted((a, b) => a.due - b.due), loop, classNames };
  });
}

const dueOf = ({ modality, at }: EncodedUnit): Micros => (modality === 'audio' ? addMicros(at, PACKET) : at);
