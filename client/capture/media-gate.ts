/**
 * The last guard before the socket: while it is full, units wait; when too many wait, the oldest go. A picture that is
 * dropped takes the deltas after it with it, up to the next key frame, because nothing could decode them.
 */
import type { MediaUnit } from '../../proto/messages.ts';

export type MediaGateOptions = {
  /** Bytes that may lie in the socket before units wait. 64 kB is about 0.7 s of 320x240 VP8 and Opus. */
  readonly socketBytes: number;
  /** Units that may wait: 130 is about two seconds of both tracks. */
  readonly capacity: number;
};

export const MEDIA_GATE: MediaGateOptions = { socketBytes: 64 * 1024, capacity: 130 };

export type DropReason = 'socket-audio' | 'socket-video' | 'before-key-frame';

export class MediaGate {
  readonly #options: MediaGateOptions;
  #waiting: MediaUnit[] = [];
  #needsKey = true;
  #dropped: Record<string, number> = {};

  constructor(options: MediaGateOptions = MEDIA_GATE) {
    this.#options = options;
  }

  /** True while deltas are dropped for want of a key frame: the encoder should make one. */
  get needsKey(): boolean {
    return this.#needsKey;
  }

  /** Adds a unit and returns what may be sent now, oldest first, given the bytes that lie in the socket. */
  offer(unit: MediaUnit, bufferedBytes: number): readonly MediaUnit[] {
    if (unit.modality === 'video' && this.#needsKey) {
      if (!unit.key) {
        this.#count('before-key-frame');
        return this.drain(bufferedBytes);
      }
      this.#needsKey = false;
    }
    this.#waiting.push(unit);
    while (this.#waiting.length > this.#options.capacity) this.#dropOldest();
    return this.drain(bufferedBytes);
  }

  /** What may be sent now. */
  drain(bufferedBytes: number): readonly MediaUnit[] {
    const out: MediaUnit[] = [];
    let buffered = bufferedBytes;
    while (this.#waiting.length > 0 && buffered < this.#options.socketBytes) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      buffered += next.data.byteLength;
      out.push(next);
    }
    return out;
  }

  /** A new connection: what waited is stale, and its decoder knows no picture. */
  reset(): void {
    this.#waiting = [];
    this.#needsKey = true;
  }

  /** Drops since the last call, by reason. */
  takeDropped(): Readonly<Record<string, number>> {
    const dropped = this.#dropped;
    this.#dropped = {};
    return dropped;
  }

  #dropOldest(): void {
    const oldest = this.#waiting.shift();
    if (oldest === undefined) return;
    this.#count(oldest.modality === 'audio' ? 'socket-audio' : 'socket-video');
    if (oldest.modality === 'audio') return;
    const key = this.#waiting.findIndex((unit) => unit.modality === 'video' && unit.key);
    const kept = this.#waiting.filter((unit, i) => unit.modality === 'audio' || (key !== -1 && i >= key));
    for (let i = kept.length; i < this.#waiting.length; i++) this.#count('socket-video');
    this.#waiting = kept;
    this.#needsKey = key === -1;
  }

  #count(reason: DropReason): void {
    this.#dropped[reason] = (this.#dropped[reason] ?? 0) + 1;
  }
}
