/**
 * What one window brings to the classifier, and which of its modalities count as evidence.
 */
import type { SignalState } from '../../proto/messages.ts';
import type { Micros } from '../../proto/units.ts';

/** The same thing for both modalities. */
export type PerModality<T> = { readonly audio: T; readonly video: T };

/** Both representations of one window; null where it was missing. Arrays are read, and kept by `learn`: do not change them after. */
export type Representation = {
  readonly start: Micros;
  readonly zAudio: Float32Array | null;
  readonly zVideo: Float32Array | null;
  readonly signals: PerModality<SignalState>;
};

/**
 * Which modalities are evidence. Live and frozen pictures and live sound are; silence and darkness only when
 * the other side is no evidence either, so that a covered camera leaves the answer to the sound, and "nobody there"
 * can still be a class. A missing window never is. See ADR 0010.
 */
export function evidenceOf({ zAudio, zVideo, signals }: Representation): PerModality<boolean> {
  const hasAudio = zAudio !== null && signals.audio !== 'missing';
  const hasVideo = zVideo !== null && signals.video !== 'missing';
  const audio = hasAudio && signals.audio !== 'silent';
  const video = hasVideo && signals.video !== 'dark';
  return audio || video ? { audio, video } : { audio: hasAudio, video: hasVideo };
}
