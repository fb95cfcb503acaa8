/**
 * The room: the sessions of a project and the peers that stream to them or watch them.
 *
 * A peer of role `stream` owns one session; when its connection goes, the session waits ten minutes for its resume token. A
 * peer of role `watch` follows one session, the newest unless it names another. Everybody hears what concerns the project.
 */
import { randomBytes } from 'node:crypto';
import { interval, merge, type Observable, Subscription } from 'rxjs';
import { ulid } from 'ulid';
import type { Health, Hello, ServerMessage, Sessions, Welcome } from '../proto/messages.ts';
import { PROTOCOL_MAJOR, PROTOCOL_MINOR } from '../proto/messages.ts';
import { type Millis, micros, millis } from '../proto/units.ts';
import type { Clock } from '../src/clock.ts';
import { RIBBON } from '../src/features/spec.ts';
import { DEFAULT_GRID } from '../src/pairing/grid.ts';
import type { Inference } from './compute/ports.ts';
import { SessionError } from './errors.ts';
import { openDecoders } from './ingest/open-decoders.ts';
import type { Log } from './log.ts';
import type { Project } from './project/project.ts';
import { Session } from './session.ts';
import type { Peer } from './signaling/peer.ts';

export type RoomOptions = {
  readonly project: Project;
  readonly projectName: string;
  readonly dataPath: string;
  readonly version: string;
  readonly inference: Inference;
  readonly clock: Clock;
  readonly log: Log;
  /** Sessions at once; each costs 35 MB and about a twentieth of a core. Default 16. */
  readonly maxSessions?: number;
  /** How long a session waits for its sender to come back. Default ten minutes. */
  readonly patience?: Millis;
};

/** A session and who is at its two ends. */
type Place = {
  readonly session: Session;
  readonly token: string;
  readonly watchers: Set<Peer>;
  readonly subscription: Subscription;
  sender: Peer | null;
  expiry: NodeJS.Timeout | null;
};

const HEALTH_EVERY_MS = 1000;

export class Room {
  readonly #options: RoomOptions;
  readonly #places = new Map<string, Place>();
  readonly #peers = new Map<Peer, Place | null>();
  readonly #subscription = new Subscription();
  #totals: Record<string, number> = {};

  constructor(options: RoomOptions) {
    this.#options = options;
    const { classes$, model$, training$, placed$ } = options.project;
    const news$: Observable<ServerMessage> = merge(classes$, model$, training$, placed$);
    this.#subscription.add(news$.subscribe((message) => this.#tellAll(message)));
    this.#subscription.add(interval(HEALTH_EVERY_MS).subscribe(() => void this.#tellHealth()));
  }

