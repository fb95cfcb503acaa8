/**
 * `counterpoise stream`: plays a clip to a server as a browser would, teaches it from a table of labels, and scores its answers.
 */
import { open as openFile } from 'node:fs/promises';
import { ulid } from 'ulid';
import type { Prediction, ServerMessage } from '../../proto/messages.ts';
import { addMicros, type Micros, micros, microsFromSeconds, millis } from '../../proto/units.ts';
import type { EncodedUnit } from '../../src/media.ts';
import { DEFAULT_GRID, lastComplete } from '../../src/pairing/grid.ts';
import { CliError } from '../errors.ts';
import type { LabelledSpan } from './labels-csv.ts';
import { type ClipItem, openClip } from './media/clip.ts';
import { Progress } from './progress.ts';
import { quantile, type Summary, score, scoredWindows } from './scoring.ts';
import type { StreamOptions } from './stream-options.ts';
import { WireClient } from './wire-client.ts';

/** A label is sent when the media has gone this far past its span: the span's last window is cut and paired by then. */
const AFTER_SPAN = microsFromSeconds(0.3);
/** A packet of sound is stamped with its first sample; it is there when its last one has been captured. */
const OPUS_PACKET = micros(20_000);
/** The last windows may take this long to come back. */
const LAST_ANSWER_MS = 5000;

/** One run of the command against a server. Collects what comes back while it sends. */
class StreamRun {
  readonly #options: StreamOptions;
  readonly #client: WireClient;
  readonly #progress: Progress;
  readonly #predictions: Prediction[] = [];
  readonly #lags: number[] = [];
  readonly #names = new Map<string, string>();
  readonly #sentAt: { readonly media: Micros; readonly wall: number }[] = [];
  readonly #began = performance.now();
  #shed: Readonly<Record<string, number>> = {};
  #modelVersion = 0;
  #credit: Micros = micros(0);
  #labels = 0;
  #settle: Summary['settle'] = null;
  #fault: unknown = null;
  #wakeCredit: (() => void) | null = null;

  constructor(options: StreamOptions, client: WireClient, progress: Progress) {
    this.#options = options;
    this.#client = client;
    this.#progress = progress;
    client.messages$.subscribe({
      next: (message) => this.#take(message),
      error: (fault: unknown) => {
        this.#fault = fault;
        this.#wakeCredit?.();
      },
    });
  }

