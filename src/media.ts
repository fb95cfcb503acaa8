/**
 * The data that every later part speaks: encoded units, decoded chunks and pictures, windows, pairs.
 *
 * All times are Micros of one session's media clock, from the sender's capture stamps.
 */
import type { Micros } from '../proto/units.ts';

export type { MediaUnit as EncodedUnit, Modality, SignalState, TrackConfig } from '../proto/messages.ts';

/** A run of decoded sound, mono, 16 kHz, full scale [-1, 1]. `at` is the capture time of the first sample. */
export type PcmChunk = { readonly at: Micros; readonly samples: Float32Array };

/** One decoded picture, already 96 x 96 RGB, row by row. `at` is its capture time. */
export type Picture = { readonly at: Micros; readonly rgb: Uint8Array };

/** Consecutive columns of natural-log mel energies, `[count, 64]` row by row, 10 ms apart. `at`: first sample of the first column's hop. */
export type MelColumns = { readonly at: Micros; readonly count: number; readonly values: Float32Array };

/** 0.96 s of sound: `mel` is [96 columns, 64 bands] natural-log energies, not yet normalized. */
export type AudioWindow = {
  readonly modality: 'audio';
  /** Position on the hop grid: nominal start is `index * hop`. */
  readonly index: number;
  /** Capture time of the first column; differs from the nominal start by less than one column. */
  readonly start: Micros;
  readonly end: Micros;
  readonly mel: Float32Array;
  /** [15600] samples that the columns were made of; only where a backbone takes a waveform. */
  readonly pcm?: Float32Array;
  readonly signal: 'live' | 'silent';
};

/** 0.96 s of picture, summed up: the newest picture and the luma of three older ones, 0.133 s apart. */
export type VideoWindow = {
  readonly modality: 'video';
  readonly index: number;
  /** `end` minus the window span, so that it compares with an AudioWindow's start. */
  readonly start: Micros;
  /** Capture time of the newest picture. */
  readonly end: Micros;
  /** [96, 96, 3] newest picture, 0..255. */
  readonly rgb: Uint8Array;
  /** [3, 96, 96] luma of the pictures about 0.133, 0.267 and 0.4 s before the newest, 0..255. */
  readonly older: Uint8Array;
  readonly signal: 'live' | 'dark' | 'frozen';
};

/** Two windows of the same grid position whose starts differ by at most the skew bound; one side may be missing, never both. */
export type Pair = {
  readonly index: number;
  /** Nominal span on the hop grid. */
  readonly start: Micros;
  readonly end: Micros;
  readonly audio: AudioWindow | null;
  readonly video: VideoWindow | null;
  /** Video start minus audio start; null when a side is missing. */
  readonly skew: Micros | null;
};

/** Why something was dropped on purpose. Every shed is counted by its reason. */
export type ShedReason =
  | 'late-audio' // older than the pairing head
  | 'late-video'
  | 'busy' // the previous inference of this session has not come back
  | 'skew' // no partner within the skew bound
  | 'undecodable' // the decoder refused it
  | 'no-key-frame' // a delta before any key frame
  | 'decode-queue' // the decoder is behind
  | 'rate' // over the negotiated media rate
  | 'client-queue' // dropped by the sender's own guard, as it reports
  | 'slow-watcher' // a watcher's socket is full
  | 'rtp-late' // a packet that came after it was given up
  | 'rtp-lost' // a packet that was given up
  | 'rtp-duplicate' // a packet that had come already
  | 'rtp-malformed' // not RTP, or a payload that its codec's format does not allow
  | 'rtp-foreign' // a packet of another SSRC or payload type
  | 'rtp-incomplete' // a frame with a packet missing, or one that depends on such a frame
  | 'rtp-no-clock'; // a frame that nothing told the capture time of

export type Shed = { readonly type: 'shed'; readonly reason: ShedReason; readonly at: Micros };
