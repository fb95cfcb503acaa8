/** A clip's pictures, decoded a little ahead of the moment they are shown. */
import type { MediaUnit } from '../../proto/messages.ts';
import { type Micros, micros } from '../../proto/units.ts';
import { avcCodec } from './avc.ts';
import type { Clip } from './clip.ts';

const AHEAD_US = 400_000; // six pictures: enough for a slow decoder, few enough to hold

type Shown = { readonly timestamp: number; readonly image: CanvasImageSource; close(): void };

/** How a WebCodecs decoder is to be set for a clip; null where its pictures need none, or there are none. */
function decoderConfig(clip: Clip): VideoDecoderConfig | null {
  switch (clip.video?.codec) {
    case 'vp8':
      return { codec: 'vp8', optimizeForLatency: true };
    case 'h264': {
      const key = clip.units.find((unit) => unit.modality === 'video' && unit.key);
      return { codec: avcCodec(key?.data ?? new Uint8Array()), optimizeForLatency: true }; // Annex B: no description
    }
    default:
      return null;
  }
}

/** Why this browser cannot show a clip's pictures; empty where it can. */
export async function pictureProblem(clip: Clip): Promise<string> {
  const config = decoderConfig(clip);
  if (config === null) return '';
  const name = clip.video?.codec === 'h264' ? 'H264' : 'VP8';
  if (!('VideoDecoder' in globalThis)) return `This browser cannot decode ${name}: only the sound is played.`;
  const { supported } = await VideoDecoder.isConfigSupported(config);
  return supported ? '' : `This browser cannot decode ${name} (${config.codec}): only the sound is played.`;
}

/** Draws the newest picture that is due; owns decoder and pictures until `close()`. */
export class ClipPicture {
  readonly #units: MediaUnit[];
  readonly #canvas: HTMLCanvasElement;
  readonly #jpeg: boolean;
  #ready: Shown[] = [];
  #decoder: VideoDecoder | null = null;
  #closed = false;

  constructor(clip: Clip, canvas: HTMLCanvasElement) {
    this.#units = clip.units.filter((unit) => unit.modality === 'video');
    this.#canvas = canvas;
    canvas.width = clip.video?.width ?? 320;
    canvas.height = clip.video?.height ?? 240;
    const config = decoderConfig(clip);
    this.#jpeg = clip.video?.codec === 'jpeg';
    if (config && 'VideoDecoder' in globalThis) this.#decoder = this.#open(config);
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

  #open(config: VideoDecoderConfig): VideoDecoder {
    const decoder = new VideoDecoder({
      output: (frame) => this.#keep({ timestamp: frame.timestamp, image: frame, close: () => frame.close() }),
      error: () => undefined, // the pictures before it have been shown
    });
    decoder.configure(config);
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
    if (!this.#jpeg) return;
    createImageBitmap(new Blob([data.slice()], { type: 'image/jpeg' }))
      .then((image) => this.#keep({ timestamp: micros(at), image, close: () => image.close() }))
      .catch(() => undefined); // one broken picture; the next one comes in 67 ms
  }
}
