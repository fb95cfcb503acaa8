/**
 * A session's WebRTC: at most one connection at a time, whose units go to the session.
 */
import type { Session } from './session.ts';
import type { RtcConnection, RtcSink, Sfu } from './sfu/ports.ts';

/** Called once when a connection is lost, never when it was closed here. */
export type Gone = (reason: string, again: boolean) => void;

export class RtcLine {
  readonly #session: Session;
  readonly #sfu: Sfu;
  #connection: RtcConnection | null = null;
  /** Counts offers, so that what belongs to an older one falls silent. */
  #turn = 0;

  constructor(session: Session, sfu: Sfu) {
    this.#session = session;
    this.#sfu = sfu;
  }

  /** Whether media may arrive by it. */
  get open(): boolean {
    return this.#connection !== null;
  }

  /**
   * Answers an offer with a connection of its own, in place of the one before.
   * @returns the answer; null where a newer offer, or `close`, has overtaken it.
   * @throws {SfuError} as `Sfu.accept`
   */
  async offer(sdp: string, gone: Gone): Promise<string | null> {
    this.close();
    const turn = this.#turn;
    const connection = await this.#sfu.accept(sdp, this.#sink(turn, gone));
    if (turn !== this.#turn) {
      connection.close();
      return null;
    }
    this.#connection = connection;
    this.#session.attach(connection);
    return connection.answer;
  }

  /** Ends the connection; what was received still comes out of the decoders. Idempotent. */
  close(): void {
    this.#turn += 1;
    const connection = this.#connection;
    this.#connection = null;
    connection?.close();
    if (connection) this.#session.attach(null);
  }

  #sink(turn: number, gone: Gone): RtcSink {
    const session = this.#session;
    const current = (): boolean => turn === this.#turn;
    return {
      open: (track) => current() && session.open(track, 'webrtc'),
      unit: (unit) => current() && session.pushCaptured(unit),
      shut: (modality) => current() && void session.shut(modality),
      shed: (reason, count) => current() && session.countShed(reason, count),
      gone: (reason, again) => {
        if (!current()) return;
        this.close();
        void session.disconnected();
        gone(reason, again);
      },
    };
  }
}
