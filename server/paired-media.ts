/**
 * A session's media as pairs: sound and picture are cut into windows as far as each has come, and windows into pairs.
 */
import { filter, map, merge, type Observable, tap } from 'rxjs';
import { microsFromMillis } from '../proto/units.ts';
import type { Pair, ShedReason } from '../src/media.ts';
import { cutWindows } from '../src/pairing/cut-windows.ts';
import { DEFAULT_GRID } from '../src/pairing/grid.ts';
import {
  DEFAULT_DEADLINE_MS,
  DEFAULT_SKEW_BOUND_MS,
  type Paired,
  type PairingEvent,
  pairWindows,
} from '../src/pairing/pair-windows.ts';
import type { SessionMedia } from './session-media.ts';

export type PairedMediaOptions = {
  readonly media: Pick<SessionMedia, 'heard$' | 'seen$' | 'audioWindow' | 'videoWindow'>;
  /** Tracks that open and shut. */
  readonly tracks$: Observable<PairingEvent>;
  /** With credit a pair waits for its second half however long that takes: nothing comes late. */
  readonly pace: 'live' | 'credit';
  readonly onShed: (reason: ShedReason) => void;
};

/** Pairs in the order of media time, on the product's grid. */
export function pairedMedia({ media, tracks$, pace, onShed }: PairedMediaOptions): Observable<Pair> {
  const grid = DEFAULT_GRID;
  const deadline = pace === 'live' ? DEFAULT_DEADLINE_MS : null;
  const heard$ = media.heard$.pipe(cutWindows({ grid, assemble: (index) => media.audioWindow(index) }));
  const seen$ = media.seen$.pipe(cutWindows({ grid, assemble: (index) => media.videoWindow(index) }));
  const windows$ = merge(heard$, seen$).pipe(map((window): PairingEvent => ({ type: 'window', window })));
  return merge(tracks$, windows$).pipe(
    pairWindows({ grid, skewBound: microsFromMillis(DEFAULT_SKEW_BOUND_MS), deadline }),
    tap((paired) => paired.type === 'shed' && onShed(paired.reason)),
    filter((paired): paired is Extract<Paired, { type: 'pair' }> => paired.type === 'pair'),
    map(({ pair }) => pair),
  );
}
