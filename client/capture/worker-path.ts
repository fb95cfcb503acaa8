/** Path `worker`: the tracks' readable streams go to a Worker, units come back. */
import { unreachable } from '../../proto/errors.ts';
import EncodeWorker from './encode-worker.ts?worker';
import type { CaptureSink, Capturing } from './sink.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

/** Blocks of 10 ms that may wait for a busy worker; the default, ten, loses sound as soon as a machine is loaded. */
const SOUND_BLOCKS = 100;

function deliver(message: FromWorker, sink: CaptureSink): void {
  switch (message.type) {
    case 'track':
      sink.track(message.config);
      return;
    case 'unit':
      sink.unit(message.unit);
      return;
    case 'dropped':
      sink.dropped(message.reason, message.count);
      return;
    case 'queue':
      sink.queue(message.items);
      return;
    case 'failed':
      sink.failed(message.modality, message.message);
      return;
    default:
      unreachable(message);
  }
}

/** Starts; the caller keeps the stream and stops its tracks after `close()`. */
export function captureInWorker(stream: MediaStream, sink: CaptureSink): Capturing {
  const worker = new EncodeWorker();
  const tell = (message: ToWorker, transfer: Transferable[] = []): void =>
    worker.postMessage(message, transfer);
  worker.addEventListener('message', (event: MessageEvent<FromWorker>) => deliver(event.data, sink));
  worker.addEventListener('error', (event) => sink.failed('video', event.message));
  tell({ type: 'begin', timeOrigin: performance.timeOrigin });
  const [camera] = stream.getVideoTracks();
  const [microphone] = stream.getAudioTracks();
  if (camera) {
    const frames: ReadableStream<VideoFrame> = new MediaStreamTrackProcessor({ track: camera }).readable;
    tell({ type: 'video', frames }, [frames]);
  }
  if (microphone) {
    const blocks: ReadableStream<AudioData> = new MediaStreamTrackProcessor({
      track: microphone,
      maxBufferSize: SOUND_BLOCKS,
    }).readable;
    tell({ type: 'audio', blocks }, [blocks]);
  }
  return {
    live: (on) => tell({ type: 'live', on }),
    key: () => tell({ type: 'key' }),
    close: () => worker.terminate(),
  };
}
