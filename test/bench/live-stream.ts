/** One session that streams a recording in real time, again and again, and notes when each answer comes back. */
import { ulid } from 'ulid';
import type { Ack, Health, Prediction, ServerMessage } from '../../proto/messages.ts';
import { addMicros, micros, millis } from '../../proto/units.ts';
import { WireClient } from '../../server/cli/wire-client.ts';
import type { Recording } from './recording.ts';

/** A prediction's receipt. Times in milliseconds of `performance.now()`; `lagMs` is from the capture of its last sample. */
export type Answered = {
  readonly index: number;
  readonly modelVersion: number;
  readonly appliedSeq: number;
  readonly at: number;
  readonly lagMs: number;
};

export type Labelled = { readonly ack: Ack; readonly sentAt: number; readonly ackedAt: number };

const LABEL_SPAN = micros(1_440_000); // two windows, half a window apart
const LABEL_PATIENCE_MS = millis(10_000);

export class LiveStream {
  readonly #client: WireClient;
  readonly #recording: Recording;
  readonly #answers: Answered[] = [];
  readonly #began = performance.now();
  readonly #played: Promise<void>;
  #health: Health | null = null;
  #closed = false;
  #fault: unknown = null;

  private constructor(client: WireClient, recording: Recording) {
    this.#client = client;
    this.#recording = recording;
    client.messages$.subscribe({
      next: (message) => this.#take(message),
      error: (fault: unknown) => {
        this.#fault = fault;
        this.#closed = true;
      },
    });
    for (const track of recording.tracks) client.send({ type: 'track', track });
    client.send({ type: 'training-command', paused: true });
    this.#played = this.#play();
  }

  /** Connects and begins to play; training is paused. The caller closes it. */
  static async open(url: string, recording: Recording): Promise<LiveStream> {
    const { client } = await WireClient.connect({
      url,
      token: null,
      sessionName: 'bench',
      pace: 'live',
      by: 'bench',
    });
    return new LiveStream(client, recording);
  }

  get answers(): readonly Answered[] {
    return this.#answers;
  }

  /** The newest one, or null. */
  get health(): Health | null {
    return this.#health;
  }

  /** Labels the newest 1.44 s. Resolves with the acknowledgement. */
  async label(className: string): Promise<Labelled> {
    const end = micros(Math.round((performance.now() - this.#began) * 1e3));
    const id = ulid();
    const sentAt = performance.now();
    const acked = this.#client
      .next('ack', (ack) => ack.id === id, LABEL_PATIENCE_MS)
      .then((ack) => ({
        ack,
        sentAt,
        ackedAt: performance.now(),
      }));
    const span = { start: micros(end - LABEL_SPAN), end };
    this.#client.send({
      ...{ type: 'label', id, sessionId: '', ...span, kind: 'class', className },
      ...{ scope: 'both', at: millis(Date.now()) },
    });
    return acked;
  }

  /** Stops and disconnects. @throws what ended the stream before, if anything did. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#played;
    this.#client.close();
    if (this.#fault) throw this.#fault;
  }

  async #play(): Promise<void> {
    const { units, loop } = this.#recording;
    for (let shift = micros(0); !this.#closed; shift = addMicros(shift, loop)) {
      for (const { due, unit } of units) {
        const ahead = addMicros(due, shift) / 1e3 - (performance.now() - this.#began);
        if (ahead > 0) await sleep(ahead);
        if (this.#closed) return;
        this.#client.send({ type: 'media', unit: { ...unit, at: addMicros(unit.at, shift) } });
      }
    }
  }

  #take(message: ServerMessage): void {
    if (message.type === 'prediction') this.#note(message);
    else if (message.type === 'health') this.#health = message;
  }

  #note({ index, end, modelVersion, appliedSeq }: Prediction): void {
    const at = performance.now();
    const lagMs = at - (this.#began + end / 1e3);
    this.#answers.push({ index, modelVersion, appliedSeq, at, lagMs });
  }
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
