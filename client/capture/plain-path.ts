/** Path `plain`: JPEG pictures and PCM16 sound at 16 kHz, for browsers without WebCodecs. Four times the bytes. */

import type { Micros } from '../../proto/units.ts';
import { Resampler } from '../../src/features/resample.ts';
import { AUDIO_RATE } from '../../src/features/spec.ts';
import { pcm16 } from './pcm16.ts';
import { type CaptureSink, type Capturing, FRAME_GAP_US } from './sink.ts';
import { type Tap, tapPicture, tapSound } from './taps.ts';

const JPEG_QUALITY = 0.7; // about 9 kB for 320x240

type Gate = { on: boolean };

/** Draws and compresses one picture at a time: while one is under way, newer ones are dropped and counted. */
function pictures(track: MediaStreamTrack, sink: CaptureSink, gate: Gate): Tap {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { alpha: false });
  let busy = false;
  let last = Number.NEGATIVE_INFINITY;
  const compress = (at: Micros): void => {
    busy = true;
    canvas.toBlob(
      async (blob) => {
        if (blob)
          sink.unit({ modality: 'video', key: true, at, data: new Uint8Array(await blob.arrayBuffer()) });
        busy = false;
      },
      'image/jpeg',
      JPEG_QUALITY,
    );
  };
  return tapPicture(track, (video, at) => {
    if (!gate.on || at - last < FRAME_GAP_US || video.videoWidth === 0) return;
    if (busy) return sink.dropped('encoder-video', 1);
    last = at;
    if (canvas.width !== video.videoWidth || canvas.height !== video.videoHeight) {
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      sink.track({ modality: 'video', codec: 'jpeg', width: canvas.width, height: canvas.height });
    }
    context?.drawImage(video, 0, 0);
    compress(at);
  });
}

function sound(track: MediaStreamTrack, sink: CaptureSink, gate: Gate): Promise<Tap> {
  let resampler: Resampler | null = null;
  return tapSound(track, (samples, at, rateHz) => {
    if (!gate.on) return;
    if (resampler === null) {
      resampler = new Resampler(rateHz);
      sink.track({ modality: 'audio', codec: 'pcm16', sampleRateHz: AUDIO_RATE, channels: 1 });
    }
    const chunk = resampler.push(at, samples);
    if (chunk) sink.unit({ modality: 'audio', key: true, at: chunk.at, data: pcm16(chunk.samples) });
  });
}

/** Starts; the caller keeps the stream. */
export async function capturePlain(stream: MediaStream, sink: CaptureSink): Promise<Capturing> {
  const gate: Gate = { on: false };
  const taps: Tap[] = [];
  const [camera] = stream.getVideoTracks();
  const [microphone] = stream.getAudioTracks();
  if (camera) taps.push(pictures(camera, sink, gate));
  if (microphone) taps.push(await sound(microphone, sink, gate));
  return {
    live: (on) => {
      gate.on = on;
    },
    key: () => undefined, // every JPEG stands alone
    close: () => {
      for (const tap of taps) tap.close();
    },
  };
}
