/**
 * The room: the sessions of a project and the peers that stream to them or watch them.
 *
 * A peer of role `stream` owns one session; when its connection goes, the session waits ten minutes for its resume token. A
 * peer of role `watch` follows one session, the newest unless it names another. Everybody hears what concerns the project.
 */
import { interval, merge, type Observable, Subscription } from 'rxjs';
import { ulid } from 'ulid';
import { WireError } from '../proto/errors.ts';
import type { Hello, RtcOffer, ServerMessage, SessionInfo, Welcome } from '../proto/messages.ts';
import { PROTOCOL_MAJOR, PROTOCOL_MINOR } from '../proto/messages.ts';
import { micros } from '../proto/units.ts';
import type { Clock } from '../src/clock.ts';
import { RIBBON } from '../src/features/spec.ts';
import { DEFAULT_GRID } from '../src/pairing/grid.ts';
import type { Inference } from './compute/ports.ts';
import { SessionError, SfuError } from './errors.ts';
import { measureLinks, readHealth } from './health.ts';
import type { AudioBias } from './ingest/audio-ingest.ts';
import type { Log } from './log.ts';
import { type Place, Places, streams } from './places.ts';
import type { Project } from './project/project.ts';
import type { Session } from './session.ts';
import type { Sfu } from './sfu/ports.ts';
import type { Peer } from './signaling/peer.ts';

export type RoomOptions = {
  readonly project: Project;
  readonly projectName: string;
  readonly dataPath: string;
  readonly version: string;
  readonly inference: Inference;
  readonly sfu: Sfu;
  readonly audioBias: AudioBias;
  /** A backbone takes a waveform; default: none does. */
  readonly waveform?: boolean;
  readonly clock: Clock;
  readonly log: Log;
};

const HEALTH_EVERY_MS = 1000;

export class Room {
  readonly #options: RoomOptions;
  readonly #places: Places;
  readonly #peers = new Map<Peer, Place | null>();
  readonly #subscription = new Subscription();
  #totals: Record<string, number> = {};
  /** The list of sessions as the peers heard it last. */
  #told = '';

