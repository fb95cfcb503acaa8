/**
 * `pairWindows`: windows of both modalities in, pairs in media time order out, late ones shed.
 */
import {
  asyncScheduler,
  Observable,
  type OperatorFunction,
  type SchedulerLike,
  type Subscription,
} from 'rxjs';
import { type Micros, type Millis, millis, subMicros } from '../../proto/units.ts';
import type { AudioWindow, Modality, Pair, Shed, VideoWindow } from '../media.ts';
import { endOf, type Grid, startOf } from './grid.ts';

/** A window, or word that a modality's track opened or closed: nobody waits for a closed track. */
export type PairingEvent =
  | { readonly type: 'window'; readonly window: AudioWindow | VideoWindow }
  | { readonly type: 'track'; readonly modality: Modality; readonly open: boolean };

export type Paired = { readonly type: 'pair'; readonly pair: Pair } | Shed;

export type PairingOptions = {
  readonly grid: Grid;
  /** Largest difference of the two starts within a pair. */
  readonly skewBound: Micros;
  /** How long the first window of a pair waits for the second; null: until the media itself proves it missing. */
  readonly deadline: Millis | null;
  /** Default: asyncScheduler. */
  readonly scheduler?: SchedulerLike;
};

type Waiting = { audio: AudioWindow | null; video: VideoWindow | null; timer: Subscription | null };

/** One subscription's state: which positions wait, what is out already, how far each modality has come. */
class Pairing {
  readonly #options: PairingOptions;
  readonly #emit: (paired: Paired) => void;
  readonly #waiting = new Map<number, Waiting>(); // in order of index: positions are only ever added at the end or filled
  readonly #newest: Record<Modality, number> = { audio: -1, video: -1 };
  readonly #open: Record<Modality, boolean> = { audio: false, video: false };
  #head = -1; // last position that left

  constructor(options: PairingOptions, emit: (paired: Paired) => void) {
    this.#options = options;
    this.#emit = emit;
  }

  take(event: PairingEvent): void {
    if (event.type === 'track') this.#open[event.modality] = event.open;
    else this.#place(event.window);
    this.#release();
  }

  /** Everything that still waits leaves as it is. */
  flush(): void {
    for (const index of this.#positions()) this.#leave(index);
  }

  close(): void {
    for (const { timer } of this.#waiting.values()) timer?.unsubscribe();
    this.#waiting.clear();
  }

  #place(window: AudioWindow | VideoWindow): void {
    const { modality, index } = window;
    if (index <= this.#head || index <= this.#newest[modality]) {
      this.#emit({
        type: 'shed',
        reason: modality === 'audio' ? 'late-audio' : 'late-video',
        at: window.start,
      });
      return;
    }
    this.#newest[modality] = index;
    const waiting = this.#waiting.get(index) ?? this.#begin(index);
    if (window.modality === 'audio') waiting.audio = window;
    else waiting.video = window;
  }

  #begin(index: number): Waiting {
    const { deadline, scheduler = asyncScheduler } = this.#options;
    const waiting: Waiting = { audio: null, video: null, timer: null };
    this.#waiting.set(index, waiting);
    if (deadline !== null) waiting.timer = scheduler.schedule(() => this.#expire(index), deadline);
    return waiting;
  }

  /** The deadline of `index` frees everything before it too, so that order holds. */
  #expire(index: number): void {
    for (const position of this.#positions()) if (position <= index) this.#leave(position);
    this.#release();
  }

  #release(): void {
    for (const index of this.#positions()) {
      if (!this.#settled(index)) return;
      this.#leave(index);
    }
  }

  /** Settled: each side is there, or its track is closed, or a later window of it has come. */
  #settled(index: number): boolean {
    const waiting = this.#waiting.get(index);
    const has = (modality: Modality) =>
      waiting?.[modality] !== null || !this.#open[modality] || this.#newest[modality] > index;
    return has('audio') && has('video');
  }

  #positions(): readonly number[] {
    return [...this.#waiting.keys()].sort((a, b) => a - b);
  }

  #leave(index: number): void {
    const waiting = this.#waiting.get(index);
    if (!waiting) return;
    waiting.timer?.unsubscribe();
    this.#waiting.delete(index);
    this.#head = index;
    const { grid, skewBound } = this.#options;
    const { audio } = waiting;
    const apart = audio && waiting.video ? subMicros(waiting.video.start, audio.start) : null;
    const far = apart !== null && Math.abs(apart) > skewBound;
    if (far && waiting.video) this.#emit({ type: 'shed', reason: 'skew', at: waiting.video.start });
    const pair: Pair = {
      index,
      start: startOf(grid, index),
      end: endOf(grid, index),
      audio,
      video: far ? null : waiting.video,
      skew: far ? null : apart,
    };
    this.#emit({ type: 'pair', pair });
  }
}

/**
 * Pairs the windows of the two modalities by their position on the grid. In other words: a pair leaves as soon as both sides
 * are there or the missing side cannot come any more, and never before an older pair.
 *
 * A side cannot come any more when its track is closed, when a later window of it has arrived, or when `deadline` has passed
 * since the first side came. Windows behind the head are shed as late; a video window further than `skewBound` from its audio
 * window is shed and the pair leaves without it. On completion of the source what waits leaves as it is.
 * Backpressure: none here; at most `deadline / hop` positions wait, or with no deadline as many as the sender's credit allows.
 */
export function pairWindows(options: PairingOptions): OperatorFunction<PairingEvent, Paired> {
  return (events$) =>
    new Observable((subscriber) => {
      const pairing = new Pairing(options, (paired) => subscriber.next(paired));
      const subscription = events$.subscribe({
        next: (event) => pairing.take(event),
        error: (error) => subscriber.error(error),
        complete: () => {
          pairing.flush();
          subscriber.complete();
        },
      });
      return () => {
        subscription.unsubscribe();
        pairing.close();
      };
    });
}

/** 100 ms: one and a half pictures at 15 a second; pairs further apart than that show different moments. */
export const DEFAULT_SKEW_BOUND_MS = millis(100);
/** design.md: watermark on both tracks or 400 ms. */
export const DEFAULT_DEADLINE_MS = millis(400);
