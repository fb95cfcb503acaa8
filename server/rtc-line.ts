/**
 * A session's WebRTC: at most one connection at a time, whose units go to the session.
 */
import type { Session } from './session.ts';
import type { RtcConnection, RtcSink, Sfu } from './sfu/ports.ts';

/** Called once when a connection is lost, never when it was closed or replaced here. */
export type Gone = (reason: string, again: boolean) => void;

/** What a line needs of its session. */
export type LineSession = Pick<
  Session,
  'attach' | 'open' | 'pushCaptured' | 'shut' | 'countShed' | 'disconnected'
>;

/** What one offer became. Only the call in force reaches the session. */
type Call = { connection: RtcConnection | null };

export class RtcLine {
  readonly #session: LineSession;
  readonly #sfu: Sfu;
  /** The newest offer, answered or not. */
  #newest: Call | null = null;
  #inForce: Call | null = null;
  /** Offers that are being answered. */
  #offers = 0;

  constructor(session: LineSession, sfu: Sfu) {
    this.#session = session;
    this.#sfu = sfu;
  }

  /** Whether media may arrive by it. */
  get open(): boolean {
    return this.#inForce !== null;
  }

  /** Open, or about to be if an offer can be taken. */
  get busy(): boolean {
    return this.open || this.#offers > 0;
  }

  /**
   * Answers an offer with a connection of its own, in place of the one before. An offer that cannot be taken leaves that alone.
   * @returns the answer; null where a newer offer, or `close`, has overtaken it.
   * @throws {SfuError} as `Sfu.accept`
   */
  async offer(sdp: string, gone: Gone): Promise<string | null> {
    const call: Call = { connection: null };
    this.#newest = call;
    const connection = await this.#accepted(sdp, this.#sink(call, gone));
    if (this.#newest !== call) {
      connection.close();
      return null;
    }
    this.#inForce?.connection?.close();
    call.connection = connection;
    this.#inForce = call;
    this.#session.attach(connection);
    return connection.answer;
  }

  /** Ends the connection; what was received still comes out of the decoders. Idempotent. */
  close(): void {
    this.#newest = null;
    const call = this.#inForce;
    this.#inForce = null;
    if (!call) return;
    call.connection?.close();
    this.#session.attach(null);
  }

  async #accepted(sdp: string, sink: RtcSink): Promise<RtcConnection> {
    this.#offers += 1;
    try {
      return await this.#sfu.accept(sdp, sink);
    } finally {
      this.#offers -= 1;
    }
  }

  #sink(call: Call, gone: Gone): RtcSink {
    const session = this.#session;
    const inForce = (): boolean => call === this.#inForce;
    return {
      open: (track) => inForce() && session.open(track, 'webrtc'),
      unit: (unit) => inForce() && session.pushCaptured(unit),
      shut: (modality) => inForce() && void session.shut(modality),
      shed: (reason, count) => inForce() && session.countShed(reason, count),
      gone: (reason, again) => {
        if (!inForce()) return;
        this.close();
        void session.disconnected();
        gone(reason, again);
      },
    };
  }
}