  constructor(options: RoomOptions) {
    this.#options = options;
    const { inference } = options;
    this.#places = new Places({
      ...options,
      infer: (pair) => inference.infer(pair),
      onOpened: (place) => this.#opened(place),
      onEnded: (place) => this.#ended(place),
    });
    const { classes$, model$, training$, balance$, secondLook$, placed$ } = options.project;
    const news$: Observable<ServerMessage> = merge(
      classes$,
      model$,
      training$,
      balance$,
      secondLook$,
      placed$,
    );
    this.#subscription.add(news$.subscribe((message) => this.#tellAll(message)));
    this.#subscription.add(interval(HEALTH_EVERY_MS).subscribe(() => void this.#tellHealth()));
  }

  get sessions(): readonly Session[] {
    return this.#places.all.map(({ session }) => session);
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
    const resumed = this.#places.resumed(hello.resumeToken);
    const place =
      hello.role === 'stream'
        ? (resumed ?? this.#places.open({ name: hello.sessionName, pace: hello.pace, whip: false }))
        : this.#places.watched(hello.watchSessionId);
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
    place.line.close();
    this.#unattended(place);
  }

  /** Answers a streaming peer's offer; with `rtc-gone` where that cannot be done or the connection is lost later. */
  async offer(peer: Peer, { generation, sdp }: RtcOffer): Promise<void> {
    const place = this.#peers.get(peer);
    if (place?.sender !== peer)
      throw new WireError('ERR_WIRE_ORDER', 'an offer came from a peer that streams nothing');
    const gone = (reason: string, again: boolean): void => {
      peer.send({ type: 'rtc-gone', generation, reason, again });
    };
    try {
      const answer = await place.line.offer(sdp, gone);
      if (answer !== null) peer.send({ type: 'rtc-answer', generation, sdp: answer });
    } catch (error) {
      if (!(error instanceof SfuError)) throw error;
      gone(error.message, false);
    }
  }

  /** A peer gives WebRTC up: its media comes over its own connection, if at all. */
  hangUp(peer: Peer): void {
    const place = this.#peers.get(peer);
    if (place?.sender === peer) place.line.close();
  }

  /**
   * Takes the stream of a WHIP client; the name's earlier stream goes on in the same session.
   * @returns the SDP answer and the id by which the client ends it.
   * @throws {SfuError} as `Sfu.accept`, {SessionError} ERR_SESSION_LIMIT
   */
  async whip(name: string, sdp: string): Promise<{ readonly id: string; readonly answer: string }> {
    const known = this.#places.all.find(({ session }) => session.whip && session.name === name);
    // Before a session is opened for it, for which a waiting one may have to give way.
    this.#options.sfu.check(sdp);
    const place = known ?? this.#places.open({ name, pace: 'live', whip: true });
    this.#places.attended(place);
    try {
      const answer = await place.line.offer(sdp, () => this.#unattended(place));
      if (answer === null)
        throw new SfuError('ERR_SFU_OFFER', `another offer for ${name} came meanwhile: that one is taken`);
      place.whipId = ulid();
      this.#tellSessions();
      return { id: place.whipId, answer };
    } catch (error) {
      // Another offer for the same name may be under way, or have overtaken this one: then the session is that one's.
      if (!place.line.busy && known) this.#unattended(place);
      else if (!place.line.busy) this.#places.end(place);
      throw error;
    }
  }

  /** Ends a WHIP client's stream. False where there is none of that id. */
  endWhip(name: string, id: string): boolean {
    const place = this.#places.all.find(({ session, whipId }) => session.name === name && whipId === id);
    if (!place) return false;
    place.line.close();
    this.#unattended(place);
    return true;
  }

  /** Counters over all sessions, ended ones included. */
  totals(): Readonly<Record<string, number>> {
    return this.sessions.reduce((sum, { shed }) => add(sum, shed), this.#totals);
  }

  /** Idempotent. */
  close(): void {
    this.#subscription.unsubscribe();
    this.#places.close();
  }

  #opened(place: Place): void {
    const { session, subscription } = place;
    const toAll$ = merge(session.predictions$, session.tiles$);
    subscription.add(toAll$.subscribe((message) => this.#tell(place, message)));
    if (session.pace !== 'credit') return;
    subscription.add(session.credit$.subscribe((until) => place.sender?.send({ type: 'credit', until })));
  }

  #ended(place: Place): void {
    this.#totals = add(this.#totals, place.session.shed);
    for (const [peer, at] of this.#peers) if (at === place) this.#peers.set(peer, null);
    this.#tellSessions();
  }

  #unattended(place: Place): void {
    this.#places.unattended(place);
    this.#tellSessions();
  }

  #takeSender(place: Place, peer: Peer): void {
    this.#places.attended(place);
    const before = place.sender;
    place.sender = peer;
    if (!before) return;
    this.#peers.delete(before);
    before.close('END_RESUMED_ELSEWHERE');
  }

  #welcome(place: Place | null, sends: boolean, resumed: boolean): Welcome {
    const { projectName, dataPath, version, sfu } = this.#options;
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
      webrtc: sfu.state,
    };
  }

  /** What everybody else has heard already: the project as it stands, and the ribbon. */
  #catchUp(peer: Peer, place: Place | null): void {
    const { classes$, model$, training$, balance$, secondLook$ } = this.#options.project;
    merge(classes$, model$, training$, balance$, secondLook$)
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

  /** A track that opened or stopped, another way to the server: the list on every page says so within a second. */
  #tellChanges(): void {
    if (JSON.stringify(this.#listed()) !== this.#told) this.#tellSessions();
  }

  #listed(): readonly SessionInfo[] {
    return this.#places.all.map((place) => place.session.info(streams(place)));
  }

  /** Who streams; a watcher that found nobody gets the newest. */
  #tellSessions(): void {
    const sessions = this.#listed();
    this.#told = JSON.stringify(sessions);
    this.#tellAll({ type: 'sessions', sessions });
    for (const [peer, place] of this.#peers) {
      const newest = place ? null : this.#places.watched('');
      if (!newest) continue;
      this.#peers.set(peer, newest);
      newest.watchers.add(peer);
      peer.send(this.#welcome(newest, false, false));
      this.#catchUp(peer, newest);
    }
  }

  async #tellHealth(): Promise<void> {
    try {
      const links = await measureLinks(this.#places.all.filter(streams));
      if (this.#peers.size === 0) return;
      this.#tellChanges();
      const healthOf = await readHealth(this.#options, this.#places.all.length, this.totals(), links);
      for (const [peer, place] of this.#peers) peer.send(healthOf(place));
    } catch (error) {
      this.#options.log.debug('health is not known just now', { reason: String(error) });
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