  async run(items: AsyncIterable<ClipItem>, duration: Micros): Promise<Summary> {
    const { spans, teachUntil, learning, fast, settleSeconds } = this.#options;
    if (learning !== 'whole') this.#client.send({ type: 'training-command', paused: true });
    const waiting = taught(spans, teachUntil, learning);
    let settled = teachUntil === 0;
    let last = micros(0);
    for await (const item of items) {
      if (item.type === 'track') {
        this.#client.send({ type: 'track', track: item.track });
        continue;
      }
      last = item.unit.at;
      while (waiting[0] && addMicros(waiting[0].end, AFTER_SPAN) <= last)
        await this.#teach(waiting.shift() as LabelledSpan);
      if (!settled && last >= teachUntil && waiting.length === 0) {
        settled = true;
        if (fast && learning === 'whole') this.#settle = await this.#settleTraining(settleSeconds);
      }
      await this.#pace(item.unit);
      this.#client.send({ type: 'media', unit: item.unit });
      this.#sentAt.push({ media: last, wall: performance.now() });
      this.#progress.show(
        last / duration,
        `${(last / 1e6).toFixed(0)} s, ${this.#labels} labels, ${this.#predictions.length} windows`,
      );
    }
    return this.#finish(waiting, duration);
  }

  async #finish(waiting: readonly LabelledSpan[], duration: Micros): Promise<Summary> {
    this.#client.send({ type: 'track-close', modality: 'audio' });
    this.#client.send({ type: 'track-close', modality: 'video' });
    for (const span of waiting) await this.#teach(span);
    await this.#lastAnswers(lastComplete(DEFAULT_GRID, duration));
    this.#progress.end();
    const { spans, teachUntil } = this.#options;
    const scored = scoredWindows(
      this.#predictions,
      spans.filter(({ end }) => end >= teachUntil),
    );
    return {
      windows: this.#predictions.length,
      ...score(scored, this.#names),
      lagMs: { p50: quantile(this.#lags, 0.5), p95: quantile(this.#lags, 0.95) },
      shed: this.#shed,
      modelVersion: this.#modelVersion,
      labels: this.#labels,
      settle: this.#settle,
    };
  }

  /** Sends a label and, with credit, waits until it is durable and in the prototypes. @throws {CliError} ERR_CLI_REFUSED */
  async #teach({ start, end, className, scope }: LabelledSpan): Promise<void> {
    const id = ulid();
    const answered = Promise.race([
      this.#client.next('ack', (ack) => ack.id === id),
      this.#client.next('error', ({ regarding }) => regarding === id),
    ]).then((answer) => {
      if (answer.type === 'error')
        throw new CliError('ERR_CLI_REFUSED', `a label was refused: ${answer.message}`);
      this.#labels++;
    });
    const at = millis(Date.now());
    this.#client.send({ type: 'label', id, sessionId: '', start, end, kind: 'class', className, scope, at });
    if (this.#options.fast) await answered;
    else
      answered.catch((fault: unknown) => {
        this.#fault ??= fault;
      });
  }

  async #settleTraining(atMostSeconds: number): Promise<Summary['settle']> {
    this.#progress.note(`waits for training, at most ${atMostSeconds} s`);
    const answer = this.#client.next('settled');
    this.#client.send({ type: 'settle', request: 1, timeout: millis(atMostSeconds * 1000) });
    const { waited, idle } = await answer;
    return { waitedMs: Math.round(waited), idle };
  }

  /** Live: until a camera and a microphone would have had the unit. With credit: until the server has granted it. */
  async #pace({ modality, at }: EncodedUnit): Promise<void> {
    if (this.#fault) throw this.#fault;
    if (!this.#options.fast) {
      const captured = (at + (modality === 'audio' ? OPUS_PACKET : 0)) / 1e3;
      const ahead = captured - (performance.now() - this.#began);
      if (ahead > 0) await new Promise((resolve) => setTimeout(resolve, ahead));
      return;
    }
    while (at > this.#credit) {
      await new Promise<void>((resolve) => {
        this.#wakeCredit = resolve;
      });
      if (this.#fault) throw this.#fault;
    }
  }

  /** Waits for the last window of the clip, or until nothing more comes. */
  async #lastAnswers(index: number): Promise<void> {
    const newest = this.#predictions.at(-1)?.index ?? -1;
    if (newest < index)
      await this.#client
        .next('prediction', (prediction) => prediction.index >= index, millis(LAST_ANSWER_MS))
        .catch(() => undefined);
  }

  #take(message: ServerMessage): void {
    if (message.type === 'prediction') this.#score(message);
    else if (message.type === 'credit') this.#grant(message.until);
    else if (message.type === 'health') this.#shed = message.shed;
    else if (message.type === 'model') this.#modelVersion = message.version;
    else if (message.type === 'classes')
      for (const { id, name } of message.classes) this.#names.set(id, name);
    else if (message.type === 'error' && message.fatal)
      this.#fault = new CliError('ERR_CLI_REFUSED', message.message);
  }

  #score(prediction: Prediction): void {
    this.#predictions.push(prediction);
    const captured = this.#options.fast
      ? this.#sentAt.find(({ media }) => media >= prediction.end)?.wall
      : this.#began + prediction.end / 1e3;
    if (captured !== undefined) this.#lags.push(performance.now() - captured);
    const first = this.#sentAt.findIndex(({ media }) => media >= prediction.start);
    this.#sentAt.splice(0, Math.max(0, first));
  }

  #grant(until: Micros): void {
    this.#credit = until;
    this.#wakeCredit?.();
    this.#wakeCredit = null;
  }

  get predictions(): readonly Prediction[] {
    return this.#predictions;
  }
}

/** The labels to send, in order of their end. */
function taught(
  spans: readonly LabelledSpan[],
  until: Micros,
  learning: StreamOptions['learning'],
): LabelledSpan[] {
  const early = spans.filter(({ end }) => end < until).toSorted((a, b) => a.end - b.end);
  if (learning !== 'frozen') return early;
  return early.filter(({ className }, i) => early.findIndex((other) => other.className === className) === i);
}

/** Runs the command; prints the summary with `write`. */
export async function stream(options: StreamOptions, write: (line: string) => void): Promise<Summary> {
  const { video, audio, url, token, name, fast, out } = options;
  const clip = await openClip({ video, audio });
  try {
    const pace = fast ? 'credit' : 'live';
    const { client } = await WireClient.connect({ url, token, sessionName: name, pace, by: 'stream' });
    const run = new StreamRun(options, client, new Progress(process.stderr));
    try {
      const summary = await run.run(clip.items, clip.duration);
      if (out) await writePredictions(out, run.predictions);
      write(JSON.stringify(summary));
      return summary;
    } finally {
      client.close();
    }
  } finally {
    await clip.close();
  }
}

async function writePredictions(file: string, predictions: readonly Prediction[]): Promise<void> {
  const handle = await openFile(file, 'w');
  try {
    for (const prediction of predictions) await handle.write(`${JSON.stringify(prediction)}\n`);
  } finally {
    await handle.close();
  }
}
