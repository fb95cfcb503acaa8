/**
 * The demo's camera and microphone: a canvas and a WebAudio graph that give a MediaStream like any other, so that it goes
 * through exactly the same capture path. Its truth is known, which is what it is for.
 */
import { type Micros, micros } from '../../proto/units.ts';
import { FRAME_RATE } from '../capture/sink.ts';
import { pageNow } from '../page-clock.ts';
import { DEMO_HEIGHT, DEMO_WIDTH, drawPicture } from './picture.ts';
import { type DemoSlot, type Schedule, schedule } from './schedule.ts';
import { DemoSound } from './sound.ts';
import { type Spoil, UNSPOILT } from './spoil.ts';

const AHEAD_US = 1.5e6; // sound is planned this far ahead: a hidden tab's timers fire once a second
const SEED = 7;

export class DemoSource {
  readonly stream: MediaStream;
  readonly #canvas = document.createElement('canvas');
  readonly #sound = new DemoSound();
  readonly #schedule: Schedule = schedule(SEED);
  #spoil: Spoil = UNSPOILT;
  #started: Micros | null = null;
  #planned = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    this.#canvas.width = DEMO_WIDTH;
    this.#canvas.height = DEMO_HEIGHT;
    const picture = this.#canvas.captureStream(FRAME_RATE);
    this.stream = new MediaStream([...picture.getVideoTracks(), ...this.#sound.stream.getAudioTracks()]);
  }

  /** Starts at slot 0. Must follow a person's action, or the browser keeps the sound suspended. */
  async start(): Promise<void> {
    await this.#sound.resume();
    this.#started = pageNow();
    this.#timer = setInterval(() => this.#tick(), 1000 / FRAME_RATE);
    this.#tick();
  }

  spoil(spoil: Spoil): void {
    this.#spoil = spoil;
    this.#sound.spoil(spoil);
  }

  audible(on: boolean): void {
    this.#sound.audible(on);
  }

  /** What is shown at a page time, its span in page time; null before the start. */
  truthAt(page: Micros): DemoSlot | null {
    return this.#started === null ? null : this.#onPage(this.#schedule.at(micros(page - this.#started)));
  }

  /** Slots that lie wholly between two page times, their spans in page time. */
  truthWithin(from: Micros, to: Micros): readonly DemoSlot[] {
    const started = this.#started;
    if (started === null) return [];
    const inside = this.#schedule.within(micros(Math.max(0, from - started)), micros(to - started));
    return inside.map((slot) => this.#onPage(slot));
  }

  close(): void {
    clearInterval(this.#timer);
    for (const track of this.stream.getTracks()) track.stop();
    this.#sound.close();
  }

  #onPage(slot: DemoSlot): DemoSlot {
    const started = this.#started ?? 0;
    return { ...slot, start: micros(slot.start + started), end: micros(slot.end + started) };
  }

  #tick(): void {
    if (this.#started === null) return;
    const moment = micros(pageNow() - this.#started);
    const context = this.#canvas.getContext('2d', { alpha: false });
    if (context) drawPicture(context, this.#schedule.at(moment), moment, this.#spoil);
    this.#planSound(moment);
  }

  #planSound(moment: Micros): void {
    const shift = this.#sound.now - moment / 1e6; // audio clock minus the demo's
    for (;;) {
      const next = this.#schedule.at(micros(this.#planned));
      if (next.start > moment + AHEAD_US) return;
      const from = Math.max(this.#sound.now, next.start / 1e6 + shift);
      const to = next.end / 1e6 + shift;
      if (to > from + 0.2) this.#sound.play(next, from, to);
      this.#planned = next.end;
    }
  }
}
