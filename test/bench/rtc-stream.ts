/**
 * A live session as a page has it, its media over WebRTC: a recording is sent as RTP by werift, so that no encoder runs and every
 * run sends the same. Pings tie the stamps of the packets to the session's media clock.
 */
import type { Health, Link } from '../../proto/messages.ts';
import { millis } from '../../proto/units.ts';
import { WeriftSender } from '../support/werift-sender.ts';
import { connect, play } from './live-stream.ts';
import type { Recording } from './recording.ts';
import { type Answered, type Labelled, type SessionEnd, type Streaming, sleep } from './session-end.ts';

const PING_EVERY_MS = 1000;
const GENERATION = 1;
const SPREAD_MS = 40; // between two sessions: no two of them send their pictures at the same instants

export class RtcStream implements Streaming {
  readonly #end: SessionEnd;
  readonly #sender: WeriftSender;
  readonly #pings: NodeJS.Timeout;
  readonly #played: Promise<void>;

  private constructor(end: SessionEnd, sender: WeriftSender, recording: Recording) {
    this.#end = end;
    this.#sender = sender;
    end.began = performance.now();
    const zeroMs = performance.timeOrigin + end.began;
    const ping = (id: number): void =>
      end.client.send({ type: 'ping', id, clientUs: 0, media: end.media, wall: millis(Date.now()) });
    let pings = 0;
    ping(pings);
    this.#pings = setInterval(() => ping(++pings), PING_EVERY_MS);
    this.#played = play(recording, end, (unit) => sender.send(unit, zeroMs + unit.at / 1e3));
  }

  /** Connects, and begins to play when the media's way is open. The caller closes it. */
  static async open(url: string, recording: Recording): Promise<RtcStream> {
    const end = await connect(url);
    const sender = new WeriftSender({ absCapture: true });
    const reply = Promise.race([
      end.client.next('rtc-answer'),
      end.client.next('rtc-gone').then(({ reason }) => Promise.reject(new Error(reason))),
    ]);
    end.client.send({ type: 'rtc-offer', generation: GENERATION, sdp: await sender.offer() });
    await sender.answer((await reply).sdp);
    return new RtcStream(end, sender, recording);
  }

  get answers(): readonly Answered[] {
    return this.#end.answers;
  }

  get health(): Health | null {
    return this.#end.health;
  }

  get links(): readonly Link[] {
    return this.#end.links;
  }

  label(className: string): Promise<Labelled> {
    return this.#end.label(className);
  }

  async close(): Promise<void> {
    this.#end.closed = true;
    clearInterval(this.#pings);
    await this.#played;
    await this.#sender.close();
    this.#end.close();
  }
}

/** Several of them. The caller closes each. */
export async function openStreams(
  url: string,
  recording: Recording,
  count: number,
): Promise<readonly RtcStream[]> {
  const streams: RtcStream[] = [];
  for (let i = 0; i < count; i++) {
    streams.push(await RtcStream.open(url, recording));
    await sleep(SPREAD_MS);
  }
  return streams;
}
