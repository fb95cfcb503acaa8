/**
 * One peer's pipeline, readable as a sentence: media is cut into windows, windows become pairs, pairs become predictions.
 *
 * A session outlives its connection: the ribbon and the features stay correctable, and a resume token takes it up again.
 */
import {
  BehaviorSubject,
  catchError,
  defer,
  EMPTY,
  finalize,
  firstValueFrom,
  from,
  map,
  merge,
  type Observable,
  Subject,
  type Subscription,
  tap,
} from 'rxjs';
import type { Link, Prediction, SessionInfo, Tile } from '../proto/messages.ts';
import { type Micros, type Millis, micros, millis, millisFromMicros, subMicros } from '../proto/units.ts';
import type { Clock } from '../src/clock.ts';
import type { RawSample } from '../src/journal.ts';
import type { EncodedUnit, Modality, Pair, ShedReason, TrackConfig } from '../src/media.ts';
import { awaitSpan } from '../src/pairing/await-span.ts';
import { DEFAULT_GRID, endOf, sampleIndexes } from '../src/pairing/grid.ts';
import { mapBounded } from '../src/pairing/map-bounded.ts';
import type { PairingEvent } from '../src/pairing/pair-windows.ts';
import type { Answer } from './compute/ports.ts';
import { Credit } from './credit.ts';
import type { AudioBias } from './ingest/audio-ingest.ts';
import type { Log } from './log.ts';
import { MediaClock } from './media-clock.ts';
import { pairedMedia } from './paired-media.ts';
import { Recent } from './recent.ts';
import type { RibbonSlice } from './ribbon.ts';
import { SessionLink } from './session-link.ts';
import { SessionMedia, TILE_HOPS } from './session-media.ts';
import type { RtcConnection, RtcUnit } from './sfu/ports.ts';
import { ShedCounts } from './shed-counts.ts';

export type SessionOptions = {
  readonly id: string;
  readonly name: string;
  readonly pace: 'live' | 'credit';
  readonly clock: Clock;
  readonly log: Log;
  /** How much earlier sound was captured than Opus's stamps say. */
  readonly audioBias: AudioBias;
  /** Sent by a WHIP client: nobody pings, so its first capture is the zero of the media clock. */
  readonly whip: boolean;
  /** A backbone takes a waveform; default: none does. */
  readonly waveform?: boolean;
  /** Asks the champion. */
  readonly infer: (pair: Pair) => Promise<Answer>;
};

/** Live: one pair is asked for and the newest one waits. With credit nothing is shed: the credit itself is the bound. */
const BOUNDS = { live: { concurrency: 1, queue: 1 }, credit: { concurrency: 16, queue: 64 } } as const;
/** A label may arrive before the media it speaks of has been cut into windows; the stream may also have stopped short of it. */
const LABEL_PATIENCE_MS = millis(1500);

