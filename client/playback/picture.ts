/** A clip's pictures, decoded a little ahead of the moment they are shown. */
import type { MediaUnit } from '../../proto/messages.ts';
import { type Micros, micros } from '../../proto/units.ts';
import type { Clip } from './clip.ts';

const AHEAD_US = 400_000; // six pictures: enough for a slow decoder, few enough to hold

type Shown = { readonly timestamp: number; readonly image: CanvasImageSource; close(): void };

/** Draws the newest picture that is due; owns decoder and pictures until `close()`. */
export class ClipPicture {
  readonly #units: MediaUnit[];
  readonly #canvas: HTMLCanvasElement;
  #ready: Shown[] = [];
  #decoder: VideoDecoder | null = null;
  #closed = false;

  constructor(clip: Clip, canvas: HTMLCanvasElement) {
    this.#units = clip.units.filter((unit) => unit.modality === 'video');
    this.#canvas = canvas;
    canvas.width = clip.video?.width ?? 320;
    canvas.height = clip.video?.height ?? 240;
    if (clip.video?.codec === 'vp8' && 'VideoDecoder' in globalThis) this.#decoder = this.#vp8();
  }

  /** Shows what is due at a media time. */
  show(at: Micros): void {
    while ((this.#units[0]?.at ?? Number.POSITIVE_INFINITY) <= at + AHEAD_US) {
      const unit = this.#units.shift();
      if (unit) this.#decode(unit);
    }
    let due: Shown | undefined;
    while ((this.#ready[0]?.timestamp ?? Number.POSITIVE_INFINITY) <= at) {
      due?.close();
      due = this.#ready.shift();
    }
    if (!due) return;
    this.#canvas.getContext('2d')?.drawImage(due.image, 0, 0, this.#canvas.width, this.#canvas.height);
    due.close();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const shown of this.#ready) shown.close();
    this.#ready = [];
    if (this.#decoder && this.#decoder.state !== 'closed') this.#decoder.close();
  }

  #vp8(): VideoDecoder {
    const decoder = new VideoDecoder({
      output: (frame) => this.#keep({ timestamp: frame.timestamp, image: frame, close: () => frame.close() }),
      error: () => undefined, // the pictures before it have been shown
    });
    decoder.configure({ codec: 'vp8', optimizeForLatency: true });
    return decoder;
  }

  #keep(shown: Shown): void {
    if (this.#closed) shown.close();
    else this.#ready = [...this.#ready, shown].sort((a, b) => a.timestamp - b.timestamp);
  }

  #decode({ at, key, data }: MediaUnit): void {
    if (this.#decoder?.state === 'configured') {
      this.#decoder.decode(new EncodedVideoChunk({ type: key ? 'key' : 'delta', timestamp: at, data }));
      return;
    }
    if (this.#decoder) return;
    createImageBitmap(new Blob([data.slice()], { type: 'image/jpeg' }))
      .then((image) => this.#keep({ timestamp: micros(at), image, close: () => image.close() }))
      .catch(() => undefined); // one broken picture; the next one comes in 67 ms
  }
}
