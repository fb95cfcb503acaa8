/** The worker of path `worker`: reads both tracks, encodes them, hands the units to the page. */
import { unreachable } from '../../proto/errors.ts';
import type { Micros } from '../../proto/units.ts';
import { workerNow } from '../page-clock.ts';
import { AudioTrackEncoder } from './audio-encoder.ts';
import { OffsetEstimator } from './offset.ts';
import type { CaptureSink } from './sink.ts';
import { VideoTrackEncoder } from './video-encoder.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

const tell = (message: FromWorker, transfer: Transferable[] = []): void => postMessage(message, { transfer });

const sink: CaptureSink = {
  track: (config) => tell({ type: 'track', config }),
  unit: (unit) => tell({ type: 'unit', unit }, [unit.data.buffer]),
  dropped: (reason, count) => tell({ type: 'dropped', reason, count }),
  queue: (items) => tell({ type: 'queue', items }),
  failed: (modality, message) => tell({ type: 'failed', modality, message }),
};

type Stamped = { readonly timestamp: number; close(): void };

/**
 * Reads a track to its end. Until its offset has settled, what comes is closed unused.
 *
 * @param end of an item, on its track's clock: that is when it could leave its device. A block of sound is stamped with its beginning.
 */
async function read<Item extends Stamped>(
  items: ReadableStream<Item>,
  offset: OffsetEstimator,
  end: (item: Item) => number,
  push: (item: Item) => void,
): Promise<void> {
  const reader = items.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const arrived = now();
    offset.observe(end(value), arrived);
    if (offset.settled(arrived)) push(value);
    else value.close();
  }
}

let now: () => Micros = workerNow(performance.timeOrigin);
const videoOffset = new OffsetEstimator();
const audioOffset = new OffsetEstimator();
const video = new VideoTrackEncoder({ sink, stamp: (at) => videoOffset.pageTime(at) });
const audio = new AudioTrackEncoder({ sink, stamp: (at) => audioOffset.pageTime(at) });

function handle(message: ToWorker): void {
  switch (message.type) {
    case 'begin':
      now = workerNow(message.timeOrigin);
      return;
    case 'video':
      read(
        message.frames,
        videoOffset,
        ({ timestamp }) => timestamp,
        (frame) => video.push(frame),
      ).catch((cause: unknown) => sink.failed('video', String(cause)));
      return;
    case 'audio':
      read(
        message.blocks,
        audioOffset,
        ({ timestamp, duration }) => timestamp + duration,
        (block) => audio.push(block),
      ).catch((cause: unknown) => sink.failed('audio', String(cause)));
      return;
    case 'live':
      video.live(message.on);
      audio.live(message.on);
      return;
    case 'key':
      video.key();
      return;
    default:
      unreachable(message);
  }
}

addEventListener('message', (event: MessageEvent<ToWorker>) => handle(event.data));
