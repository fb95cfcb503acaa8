/**
 * Opus packets to planar float sound at 48 kHz.
 */
import { type AudioData, AudioDecoder, EncodedAudioChunk } from '@napi-rs/webcodecs';

import type { EncodedUnit } from '../../src/media.ts';
import { countDecoder } from './open-decoders.ts';
import { Reply } from './reply.ts';

/** The library decodes to this rate whatever it is configured with. */
const OPUS_RATE_HZ = 48_000;

/** `channels` belong to who decoded them, and are valid until that decodes again. */
export type DecodedSound = { readonly rateHz: number; readonly channels: readonly Float32Array[] };

/** One native decoder. An error closes it for good: make a new one. */
export class OpusDecoder {
  readonly #reply = new Reply<AudioData>();
  readonly #native = new AudioDecoder({ output: this.#reply.output, error: this.#reply.error });
  readonly #uncount = countDecoder();
  /** Scratch: one for each channel, as long as the last packet. */
  #planes: Float32Array[] = [];

  constructor(channels: number) {
    this.#native.configure({ codec: 'opus', sampleRate: OPUS_RATE_HZ, numberOfChannels: channels });
  }

  /** Decodes one packet; call again after it has settled. Rejects where it cannot be decoded. */
  async decode({ at, data }: EncodedUnit): Promise<DecodedSound> {
    const chunk = { type: 'key', timestamp: at, data } as const;
    const sound = await this.#reply.after(() => this.#native.decode(new EncodedAudioChunk(chunk)));
    try {
      const channels = this.#room(sound);
      channels.forEach((samples, planeIndex) => {
        sound.copyTo(samples, { planeIndex, format: 'f32-planar' });
      });
      return { rateHz: sound.sampleRate, channels };
    } finally {
      sound.close();
    }
  }

  #room({ numberOfChannels: length, numberOfFrames }: AudioData): readonly Float32Array[] {
    if (this.#planes.length !== length || this.#planes[0]?.length !== numberOfFrames)
      this.#planes = Array.from({ length }, () => new Float32Array(numberOfFrames));
    return this.#planes;
  }

  /** Idempotent. */
  close(): void {
    this.#uncount();
    if (this.#native.state !== 'closed') this.#native.close();
  }
}