export class Session {
  readonly id: string;
  readonly name: string;
  readonly pace: 'live' | 'credit';
  readonly since: Millis;
  readonly whip: boolean;
  readonly #options: SessionOptions;
  readonly #media: SessionMedia;
  readonly #clock: MediaClock;
  readonly #link: SessionLink;
  readonly #tracks = new Subject<PairingEvent>();
  readonly #predictions = new Subject<Prediction>();
  readonly #tiles = new Subject<Tile>();
  readonly #head = new BehaviorSubject<Micros>(micros(0));
  readonly #credit: Credit;
  readonly #recent = new Recent();
  readonly #shed = new ShedCounts();
  readonly #open = new Set<Modality>();
  readonly #subscription: Subscription;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.id = options.id;
    this.name = options.name;
    this.pace = options.pace;
    this.since = options.clock.wall();
    this.whip = options.whip;
    this.#link = new SessionLink(options.clock);
    this.#clock = new MediaClock(options.clock);
    this.#media = new SessionMedia({
      live: options.pace === 'live',
      waveform: options.waveform ?? false,
      onShed: ({ reason }) => this.#shed.add(reason),
      onDecoded: (modality, decoded) => this.#link.decoded(modality, decoded),
      onNeedKey: () => this.#link.needKeyFrame(),
      clock: options.clock,
    });
    const media = this.#media;
    // A live sender needs no credit: nothing is reckoned for it.
    const counted = options.pace === 'credit' ? this.#open : [];
    this.#credit = new Credit(() => [...counted].map((modality) => media.watermark(modality)));
    this.#subscription = this.#pipeline().subscribe((prediction) => {
      this.#recent.answered(prediction);
      this.#predictions.next(prediction);
    });
    this.#subscription.add(
      merge(this.#media.heard$, this.#media.seen$).subscribe(() => this.#credit.grant()),
    );
  }

  /** Answers in media time order. */
  get predictions$(): Observable<Prediction> {
    return this.#predictions.asObservable();
  }

  /** Pieces of the ribbon as they become whole. */
  get tiles$(): Observable<Tile> {
    return this.#tiles.asObservable();
  }

  /** What of the last 60 s a viewer who joins now has missed, oldest first. */
  get recent(): { readonly predictions: readonly Prediction[]; readonly tiles: readonly Tile[] } {
    return this.#recent;
  }

  /** With credit: media time up to which the sender may send, current value first. */
  get credit$(): Observable<Micros> {
    return this.#credit.until$;
  }

  /** How often something was dropped on purpose, by reason. */
  get shed(): Readonly<Record<string, number>> {
    return this.#shed.byReason;
  }

  /** Interarrival jitter (RFC 3550, section 6.4.1) of the track that arrives least evenly. */
  get jitter(): Millis {
    return this.#link.jitter;
  }

  /** The sender's media time now; null before its first ping. */
  media(): Micros | null {
    return this.#clock.now();
  }

  /** Where a connection that resumes this session goes on: now, by the sender's clock, and after everything it has sent. */
  resumeAt(): Micros {
    const reached = Math.max(this.#media.watermark('audio'), this.#media.watermark('video'));
    return micros(Math.max(this.#clock.now() ?? 0, reached));
  }

  info(streaming: boolean): SessionInfo {
    const { id, name, since, whip } = this;
    const [audio, video] = [this.#open.has('audio'), this.#open.has('video')];
    return { id, name, since, streaming, audio, video, link: streaming ? this.#link.kind : null, whip };
  }

  /** A track's coding is known: its units may follow. `by`: the way that they come. */
  open(track: TrackConfig, by: 'websocket' | 'webrtc' = 'websocket'): void {
    this.#media.configure(track, this.#options.audioBias[by]);
    this.#link.open(track, by);
    this.#open.add(track.modality);
    this.#tracks.next({ type: 'track', modality: track.modality, open: true });
  }

  /** What was sent of this modality comes out; then nobody waits for it any more. */
  async shut(modality: Modality): Promise<void> {
    await this.#media.drained(modality);
    this.#open.delete(modality);
    this.#link.shut(modality);
    this.#tracks.next({ type: 'track', modality, open: false });
    this.#credit.grant();
  }

  /** Takes one encoded unit of an open track. */
  push(unit: EncodedUnit): void {
    if (this.#subscription.closed) return;
    this.#link.unit(unit);
    this.#media.push(unit);
  }

  /** Takes one unit that came by WebRTC, stamped by the sender's wall clock. */
  pushCaptured(captured: RtcUnit): void {
    if (this.whip) this.#link.anchor(captured, this.resumeAt());
    if (!this.#open.has(captured.modality)) this.#reopen(captured);
    const unit = this.#link.onMediaClock(captured);
    if (!unit) {
      this.#shed.add('rtp-no-clock');
      return;
    }
    // Nobody pings for a WHIP client: what came quickest of late says what its media clock shows.
    if (this.whip) this.#clock.ping(unit.at);
    this.push(unit);
  }

  #reopen({ modality, key }: RtcUnit): void {
    const track = this.#link.captured(modality);
    if (track) this.open(track, 'webrtc');
    if (modality === 'video' && !key) this.#link.needKeyFrame();
  }

  /** Media comes by this connection from now on; null: by WebSocket, or not at all. */
  attach(connection: RtcConnection | null): void {
    this.#link.attach(connection);
  }

  /** The sender's media clock, and its wall clock at the same instant where it says that. */
  ping(media: Micros, wall: Millis | null): void {
    this.#clock.ping(media);
    this.#link.ping(media, wall);
  }

  /** How its media arrived since the last call, once a second; null while none does. */
  async measureLink(): Promise<Link | null> {
    return this.#link.measure(this.#shed.strained());
  }

  /** As `measureLink` found it last. */
  get link(): Link | null {
    return this.#link.measured;
  }

  /** Picture minus sound of the newest pair; null before one of both. */
  get skew(): Millis | null {
    const skew = this.#recent.predictions.at(-1)?.skew ?? null;
    return skew === null ? null : millisFromMicros(skew);
  }

  /** Counts what was dropped elsewhere on this session's behalf: by the sender's own guards, or before a watcher's full socket. */
  countShed(reason: ShedReason, count: number): void {
    this.#shed.add(reason, count);
  }

  /** The connection is gone; the session waits to be resumed. */
  async disconnected(): Promise<void> {
    await Promise.all([...this.#open].map((modality) => this.shut(modality)));
  }

  /** The pairs that lie wholly inside a span, starts at least half a window apart, as soon as the media has come that far. */
  async samples(start: Micros, end: Micros): Promise<readonly RawSample[]> {
    const indexes = sampleIndexes(DEFAULT_GRID, start, end);
    const last = indexes.at(-1);
    if (last === undefined) return [];
    await firstValueFrom(awaitSpan({ end: endOf(DEFAULT_GRID, last) }, this.#head, LABEL_PATIENCE_MS));
    return indexes.flatMap((index) => this.#media.sample(index));
  }

  playback(start: Micros, end: Micros): RibbonSlice {
    return this.#media.playback(start, end);
  }

  /** Ends the pipeline and frees the decoders. Idempotent. */
  close(): void {
    this.#subscription.unsubscribe();
    this.#media.close();
    this.#predictions.complete();
    this.#tiles.complete();
    this.#credit.close();
  }

  #pipeline(): Observable<Prediction> {
    const onShed = (reason: ShedReason): void => this.#shed.add(reason);
    const { pace } = this;
    return pairedMedia({ media: this.#media, tracks$: this.#tracks, pace, onShed }).pipe(
      tap((pair) => this.#arrived(pair)),
      mapBounded((pair) => this.#answer(pair), {
        ...BOUNDS[pace],
        onShed: (pair) => {
          this.#credit.answered(pair);
          this.#shed.add('busy');
        },
      }),
    );
  }

  #arrived(pair: Pair): void {
    this.#credit.began(pair);
    this.#head.next(pair.end);
    if (pair.index % TILE_HOPS !== 0) return;
    const tile = this.#media.tile(this.id, pair);
    this.#recent.began(tile);
    this.#tiles.next(tile);
  }

  #answer(pair: Pair): Observable<Prediction> {
    return defer(() => from(this.#options.infer(pair))).pipe(
      map(
        (answer): Prediction => ({ type: 'prediction', sessionId: this.id, lag: this.#lag(pair), ...answer }),
      ),
      catchError((error: unknown) => {
        this.#shed.add('unanswered');
        this.#options.log.warn('a window was not answered', { reason: String(error) });
        return EMPTY;
      }),
      finalize(() => {
        this.#credit.answered(pair);
      }),
    );
  }

  #lag(pair: Pair): Millis {
    const now = this.#clock.now();
    return millis(now === null ? 0 : Math.max(0, millisFromMicros(subMicros(now, pair.end))));
  }
}
