/**
 * Brings sound and picture to the server: over WebRTC, and over the WebSocket where that does not work. What to do next is decided in
 * `state/link.ts`; here are the timers, the peers and the encoders that follow from it.
 */
import type { ClientMessage, Link, Modality, RtcAnswer, RtcGone, WebrtcState } from '../../proto/messages.ts';
import {
  CONNECT_MS,
  type LinkEvent,
  type LinkState,
  NO_LINK,
  offerDelay,
  type PathWish,
  reduceLink,
  STEADY_MS,
} from '../state/link.ts';

/** A track that is switched off is closed this much later: what was under way must not open it again. */
const CLOSE_AFTER_MS = 500;
/** Seconds in which nothing arrived: browsers take seven to see for themselves that a network swallows everything. */
const SILENT_REPORTS = 3;

/** One attempt at WebRTC, from its offer on. */
export interface MediaPeer {
  /** Applies the server's answer. */
  answer(sdp: string): void;
  /** A modality gives something, or nothing. */
  enable(modality: Modality, on: boolean): void;
  /** Idempotent; nothing is called back after it. */
  close(): void;
}

export type PeerEvents = {
  readonly offer: (sdp: string) => void;
  /** Media flows; again when it goes another way. */
  readonly connected: (transport: 'udp' | 'tcp') => void;
  readonly failed: (detail: string) => void;
};

export type MediaLinkOptions = {
  readonly wish: PathWish;
  /** Whether this browser has WebRTC. */
  readonly able: boolean;
  readonly send: (message: ClientMessage) => boolean;
  readonly openPeer: (events: PeerEvents) => MediaPeer;
  /** Sends encoded units over the WebSocket, or stops. */
  readonly encode: (on: boolean) => void;
  readonly changed: (state: LinkState) => void;
};

export class MediaLink {
  readonly #options: MediaLinkOptions;
  #state: LinkState = NO_LINK;
  #server: WebrtcState | null = null;
  #wanted = false;
  #peer: MediaPeer | null = null;
  #offered = false;
  #silent = 0;
  #timers: ReturnType<typeof setTimeout>[] = [];
  readonly #closing = new Map<Modality, ReturnType<typeof setTimeout>>();

  constructor(options: MediaLinkOptions) {
    this.#options = options;
  }

  get state(): LinkState {
    return this.#state;
  }

  /** A connection was welcomed (what its server can do) or lost (null): each one begins with a new offer. */
  connected(server: WebrtcState | null): void {
    if (this.#server !== null) this.#apply({ type: 'end' });
    this.#server = server;
    this.#begin();
  }

  /** There is something to send, or something to try, from now on; or no more. */
  want(on: boolean): void {
    this.#wanted = on;
    if (on) this.#begin();
    else this.#apply({ type: 'end' });
  }

  /** The person wants WebRTC tried again. */
  again(): void {
    this.#apply({ type: 'again' });
  }

  answered({ generation, sdp }: RtcAnswer): void {
    if (generation === this.#state.generation) this.#peer?.answer(sdp);
  }

  gone({ generation, reason, again }: RtcGone): void {
    this.#apply({ type: 'gone', generation, detail: reason, again });
  }

  /** Once a second, what arrives at the server; `sending` while anything should. Silence means that the way is broken. */
  heard(link: Link | null, sending: boolean): void {
    const { phase, generation } = this.#state;
    const tracks = link?.tracks ?? [];
    const silent = tracks.length > 0 && tracks.every(({ unitsPerSecond }) => unitsPerSecond === 0);
    this.#silent = phase === 'webrtc' && sending && silent ? this.#silent + 1 : 0;
    if (this.#silent >= SILENT_REPORTS)
      this.#apply({ type: 'failed', generation, detail: 'nothing arrived at the server any more' });
  }

  /** A modality was switched. @returns false where that is not WebRTC's business now. */
  enable(modality: Modality, on: boolean): boolean {
    const { phase } = this.#state;
    if (phase !== 'webrtc' && phase !== 'connecting') return false;
    this.#peer?.enable(modality, on);
    clearTimeout(this.#closing.get(modality));
    if (on) return true;
    const close = (): void => void this.#options.send({ type: 'track-close', modality });
    this.#closing.set(modality, setTimeout(close, CLOSE_AFTER_MS));
    return true;
  }

  close(): void {
    this.want(false);
  }

  #begin(): void {
    const { able } = this.#options;
    if (this.#wanted && this.#server) this.#apply({ type: 'begin', able, server: this.#server });
  }

  #apply(event: LinkEvent): void {
    const before = this.#state;
    const after = reduceLink(before, event, this.#options.wish);
    if (after === before) return;
    this.#state = after;
    if (after.phase !== before.phase || after.generation !== before.generation) this.#enter(after, before);
    this.#options.changed(after);
  }

  #enter(after: LinkState, before: LinkState): void {
    this.#cancelTimers();
    this.#silent = 0;
    if (before.phase === 'websocket') this.#options.encode(false);
    switch (after.phase) {
      case 'connecting':
        this.#dropPeer();
        this.#later(() => this.#offer(after.generation), offerDelay(after));
        return;
      case 'webrtc':
        this.#later(() => this.#apply({ type: 'steady', generation: after.generation }), STEADY_MS);
        return;
      default:
        this.#giveUp(before.generation);
        if (after.phase === 'websocket') this.#options.encode(true);
    }
  }

  #offer(generation: number): void {
    this.#later(() => this.#apply({ type: 'late', generation }), CONNECT_MS);
    this.#peer = this.#options.openPeer({
      offer: (sdp) => {
        if (generation !== this.#state.generation) return;
        this.#offered = this.#options.send({ type: 'rtc-offer', generation, sdp });
      },
      connected: (transport) => this.#apply({ type: 'connected', generation, transport }),
      failed: (detail) => this.#apply({ type: 'failed', generation, detail }),
    });
  }

  /** Without a word: the next offer takes the place of this one. */
  #dropPeer(): void {
    this.#peer?.close();
    this.#peer = null;
  }

  #giveUp(generation: number): void {
    this.#dropPeer();
    for (const timer of this.#closing.values()) clearTimeout(timer);
    this.#closing.clear();
    if (this.#offered) this.#options.send({ type: 'rtc-close', generation });
    this.#offered = false;
  }

  #later(act: () => void, delay: number): void {
    this.#timers.push(setTimeout(act, delay));
  }

  #cancelTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
  }
}
