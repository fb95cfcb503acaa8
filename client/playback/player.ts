/** Plays a clip once: sound through WebAudio, pictures onto a canvas, both on the audio clock. */
import { micros } from '../../proto/units.ts';
import type { Clip } from './clip.ts';
import { ClipPicture } from './picture.ts';
import { clipSound } from './sound.ts';

const LEAD_S = 0.08; // so that the first pictures are decoded when the sound begins

export class Player {
  readonly #context = new AudioContext();
  readonly #picture: ClipPicture;
  readonly #clip: Clip;
  readonly #ended: () => void;
  #frame = 0;
  #begin = 0;
  #closed = false;

  /** @param ended called once, when the clip is over or was closed. */
  constructor(clip: Clip, canvas: HTMLCanvasElement, ended: () => void) {
    this.#clip = clip;
    this.#picture = new ClipPicture(clip, canvas);
    this.#ended = ended;
  }

  async start(): Promise<void> {
    await this.#context.resume();
    const buffer = await clipSound(this.#clip, this.#context);
    if (this.#closed) return;
    this.#begin = this.#context.currentTime + LEAD_S;
    if (buffer) {
      const source = this.#context.createBufferSource();
      source.buffer = buffer;
      source.connect(this.#context.destination);
      source.start(this.#begin);
    }
    this.#tick();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    cancelAnimationFrame(this.#frame);
    this.#picture.close();
    void this.#context.close();
    this.#ended();
  }

  #tick(): void {
    const played = (this.#context.currentTime - this.#begin) * 1e6;
    const at = micros(this.#clip.start + played);
    if (at >= this.#clip.end) {
      this.close();
      return;
    }
    this.#picture.show(at);
    this.#frame = requestAnimationFrame(() => this.#tick());
  }
}
