/**
 * `cutWindows`: watermarks of one modality in, finished windows out.
 */
import { Observable, type OperatorFunction } from 'rxjs';
import type { Micros } from '../../proto/units.ts';
import { type Grid, lastComplete } from './grid.ts';

export type CutOptions<W> = {
  readonly grid: Grid;
  /** Makes window `index` out of what the modality's ring holds, or null where the ring has a hole. */
  readonly assemble: (index: number) => W | null;
  /** At most this many windows for one advance of the watermark; a jump further than that skips the oldest. Default 8. */
  readonly burst?: number;
};

/**
 * Emits every window that the advancing watermark completes, in order, once each. In other words: tell it how far the sound
 * (or the picture) has come, and it cuts the windows that are whole by then.
 *
 * A window that `assemble` cannot make is skipped: the pairing proves it missing by the next one. A watermark that goes back
 * is ignored. Starts with the first window that begins after the subscription's first watermark minus one span.
 */
export function cutWindows<W>({ grid, assemble, burst = 8 }: CutOptions<W>): OperatorFunction<Micros, W> {
  return (watermarks$) =>
    new Observable((subscriber) => {
      let next: number | null = null;
      return watermarks$.subscribe({
        next: (watermark) => {
          const last = lastComplete(grid, watermark);
          next = Math.max(next ?? Math.max(0, last), last - burst + 1);
          for (; next <= last && !subscriber.closed; next++) {
            const window = assemble(next);
            if (window !== null) subscriber.next(window);
          }
        },
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
    });
}
