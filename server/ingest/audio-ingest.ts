/**
 * One session's sound: encoded units in, mono 16 kHz chunks out, in order.
 */
import type { TrackConfig } from '../../proto/messages.ts';
import { type Micros, micros, millisFromMicros, subMicros } from '../../proto/units.ts';
import type { Clock } from '../../src/clock.ts';
import { downmix, pcm16ToFloat, Resampler } from '../../src/features/resample.ts';
import type { EncodedUnit, PcmChunk, Shed } from '../../src/media.ts';
import type { Decoded } from '../link-meter.ts';
import { DecodeQueue } from './decode-queue.ts';
import { type DecodedSound, OpusDecoder } from './opus-decoder.ts';

/** How much earlier sound was captured than Opus's stamps say, by the way it comes. */
export type AudioBias = {
  /** Opus looks 312 samples ahead at 48 kHz (RFC 6716, measured). */
  readonly websocket: Micros;
  /** The same and about one capture block of 10 ms: measured from Chromium's stamps, with sender reports and with abs-capture-time. */
  readonly webrtc: Micros;
};
export const DEFAULT_AUDIO_BIAS: AudioBias = { websocket: micros(6_500), webrtc: micros(15_000) };
/**
 * Packets that may wait: four seconds of live sound, since a sender without stamps is held back for up to three until its first
 * report and then comes at once; or a minute where the sender is held back by credit.
 */
const LIVE_LIMIT = 200;
const CREDIT_LIMIT = 3_000;

export type AudioIngestOptions = {
  /** Live sound is shed when the decoder falls behind. */
  readonly live: boolean;
  /** The samples are valid until this returns: who keeps them copies them. */
  readonly onPcm: (chunk: PcmChunk) => void;
  readonly onDecoded: (decoded: Decoded) => void;
  readonly clock: Clock;
  readonly onShed: (shed: Shed) => void;
};

type Track = Extract<TrackConfig, { modality: 'audio' }>;

export class AudioIngest {
  readonly #options: AudioIngestOptions;
  #track: Track | null = null;
  #bias: Micros = DEFAULT_AUDIO_BIAS.websocket;
  #queue: DecodeQueue | null = null;
  #decoder: OpusDecoder | null = null;
  #resampler: Resampler | null = null;
  #resamplerRateHz = 0;
  /** Scratch: the mean of several channels. */
  #mono = new Float32Array(0);

  constructor(options: AudioIngestOptions) {
    this.#options = options;
  }

  /**
   * Starts a track, in place of the one before; what of that one still waits is dropped.
   * @param bias how much later than the capture Opus's stamps are; PCM has none.
   */
  configure(track: TrackConfig, bias: Micros): void {
    this.close();
    if (track.modality !== 'audio') return;
    this.#track = track;
    this.#bias = bias;
    this.#queue = new DecodeQueue({
      limit: this.#options.live ? LIVE_LIMIT : CREDIT_LIMIT,
      decode: ({ unit }) => this.#decode(unit, track),
      onShed: this.#options.onShed,
    });
  }

  /** Takes a unit. Bytes that cannot be decoded are shed as `undecodable`, as is everything before a track. */
  push(unit: EncodedUnit): void {
    const pcm = this.#track?.codec === 'pcm16' ? 2 * this.#track.channels : 0;
    const fits = unit.data.length > 0 && (pcm === 0 || unit.data.length % pcm === 0);
    if (!this.#queue || !fits) {
      this.#options.onShed({ type: 'shed', reason: 'undecodable', at: unit.at });
      return;
    }
    this.#queue.push({ unit, key: true, shown: true });
  }

  /** Resolves when every unit pushed so far has come out or was shed. */
  drained(): Promise<void> {
    return this.#queue?.drained() ?? Promise.resolve();
  }

  /** Ends the track and closes the decoder. Idempotent; `configure` starts anew. */
  close(): void {
    this.#queue?.close();
    this.#decoder?.close();
    this.#queue = null;
    this.#decoder = null;
    this.#track = null;
    this.#resamplerRateHz = 0;
  }

  async #decode(unit: EncodedUnit, track: Track): Promise<boolean> {
    const began = this.#options.clock.monotonic();
    const sound = await this.#sound(unit, track);
    if (sound === null || this.#track !== track) return sound !== null;
    const took = millisFromMicros(subMicros(this.#options.clock.monotonic(), began));
    this.#options.onDecoded({ took, width: 0, height: 0, read: true });
    if (!this.#resampler || this.#resamplerRateHz !== sound.rateHz) {
      this.#resampler = new Resampler(sound.rateHz);
      this.#resamplerRateHz = sound.rateHz;
    }
    const at = track.codec === 'opus' ? subMicros(unit.at, this.#bias) : unit.at;
    const chunk = this.#resampler.push(at, this.#downmix(sound.channels));
    if (chunk) this.#options.onPcm(chunk);
    return true;
  }

  #downmix(channels: readonly Float32Array[]): Float32Array {
    const length = channels[0]?.length ?? 0;
    if (channels.length > 1 && this.#mono.length !== length) this.#mono = new Float32Array(length);
    return downmix(channels, this.#mono);
  }

  /** Null where the unit cannot be decoded: its decoder is closed, the next unit gets a new one. */
  async #sound(unit: EncodedUnit, track: Track): Promise<DecodedSound | null> {
    if (track.codec === 'pcm16') {
      return { rateHz: track.sampleRateHz, channels: deinterleave(pcm16ToFloat(unit.data), track.channels) };
    }
    this.#decoder ??= new OpusDecoder(track.channels);
    const decoder = this.#decoder;
    try {
      return await decoder.decode(unit);
    } catch {
      decoder.close();
      if (this.#decoder === decoder) this.#decoder = null;
      return null;
    }
  }
}

function deinterleave(samples: Float32Array, channels: number): readonly Float32Array[] {
  if (channels === 1) return [samples];
  const frames = samples.length / channels;
  return Array.from({ length: channels }, (_, channel) =>
    Float32Array.from({ length: frames }, (_, n) => samples[n * channels + channel] ?? 0),
  );
}
