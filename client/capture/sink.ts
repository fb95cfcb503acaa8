/** What every capture path gives, whatever made it. */
import type { Modality, TrackConfig } from '../../proto/messages.ts';
import type { Micros } from '../../proto/units.ts';

/** One encoded unit on the page's clock. The receiver owns `data`. */
export type PageUnit = {
  readonly modality: Modality;
  readonly key: boolean;
  readonly at: Micros;
  readonly data: Uint8Array;
};

export type CaptureSink = {
  /** How the next units of this modality are encoded; comes before them, and again on a change. */
  track(config: TrackConfig): void;
  unit(unit: PageUnit): void;
  /** Something was dropped by a guard. */
  dropped(reason: string, count: number): void;
  /** Items waiting in the encoders. */
  queue(items: number): void;
  /** This modality cannot go on. */
  failed(modality: Modality, message: string): void;
};

/** A running path from tracks to units. */
export interface Capturing {
  /** While false nothing is encoded; frames are still taken and closed. Turning it on starts with a key frame. */
  live(on: boolean): void;
  /** Asks for a key frame as soon as can be. */
  key(): void;
  close(): void;
}

/** Pictures a second that are sent; the server thins to the same. */
export const FRAME_RATE = 15;
/** A frame closer than this to the one before is skipped: 15 a second from 30, with room for jitter. */
export const FRAME_GAP_US = 0.75 * (1e6 / FRAME_RATE);
export const KEY_EVERY_US = 2e6;
export const VIDEO_BITRATE = 600_000; // media.md, G6: what 320x240 at 15 a second needs
export const AUDIO_BITRATE = 64_000;
/** An encoder that failed this often in a row, without one unit between, is given up and reported. */
export const MAX_FAILURES = 3;
