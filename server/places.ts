/**
 * The sessions of a room, and who is at the two ends of each: opened on demand, kept a while after their sender has gone.
 */
import { randomBytes } from 'node:crypto';
import { Subscription } from 'rxjs';
import { ulid } from 'ulid';
import { SessionError } from './errors.ts';
import { RtcLine } from './rtc-line.ts';
import { Session, type SessionOptions } from './session.ts';
import type { Sfu } from './sfu/ports.ts';
import type { Peer } from './signaling/peer.ts';

/** A session and who is at its two ends. */
export type Place = {
  readonly session: Session;
  readonly line: RtcLine;
  /** By which its sender takes it up again. */
  readonly token: string;
  readonly watchers: Set<Peer>;
  /** Ends with the place. */
  readonly subscription: Subscription;
  sender: Peer | null;
  /** Of the WHIP client that sends now. */
  whipId: string | null;
  expiry: NodeJS.Timeout | null;
};

export type PlacesOptions = Pick<SessionOptions, 'clock' | 'log' | 'infer' | 'audioBias' | 'waveform'> & {
  readonly sfu: Sfu;
  readonly onOpened: (place: Place) => void;
  readonly onEnded: (place: Place) => void;
};

/** Sessions at once; each costs 35 MB and about a twentieth of a core. */
const MAX_SESSIONS = 16;
/** How long a session waits for its sender to come back. */
const PATIENCE_MS = 600_000;

/** Whether somebody sends to it now: a page, or a WHIP client, whose media is all there is of it. */
export function streams({ sender, line }: Place): boolean {
  return sender !== null || line.open;
}

export class Places {
  readonly #options: PlacesOptions;
  readonly #places = new Map<string, Place>();

  constructor(options: PlacesOptions) {
    this.#options = options;
  }

  /** In the order of their beginning. */
  get all(): readonly Place[] {
    return [...this.#places.values()];
  }

  get(id: string): Place | undefined {
    return this.#places.get(id);
  }

  /** The session that a resume token continues; null where it has ended, or for an empty token. */
  resumed(token: string): Place | null {
    return this.all.find((place) => place.token === token) ?? null;
  }

  /** A session by id; for an empty id the newest that is live, or the newest of all. */
  watched(id: string): Place | null {
    if (id !== '') return this.#places.get(id) ?? null;
    return this.all.findLast(streams) ?? this.all.at(-1) ?? null;
  }

  /** Begins a session. @throws {SessionError} ERR_SESSION_LIMIT */
  open({ name, pace, whip }: Pick<SessionOptions, 'name' | 'pace' | 'whip'>): Place {
    const { sfu, clock, log, infer, audioBias, waveform = false, onOpened } = this.#options;
    this.#makeRoom();
    if (this.#places.size >= MAX_SESSIONS) {
      throw new SessionError(
        'ERR_SESSION_LIMIT',
        `${MAX_SESSIONS} sessions stream already; end one of them or start another server`,
      );
    }
    const id = ulid();
    const called = name || `session ${this.#places.size + 1}`;
    const session = new Session({ id, name: called, pace, whip, audioBias, waveform, clock, log, infer });
    const place: Place = {
      session,
      line: new RtcLine(session, sfu),
      token: randomBytes(24).toString('base64url'),
      watchers: new Set(),
      subscription: new Subscription(),
      sender: null,
      whipId: null,
      expiry: null,
    };
    this.#places.set(id, place);
    onOpened(place);
    return place;
  }

  /** Somebody sends to it again. */
  attended(place: Place): void {
    if (place.expiry) clearTimeout(place.expiry);
    place.expiry = null;
  }

  /** Nobody sends to it any more: it waits for its sender, then ends. */
  unattended(place: Place): void {
    this.attended(place);
    place.whipId = null;
    void place.session.disconnected();
    place.expiry = setTimeout(() => this.end(place), PATIENCE_MS);
    place.expiry.unref();
  }

  end(place: Place): void {
    this.attended(place);
    place.subscription.unsubscribe();
    place.line.close();
    place.session.close();
    this.#places.delete(place.session.id);
    this.#options.onEnded(place);
  }

  /** Ends every session. Idempotent. */
  close(): void {
    for (const place of this.all) this.end(place);
  }

  /** Sessions whose sender has gone give way to a new one, the oldest first. */
  #makeRoom(): void {
    for (const place of this.all) {
      if (this.#places.size < MAX_SESSIONS) return;
      if (place.expiry) this.end(place); // not one whose first offer is still being answered
    }
  }
}
