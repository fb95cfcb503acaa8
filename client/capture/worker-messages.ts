/** What the page and the encoding worker say to each other. */
import type { Modality, TrackConfig } from '../../proto/messages.ts';
import type { PageUnit } from './sink.ts';

export type ToWorker =
  /** First message. `timeOrigin`: the page's, so that both read one clock. */
  | { readonly type: 'begin'; readonly timeOrigin: number }
  /** Transferred with the message. */
  | { readonly type: 'video'; readonly frames: ReadableStream<VideoFrame> }
  | { readonly type: 'audio'; readonly blocks: ReadableStream<AudioData> }
  | { readonly type: 'live'; readonly on: boolean }
  | { readonly type: 'key' };

export type FromWorker =
  | { readonly type: 'track'; readonly config: TrackConfig }
  /** `unit.data` is transferred. */
  | { readonly type: 'unit'; readonly unit: PageUnit }
  | { readonly type: 'dropped'; readonly reason: string; readonly count: number }
  | { readonly type: 'queue'; readonly items: number }
  | { readonly type: 'failed'; readonly modality: Modality; readonly message: string };