  get sessions(): readonly Session[] {
    return [...this.#places.values()].map(({ session }) => session);
  }

  /** The session that a peer streams to or watches, or null. */
  sessionOf(peer: Peer): Session | null {
    return this.#peers.get(peer)?.session ?? null;
  }

  /** A session by id, or the peer's own for an empty id. @throws {SessionError} ERR_SESSION_UNKNOWN */
  session(peer: Peer, id: string): Session {
    const session = id === '' ? this.sessionOf(peer) : this.#places.get(id)?.session;
    if (!session)
      throw new SessionError('ERR_SESSION_UNKNOWN', `no session ${id || 'of this connection'}: it has ended`);
    return session;
  }

  /** Lets a peer in after its hello. @throws {SessionError} ERR_SESSION_LIMIT */
  join(peer: Peer, hello: Hello): void {
    const resumed = [...this.#places.values()].find(({ token }) => token === hello.resumeToken) ?? null;
    const place =
      hello.role === 'stream' ? (resumed ?? this.#open(hello)) : this.#watched(hello.watchSessionId);
    this.#peers.set(peer, place);
    if (place && hello.role === 'stream') this.#takeSender(place, peer);
    else place?.watchers.add(peer);
    peer.send(this.#welcome(place, hello.role === 'stream', resumed !== null));
    this.#catchUp(peer, place);
    this.#tellSessions();
  }

  /** A peer's connection has gone. */
  leave(peer: Peer): void {
    const place = this.#peers.get(peer);
    this.#peers.delete(peer);
    if (!place) return;
    place.watchers.delete(peer);
    if (place.sender !== peer) return;
    place.sender = null;
    void place.session.disconnected();
    const { patience = millis(600_000) } = this.#options;
    place.expiry = setTimeout(() => this.#end(place), patience);
    place.expiry.unref();
    this.#tellSessions();
  }

  /** Counters over all sessions, ended ones included. */
  totals(): Readonly<Record<string, number>> {
    return this.sessions.reduce((sum, { shed }) => add(sum, shed), this.#totals);
  }

  /** Idempotent. */
  close(): void {
    this.#subscription.unsubscribe();
    for (const place of [...this.#places.values()]) this.#end(place);
  }

  #open(hello: Hello): Place {
    const { maxSessions = 16, clock, log, inference } = this.#options;
    this.#makeRoom(maxSessions);
    if (this.#places.size >= maxSessions) {
      throw new SessionError(
        'ERR_SESSION_LIMIT',
        `${maxSessions} sessions stream already; end one of them or start another server`,
      );
    }
    const id = ulid();
    const name = hello.sessionName || `session ${this.#places.size + 1}`;
    const session = new Session({
      id,
      name,
      pace: hello.pace,
      clock,
      log,
      infer: (pair) => inference.infer(pair),
    });
    const subscription = new Subscription();
    const token = randomBytes(24).toString('base64url');
    const place: Place = { session, token, watchers: new Set(), subscription, sender: null, expiry: null };
    const toAll$ = merge(session.predictions$, session.tiles$);
    subscription.add(toAll$.subscribe((message) => this.#tell(place, message)));
    subscription.add(
      session.credit$.subscribe(
        (until) => hello.pace === 'credit' && place.sender?.send({ type: 'credit', until }),
      ),
    );
    this.#places.set(id, place);
    return place;
  }

  /** Sessions whose sender has gone give way to a new one, the longest unused first. */
  #makeRoom(maxSessions: number): void {
    for (const place of this.#places.values()) {
      if (this.#places.size < maxSessions) return;
      if (!place.sender) this.#end(place);
    }
  }

  #watched(id: string): Place | null {
    if (id !== '') return this.#places.get(id) ?? null;
    const places = [...this.#places.values()];
    return places.findLast(({ sender }) => sender) ?? places.at(-1) ?? null;
  }

  #takeSender(place: Place, peer: Peer): void {
    if (place.expiry) clearTimeout(place.expiry);
    place.expiry = null;
    const before = place.sender;
    place.sender = peer;
    if (!before) return;
    this.#peers.delete(before);
    before.close('END_RESUMED_ELSEWHERE');
  }

  #end(place: Place): void {
    if (place.expiry) clearTimeout(place.expiry);
    this.#totals = add(this.#totals, place.session.shed);
    place.subscription.unsubscribe();
    place.session.close();
    this.#places.delete(place.session.id);
    for (const [peer, at] of this.#peers) if (at === place) this.#peers.set(peer, null);
    this.#tellSessions();
  }

  #welcome(place: Place | null, sends: boolean, resumed: boolean): Welcome {
    const { projectName, dataPath, version } = this.#options;
    return {
      type: 'welcome',
      protocolMajor: PROTOCOL_MAJOR,
      protocolMinor: PROTOCOL_MINOR,
      sessionId: place?.session.id ?? '',
      resumeToken: place && sends ? place.token : '',
      media: resumed && place ? place.session.resumeAt() : micros(0),
      resumed,
      project: projectName,
      hop: DEFAULT_GRID.hop,
      window: DEFAULT_GRID.span,
      ribbon: RIBBON,
      serverVersion: version,
      dataPath,
    };
  }

  /** What everybody else has heard already: the project as it stands, and the ribbon. */
  #catchUp(peer: Peer, place: Place | null): void {
    const { classes$, model$, training$ } = this.#options.project;
    merge(classes$, model$, training$)
      .subscribe((message) => peer.send(message))
      .unsubscribe();
    if (!place) return;
    if (place.session.pace === 'credit')
      place.session.credit$.subscribe((until) => peer.send({ type: 'credit', until })).unsubscribe();
    const { tiles, predictions } = place.session.recent;
    const labels = this.#options.project.labelsOf(place.session.id);
    for (const message of [...tiles, ...predictions, ...labels]) peer.send(message);
  }

  #tell(place: Place, message: ServerMessage): void {
    const refused = [place.sender, ...place.watchers].filter((peer) => peer && !peer.send(message));
    place.session.countShed('slow-watcher', refused.length);
  }

  #tellAll(message: ServerMessage): void {
    for (const peer of this.#peers.keys()) peer.send(message);
  }

  /** Who streams; a watcher that found nobody gets the newest. */
  #tellSessions(): void {
    const sessions = [...this.#places.values()].map(({ session, sender }) => session.info(sender !== null));
    const message: Sessions = { type: 'sessions', sessions };
    this.#tellAll(message);
    for (const [peer, place] of this.#peers) {
      const newest = place ? null : this.#watched('');
      if (!newest) continue;
      this.#peers.set(peer, newest);
      newest.watchers.add(peer);
      peer.send(this.#welcome(newest, false, false));
      this.#catchUp(peer, newest);
    }
  }

  async #tellHealth(): Promise<void> {
    if (this.#peers.size === 0) return;
    const { project, inference, log } = this.#options;
    try {
      const [stored, compute] = await Promise.all([project.stats(), inference.stats()]);
      const common = {
        type: 'health',
        sessions: this.#places.size,
        rssBytes: process.memoryUsage.rss() + compute.rssBytes,
        tensors: compute.tensors,
        openDecoders: openDecoders(),
        storedBytes: stored.bytes,
        storedLabels: stored.labels,
        totals: this.totals(),
      } as const;
      for (const [peer, place] of this.#peers) {
        const health: Health = {
          ...common,
          shed: place?.session.shed ?? {},
          jitter: place?.session.jitter ?? millis(0),
        };
        peer.send(health);
      }
    } catch (error) {
      log.debug('health is not known just now', { reason: String(error) });
    }
  }
}

function add(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Record<string, number> {
  const sum = { ...a };
  for (const [key, count] of Object.entries(b)) sum[key] = (sum[key] ?? 0) + count;
  return sum;
}
