/** One session that streams a recording in real time over its WebSocket, again and again, and notes when each answer comes back. */
import type { Health } from '../../proto/messages.ts';
import { addMicros, type Micros, micros } from '../../proto/units.ts';
import { WireClient } from '../../server/cli/wire-client.ts';
import type { EncodedUnit } from '../../src/media.ts';
import type { Recording } from './recording.ts';
import { type Answered, type Labelled, SessionEnd, type Streaming, sleep } from './session-end.ts';

export class LiveStream implements Streaming {
  readonly #end: SessionEnd;
  readonly #played: Promise<void>;

  private constructor(end: SessionEnd, recording: Recording) {
    this.#end = end;
    for (const track of recording.tracks) end.client.send({ type: 'track', track });
    this.#played = play(recording, end, (unit) => end.client.send({ type: 'media', unit }));
  }

  /** Connects and begins to play. The caller closes it. */
  static async open(url: string, recording: Recording): Promise<LiveStream> {
    return new LiveStream(await connect(url), recording);
  }

  get answers(): readonly Answered[] {
    return this.#end.answers;
  }

  get health(): Health | null {
    return this.#end.health;
  }

  label(className: string): Promise<Labelled> {
    return this.#end.label(className);
  }

  async close(): Promise<void> {
    this.#end.closed = true;
    await this.#played;
    this.#end.close();
  }
}

/** Says hello, as a sender in real time. */
export async function connect(url: string): Promise<SessionEnd> {
  const { client } = await WireClient.connect({
    url,
    token: null,
    sessionName: 'bench',
    pace: 'live',
    by: 'bench',
  });
  return new SessionEnd(client);
}

/** Gives each unit when a live sender has it, with its stamp shifted by the loops before. Resolves when `end` is closed. */
export async function play(
  { units, loop }: Recording,
  end: SessionEnd,
  send: (unit: EncodedUnit) => void,
): Promise<void> {
  for (let shift: Micros = micros(0); !end.closed; shift = addMicros(shift, loop)) {
    for (const { due, unit } of units) {
      const ahead = (addMicros(due, shift) - end.media) / 1e3;
      if (ahead > 0) await sleep(ahead);
      if (end.closed) return;
      send({ ...unit, at: addMicros(unit.at, shift) });
    }
  }
}
