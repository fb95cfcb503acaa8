/** The near end of a live session: what the server answers and says of itself, and labels. */
import { ulid } from 'ulid';
import type { Ack, Health, Link, Prediction, ServerMessage } from '../../proto/messages.ts';
import { type Micros, micros, millis } from '../../proto/units.ts';
import type { WireClient } from '../../server/cli/wire-client.ts';

/** A prediction's receipt. Times in milliseconds of `performance.now()`; `lagMs` is from the capture of its last sample. */
export type Answered = {
  readonly index: number;
  readonly modelVersion: number;
  readonly appliedSeq: number;
  readonly at: number;
  readonly lagMs: number;
};

export type Labelled = { readonly ack: Ack; readonly sentAt: number; readonly ackedAt: number };

/** A session that streams until it is closed, by whatever way. */
export type Streaming = {
  readonly answers: readonly Answered[];
  /** The newest one, or null. */
  readonly health: Health | null;
  /** Labels the newest 1.44 s. Resolves with the acknowledgement. */
  readonly label: (className: string) => Promise<Labelled>;
  /** Stops and disconnects. @throws what ended the stream before, if anything did. */
  readonly close: () => Promise<void>;
};

const LABEL_SPAN = micros(1_440_000); // two windows, half a window apart
const LABEL_PATIENCE_MS = millis(10_000);

export class SessionEnd {
  readonly client: WireClient;
  /** `performance.now()` at media time 0; may be set until the first ping or unit. */
  began = performance.now();
  readonly answers: Answered[] = [];
  /** What every health message said of the way that the media takes. */
  readonly links: Link[] = [];
  health: Health | null = null;
  closed = false;
  #fault: unknown = null;

  /** Training is paused: a round would take time from what is measured. */
  constructor(client: WireClient) {
    this.client = client;
    client.messages$.subscribe({
      next: (message) => this.#take(message),
      error: (fault: unknown) => {
        this.#fault = fault;
        this.closed = true;
      },
    });
    client.send({ type: 'training-command', paused: true });
  }

  get media(): Micros {
    return micros(Math.round((performance.now() - this.began) * 1e3));
  }

  async label(className: string): Promise<Labelled> {
    const end = this.media;
    const id = ulid();
    const sentAt = performance.now();
    const acked = this.client
      .next('ack', (ack) => ack.id === id, LABEL_PATIENCE_MS)
      .then((ack) => ({ ack, sentAt, ackedAt: performance.now() }));
    const span = { start: micros(end - LABEL_SPAN), end };
    this.client.send({
      ...{ type: 'label', id, sessionId: '', ...span, kind: 'class', className },
      ...{ scope: 'both', at: millis(Date.now()) },
    });
    return acked;
  }

  /** @throws what ended the connection before, if anything did. */
  close(): void {
    this.closed = true;
    this.client.close();
    if (this.#fault) throw this.#fault;
  }

  #take(message: ServerMessage): void {
    if (message.type === 'prediction') this.#note(message);
    else if (message.type === 'health') {
      this.health = message;
      if (message.link) this.links.push(message.link);
    }
  }

  #note({ index, end, modelVersion, appliedSeq }: Prediction): void {
    const at = performance.now();
    this.answers.push({ index, modelVersion, appliedSeq, at, lagMs: at - (this.began + end / 1e3) });
  }
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
