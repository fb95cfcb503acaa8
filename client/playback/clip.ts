/** What the server sends of a span, collected until it is whole. Pure. */
import type { MediaUnit, PlaybackPart, TrackConfig } from '../../proto/messages.ts';
import { type Micros, micros } from '../../proto/units.ts';

export type Clip = {
  readonly request: number;
  readonly audio: Extract<TrackConfig, { modality: 'audio' }> | null;
  readonly video: Extract<TrackConfig, { modality: 'video' }> | null;
  /** In the order of their stamps, per modality; pictures begin with a key frame, perhaps before `start`. */
  readonly units: readonly MediaUnit[];
  readonly start: Micros;
  readonly end: Micros;
  readonly whole: boolean;
};

/** Before the first part of a request. */
export const emptyClip = (request: number): Clip => ({
  request,
  audio: null,
  video: null,
  units: [],
  start: micros(0),
  end: micros(0),
  whole: false,
});

/** Adds a part; one of another request is ignored. */
export function collect(clip: Clip, { request, part }: PlaybackPart): Clip {
  if (request !== clip.request || clip.whole) return clip;
  if (part.type === 'end') return { ...clip, start: part.start, end: part.end, whole: true };
  if (part.type === 'media') return { ...clip, units: [...clip.units, part.unit] };
  return part.track.modality === 'audio' ? { ...clip, audio: part.track } : { ...clip, video: part.track };
}
