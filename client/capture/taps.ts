/** How the page itself reads tracks where it has no MediaStreamTrackProcessor. */
import { type Micros, micros } from '../../proto/units.ts';
import { pageNow } from '../page-clock.ts';
import { OffsetEstimator } from './offset.ts';
import type { PcmBlock } from './pcm-worklet.ts';
import workletUrl from './pcm-worklet.ts?worker&url';

export type Tap = { close(): void };
/** `at`: page time of the first sample, `samples` mono; the receiver owns them. */
export type SoundListener = (samples: Float32Array<ArrayBuffer>, at: Micros, rateHz: number) => void;

/** `end`: place of the block's end on the context's clock, seconds. */
type BlockListener = (samples: Float32Array<ArrayBuffer>, end: number) => void;

async function workletTap(context: AudioContext, source: AudioNode, listen: BlockListener): Promise<Tap> {
  await context.audioWorklet.addModule(workletUrl);
  const node = new AudioWorkletNode(context, 'pcm-tap', { numberOfInputs: 1, numberOfOutputs: 0 });
  node.port.addEventListener('message', (event: MessageEvent<PcmBlock>) => {
    const { frame, samples } = event.data;
    listen(samples, (frame + samples.length) / context.sampleRate);
  });
  node.port.start();
  source.connect(node);
  return { close: () => node.port.close() };
}

const PROCESSOR_FRAMES = 1024; // 21 ms: the main thread may be late by one block

/**
 * The old way. Browsers keep worklets for secure pages, and the demo is to be heard on http://address too. A block is played
 * a constant time after its end, which the offset's estimate takes up.
 */
function processorTap(context: AudioContext, source: AudioNode, listen: BlockListener): Tap {
  const node = context.createScriptProcessor(PROCESSOR_FRAMES, 1, 1);
  node.addEventListener('audioprocess', ({ inputBuffer, playbackTime }) =>
    listen(inputBuffer.getChannelData(0).slice(), playbackTime),
  );
  source.connect(node);
  node.connect(context.destination); // it plays silence; unconnected it would not run
  return { close: () => node.disconnect() };
}

/** Mono sound of a track in short blocks, stamped on the page's clock. */
export async function tapSound(track: MediaStreamTrack, listen: SoundListener): Promise<Tap> {
  const context = new AudioContext({ latencyHint: 'interactive' });
  const source = context.createMediaStreamSource(new MediaStream([track]));
  const offset = new OffsetEstimator();
  const block: BlockListener = (samples, end) => {
    const arrived = pageNow();
    const stamp = end * 1e6; // of the end: that is when it could leave
    offset.observe(stamp, arrived);
    if (!offset.settled(arrived)) return;
    const length = (samples.length / context.sampleRate) * 1e6;
    listen(samples, micros(offset.pageTime(stamp) - length), context.sampleRate);
  };
  const tap =
    'audioWorklet' in context
      ? await workletTap(context, source, block)
      : processorTap(context, source, block);
  await context.resume();
  return {
    close: () => {
      tap.close();
      source.disconnect();
      void context.close();
    },
  };
}

/** Calls back with a playing video element at each new picture of the track, and the page time of its capture. */
export function tapPicture(
  track: MediaStreamTrack,
  listen: (video: HTMLVideoElement, at: Micros) => void,
): Tap {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  let closed = false;
  const next = (): void => {
    if (!closed) video.requestVideoFrameCallback(onFrame);
  };
  const onFrame: VideoFrameRequestCallback = (now, metadata) => {
    // captureTime is missing for local tracks in some browsers; `now` is then the best there is.
    const captured = metadata.captureTime ?? now;
    if (!closed) listen(video, micros(captured * 1e3));
    next();
  };
  next();
  video.play().catch(() => undefined); // a muted element may always play; a detached one retries with the next frame
  return {
    close: () => {
      closed = true;
      video.srcObject = null;
    },
  };
}
