/** Path `page`: video frame callbacks and an AudioWorklet feed the same encoders, in the page. */

import { micros } from '../../proto/units.ts';
import { AudioTrackEncoder } from './audio-encoder.ts';
import type { CaptureSink, Capturing } from './sink.ts';
import { type Tap, tapPicture, tapSound } from './taps.ts';
import { VideoTrackEncoder } from './video-encoder.ts';

/** Stamps are page time from the start, so nothing is mapped. */
const same = micros;

/** Starts; the caller keeps the stream. */
export async function captureInPage(stream: MediaStream, sink: CaptureSink): Promise<Capturing> {
  const video = new VideoTrackEncoder({ sink, stamp: same });
  const audio = new AudioTrackEncoder({ sink, stamp: same });
  const taps: Tap[] = [];
  const [camera] = stream.getVideoTracks();
  const [microphone] = stream.getAudioTracks();
  if (camera) {
    taps.push(
      tapPicture(camera, (element, at) => video.push(new VideoFrame(element, { timestamp: Math.round(at) }))),
    );
  }
  if (microphone) {
    const push = (samples: Float32Array<ArrayBuffer>, at: number, sampleRate: number): void =>
      audio.push(
        new AudioData({
          format: 'f32-planar',
          sampleRate,
          numberOfFrames: samples.length,
          numberOfChannels: 1,
          timestamp: Math.round(at),
          data: samples,
        }),
      );
    taps.push(await tapSound(microphone, push));
  }
  return {
    live: (on) => {
      video.live(on);
      audio.live(on);
    },
    key: () => video.key(),
    close: () => {
      for (const tap of taps) tap.close();
      video.close();
      audio.close();
    },
  };
}
