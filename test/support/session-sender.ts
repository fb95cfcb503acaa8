/**
 * A sender that speaks as the page does, in Node: a session over the wire, its media over Google's WebRTC, a new offer whenever the
 * connection is lost. It keeps what the server answers.
 */
import { Subscription } from 'rxjs';
import type { Health, Prediction } from '../../proto/messages.ts';
import { type Micros, micros, millis } from '../../proto/units.ts';
import { WireClient } from '../../server/cli/wire-client.ts';
import { every } from './werift-sender.ts';
import { WrtcSender } from './wrtc-sender.ts';

export type SessionSenderOptions = {
  /** The server's WebSocket. */
  readonly url: string;
  readonly name: string;
  /** Of every offer before it goes out. */
  readonly changeOffer?: (sdp: string) => string;
  /** Of every answer before it is taken: through a relay, say. */
  readonly changeAnswer?: (sdp: string) => string;
};

const PING_EVERY_MS = 500;
/** As the page: a connection without word from the server is given up after this long. */
const PATIENCE_MS = 2000;
const PICTURE = { width: 160, height: 120, fps: 15 } as const;

export class SessionSender {
  readonly sessionId: string;
  readonly predictions: Prediction[] = [];
  /** Why connections were lost, in the server's words or our own. */
  readonly losses: string[] = [];
  /** Of the newest connection. */
  connectionState = 'new';
  readonly #options: SessionSenderOptions;
  readonly #client: WireClient;
  readonly #zero: number;
  readonly #subscription = new Subscription();
  #health: Health | null = null;
  #generation = 0;
  #sender: WrtcSender | null = null;
  #patience: NodeJS.Timeout | undefined;
  #closed = false;

  private constructor(options: SessionSenderOptions, client: WireClient, sessionId: string, media: Micros) {
    this.#options = options;
    this.#client = client;
    this.sessionId = sessionId;
    this.#zero = performance.now() - media / 1e3;
    this.#subscription.add(every(PING_EVERY_MS, (n) => this.#ping(n)));
    this.#subscription.add(client.of('prediction').subscribe((one) => this.predictions.push(one)));
    this.#subscription.add(
      client.of('health').subscribe((health) => {
        this.#health = health;
      }),
    );
    this.#subscription.add(
      client.of('rtc-gone').subscribe(({ generation, reason, again }) => {
        if (generation === this.#generation) this.#lost(reason, again);
      }),
    );
  }

  /** Says hello, and offers. The caller closes it. */
  static async open(options: SessionSenderOptions): Promise<SessionSender> {
    const { url, name } = options;
    const { client, welcome } = await WireClient.connect({
      url,
      token: null,
      sessionName: name,
      pace: 'live',
      by: name,
    });
    const sender = new SessionSender(options, client, welcome.sessionId, welcome.media);
    await sender.offer();
    return sender;
  }

  /** How often something of this session was shed, by reason. */
  get shed(): Readonly<Record<string, number>> {
    return this.#health?.shed ?? {};
  }

  /** Makes a new connection in place of the one before. Resolves when there is an answer; rejects with the server's reason. */
  async offer(): Promise<void> {
    const { changeOffer = same, changeAnswer = same } = this.#options;
    void this.#drop();
    this.#generation += 1;
    const generation = this.#generation;
    const sender = new WrtcSender();
    this.#sender = sender;
    this.connectionState = 'new';
    sender.onState = (state) => generation === this.#generation && this.#changed(state);
    sender.play(PICTURE);
    const sdp = changeOffer(await sender.offer());
    const mine = (one: { readonly generation: number }): boolean => one.generation === generation;
    const reply = Promise.race([
      this.#client.next('rtc-answer', mine),
      this.#client.next('rtc-gone', mine).then(({ reason }) => Promise.reject(new Error(reason))),
    ]);
    this.#client.send({ type: 'rtc-offer', generation, sdp });
    const { sdp: answered } = await reply;
    if (sender !== this.#sender) return;
    sender.answer(changeAnswer(answered)).catch((error: unknown) => {
      if (generation === this.#generation) this.#lost(String(error), true);
    });
  }

  /** Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#subscription.unsubscribe();
    await this.#drop();
    this.#client.close();
  }

  #changed(state: string): void {
    this.connectionState = state;
    clearTimeout(this.#patience);
    if (state === 'failed') this.#lost(state, true);
    if (state === 'disconnected') this.#patience = setTimeout(() => this.#lost(state, true), PATIENCE_MS);
  }

  #lost(reason: string, again: boolean): void {
    if (this.#closed) return;
    this.losses.push(reason);
    if (again) this.offer().catch(() => undefined); // it is told by rtc-gone as well, or closed meanwhile
  }

  async #drop(): Promise<void> {
    clearTimeout(this.#patience);
    const sender = this.#sender;
    this.#sender = null;
    await sender?.close();
  }

  #ping(id: number): void {
    const media = micros(Math.round((performance.now() - this.#zero) * 1e3));
    this.#client.send({ type: 'ping', id, clientUs: 0, media, wall: millis(Date.now()) });
  }
}

const same = (sdp: string): string => sdp;
