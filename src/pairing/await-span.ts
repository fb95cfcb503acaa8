/**
 * `awaitSpan`: holds a labelled span until the media has come that far.
 */
import {
  asyncScheduler,
  EMPTY,
  filter,
  map,
  merge,
  type Observable,
  type SchedulerLike,
  take,
  timer,
} from 'rxjs';
import type { Micros, Millis } from '../../proto/units.ts';

/**
 * Emits `span` once, as soon as `head$` (how far pairing has come, current value first) reaches its end, or after `patience` if
 * the stream stops short of it. In other words: a label may be given before its last window has been cut.
 */
export function awaitSpan<S extends { readonly end: Micros }>(
  span: S,
  head$: Observable<Micros>,
  patience: Millis,
  scheduler: SchedulerLike = asyncScheduler,
): Observable<S> {
  const reached$ = head$.pipe(filter((head) => head >= span.end));
  return merge(reached$, Number.isFinite(patience) ? timer(patience, scheduler) : EMPTY).pipe(
    take(1),
    map(() => span),
  );
}
