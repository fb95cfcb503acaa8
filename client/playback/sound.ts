/** A clip's sound as one AudioBuffer, decoded before it is played. */
import type { MediaUnit } from '../../proto/messages.ts';
import type { Micros } from '../../proto/units.ts';
import { fromPcm16 } from '../capture/pcm16.ts';
import type { Clip } from './clip.ts';

type Piece = { readonly atUs: number; readonly samples: Float32Array<ArrayBuffer> };

/** Opus packets to mono pieces; empty where the browser has no AudioDecoder. */
async function decodeOpus(units: readonly MediaUnit[], channels: number): Promise<readonly Piece[]> {
  if (!('AudioDecoder' in globalThis)) return [];
  const pieces: Piece[] = [];
  const decoder = new AudioDecoder({
    output: (block) => {
      const samples = new Float32Array(block.numberOfFrames);
      block.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
      pieces.push({ atUs: block.timestamp, samples });
      block.close();
    },
    error: () => undefined, // what was decoded until then is played
  });
  decoder.configure({ codec: 'opus', sampleRate: 48_000, numberOfChannels: channels });
  for (const { at, data } of units) {
    decoder.decode(new EncodedAudioChunk({ type: 'key', timestamp: at, data }));
  }
  await decoder.flush().catch(() => undefined);
  if (decoder.state !== 'closed') decoder.close();
  return pieces;
}

function place(buffer: AudioBuffer, pieces: readonly Piece[], start: Micros): void {
  const channel = buffer.getChannelData(0);
  for (const { atUs, samples } of pieces) {
    const first = Math.round(((atUs - start) / 1e6) * buffer.sampleRate);
    const skip = Math.max(0, -first);
    const room = channel.length - Math.max(0, first);
    if (skip < samples.length && room > 0) {
      channel.set(samples.subarray(skip, Math.min(samples.length, skip + room)), Math.max(0, first));
    }
  }
}

/** The clip's sound, or null where it has none. */
export async function clipSound(clip: Clip, context: BaseAudioContext): Promise<AudioBuffer | null> {
  const units = clip.units.filter((unit) => unit.modality === 'audio');
  const rate = clip.audio?.codec === 'pcm16' ? clip.audio.sampleRateHz : 48_000;
  if (clip.audio === null || units.length === 0) return null;
  const pieces =
    clip.audio.codec === 'pcm16'
      ? units.map(({ at, data }): Piece => ({ atUs: at, samples: fromPcm16(data) }))
      : await decodeOpus(units, clip.audio.channels);
  const buffer = context.createBuffer(
    1,
    Math.max(1, Math.round(((clip.end - clip.start) / 1e6) * rate)),
    rate,
  );
  place(buffer, pieces, clip.start);
  return buffer;
}
