/**
 * Capture to decoded picture over WebRTC on loopback, from Chromium: through the product's own classes, and beside it, from the same
 * packets, through a PlainTransport and ffmpeg.
 */
import type { types } from 'mediasoup';
import { createWorker } from 'mediasoup';
import { quantile } from '../../server/cli/scoring.ts';
import { systemClock } from '../../server/clock.ts';
import { AudioIngest, DEFAULT_AUDIO_BIAS } from '../../server/ingest/audio-ingest.ts';
import { FrameReader } from '../../server/ingest/picture-decoders.ts';
import { VideoIngest } from '../../server/ingest/video-ingest.ts';
import { silentLog } from '../../server/log.ts';
import { DEFAULT_LIMITS } from '../../server/sfu/limits.ts';
import { readOffer } from '../../server/sfu/offer.ts';
import { WorkerSupervisor } from '../../server/sfu/worker-supervisor.ts';
import { PICTURE_SIZE } from '../../src/features/spec.ts';
import type { EncodedUnit, Picture } from '../../src/media.ts';
import { RecordingSink, workerBinary } from '../support/sfu.ts';
import { HEIGHT, readNumber, WIDTH, withCodedCamera } from './coded-camera.ts';
import { FfmpegReceiver, ffmpegVersion } from './ffmpeg-receiver.ts';
import type { BenchOptions } from './lag-cli.ts';
import { type Figure, type Measured, skipped } from './report.ts';
import { RtcPage, type Seen } from './rtc-page.ts';
import { sleep } from './session-end.ts';
import { StageMeter } from './stage-meter.ts';
import { measuredMethods, webcodecsTime } from './stages.ts';

const FPS = 15;
const BITRATE = 600_000;
const WARM_UP_SECONDS = 5;
const SECONDS = { whole: 40, quick: 8 };
const TARGETS = { p50: 5, p95: 25 };
const MATCH_WITHIN_MS = 5000; // the camera's loop is 20 s long

/** The product's media worker, opened so that a bench may tap it as well. */
async function openWorker(workerBin: string) {
  const routers: types.Router[] = [];
  const producers: types.Producer[] = [];
  const supervisor = new WorkerSupervisor({
    createWorker: async () => {
      const worker = await createWorker({ workerBin, logLevel: 'none' });
      worker.observer.on('newrouter', (router) => {
        routers.push(router);
        router.observer.on('newtransport', (transport) => {
          transport.observer.on('newproducer', (producer) => producers.push(producer));
        });
      });
      return worker;
    },
    listenAddress: '127.0.0.1',
    announcedAddresses: [],
    port: 0,
    limits: DEFAULT_LIMITS,
    clock: systemClock,
    log: silentLog,
  });
  await supervisor.start();
  const pictures = (): { readonly router: types.Router; readonly producer: types.Producer } => {
    const [router, producer] = [routers[0], producers.find(({ kind }) => kind === 'video')];
    if (!router || !producer) throw new Error('no picture comes in');
    return { router, producer };
  };
  return { supervisor, pictures };
}

const now = (): number => performance.timeOrigin + performance.now();

/** Tells when a decoder has given a picture, which is where its pixels begin to be read. @returns how to stop. */
function onFrame(tell: () => void): () => void {
  const { read } = FrameReader.prototype;
  FrameReader.prototype.read = function (this: FrameReader, frame) {
    tell();
    return read.call(this, frame);
  };
  return () => {
    FrameReader.prototype.read = read;
  };
}

/** The product's decoders behind a connection, and when each picture came out of them. */
class Decoded {
  /** When the decoder gave it. */
  readonly frames: Seen[] = [];
  /** When it was a picture of 96 x 96, handed on. */
  readonly pictures: Seen[] = [];
  readonly sink = new RecordingSink();
  readonly #video: VideoIngest;
  readonly #audio: AudioIngest;
  readonly #stop: () => void;

  constructor() {
    const shared = { live: true, clock: systemClock, onDecoded: () => undefined, onShed: () => undefined };
    let frameMs = 0; // of the picture that is being read: one is at a time
    this.#stop = onFrame(() => {
      frameMs = now();
    });
    const onPicture = ({ rgb }: Picture): void => {
      const number = readNumber((x, y) => rgb[3 * pixelAt(x, y, PICTURE_SIZE, PICTURE_SIZE) + 1] ?? 0);
      this.frames.push({ atMs: frameMs, number });
      this.pictures.push({ atMs: now(), number });
    };
    this.#video = new VideoIngest({ ...shared, onNeedKey: () => undefined, onPicture });
    this.#audio = new AudioIngest({ ...shared, onPcm: () => undefined });
    this.sink.onOpen = (track) => {
      if (track.modality === 'video') this.#video.configure(track);
      else this.#audio.configure(track, DEFAULT_AUDIO_BIAS.webrtc);
    };
    this.sink.onUnit = ({ modality, key, data, capturedAt }) => {
      const unit: EncodedUnit = { modality, key, data, at: capturedAt };
      (modality === 'video' ? this.#video : this.#audio).push(unit);
    };
  }

  close(): void {
    this.#stop();
    this.#video.close();
    this.#audio.close();
  }
}

/** Which pixel is at a place, both 0..1. */
const pixelAt = (x: number, y: number, width: number, height: number): number =>
  Math.floor(y * height) * width + Math.floor(x * width);

/** Milliseconds from a picture's being there to its coming out, for each that came out. */
function latencies(sent: readonly Seen[], received: readonly Seen[]): readonly number[] {
  return received.flatMap(({ number, atMs }) => {
    const source = sent.findLast((one) => one.number === number && one.atMs <= atMs + 1);
    return source && atMs - source.atMs < MATCH_WITHIN_MS ? [atMs - source.atMs] : [];
  });
}

/** Milliseconds of each picture that came, and how many there were. */
type Phase = {
  readonly frames: readonly number[];
  readonly pictures: readonly number[];
  readonly theirs: readonly number[];
  readonly sent: number;
};

/** Streams for some seconds and gives how long each picture took. */
async function phase(page: RtcPage, ours: Decoded, theirs: readonly Seen[], seconds: number): Promise<Phase> {
  await page.pictures();
  const [fromOurs, fromTheirs] = [ours.pictures.length, theirs.length];
  const before = await page.clockError();
  await sleep(1e3 * seconds);
  const error = (before + (await page.clockError())) / 2;
  const seen = await page.pictures();
  const sent = seen.map(({ number, atMs }) => ({ number, atMs: atMs + error }));
  return {
    frames: latencies(sent, ours.frames.slice(fromOurs)),
    pictures: latencies(sent, ours.pictures.slice(fromOurs)),
    theirs: latencies(sent, theirs.slice(fromTheirs)),
    sent: sent.length,
  };
}

/** Processor time for a second, milliseconds, of both ways behind the media worker. */
type Cost = { readonly ours: number; readonly ffmpeg: number | null };
type Compared = { readonly latency: Phase; readonly cost: Cost };

/** Both ways at once, from one producer. */
async function besideFfmpeg(
  page: RtcPage,
  media: { readonly router: types.Router; readonly producer: types.Producer },
  ours: Decoded,
  seconds: number,
): Promise<Compared> {
  const theirs: Seen[] = [];
  const ffmpeg = await FfmpegReceiver.open({
    ...media,
    ...{ width: WIDTH, height: HEIGHT },
    onPicture: (planes) => {
      const number = readNumber((x, y) => planes[pixelAt(x, y, WIDTH, HEIGHT)] ?? 0);
      theirs.push({ atMs: now(), number });
    },
  });
  const meter = new StageMeter(await measuredMethods());
  try {
    await sleep(1e3 * WARM_UP_SECONDS);
    const own = async (): Promise<number> =>
      (await webcodecsTime(process.pid)) + (meter.spent.rtp ?? 0) + (meter.spent.decode ?? 0);
    const [began, ownBefore, before] = [performance.now(), await own(), await ffmpeg.cpu()];
    const latency = await phase(page, ours, theirs, seconds);
    const [ownAfter, after] = [await own(), await ffmpeg.cpu()];
    const elapsed = (performance.now() - began) / 1e3;
    const cost = {
      ours: (ownAfter - ownBefore) / elapsed,
      ffmpeg: before === null || after === null ? null : (after - before) / elapsed,
    };
    return { latency, cost };
  } finally {
    meter.close();
    await ffmpeg.close();
  }
}

function figuresOf({ frames, pictures, sent }: Phase, beside: Compared | null): readonly Figure[] {
  const ms = (name: string, values: readonly number[], q: number, atMost?: number): Figure => ({
    ...{ name, value: quantile(values, q), unit: 'ms' },
    ...(atMost === undefined ? {} : { atMost }),
  });
  const alone: readonly Figure[] = [
    ms('capture to decoded frame p50', frames, 0.5, TARGETS.p50),
    ms('capture to decoded frame p95', frames, 0.95, TARGETS.p95),
    ms('capture to decoded frame max', frames, 1),
    ms('capture to 96x96 picture p50', pictures, 0.5),
    ms('capture to 96x96 picture p95', pictures, 0.95),
    { name: 'pictures', value: pictures.length, unit: '' },
    { name: 'pictures that never came', value: Math.max(0, sent - pictures.length), unit: '' },
  ];
  if (!beside) return alone;
  const { latency, cost } = beside;
  return [
    ...alone,
    ms('beside ffmpeg: our decoded frame p50', latency.frames, 0.5),
    ms('beside ffmpeg: our decoded frame p95', latency.frames, 0.95),
    ms("beside ffmpeg: ffmpeg's picture p50", latency.theirs, 0.5),
    ms("beside ffmpeg: ffmpeg's picture p95", latency.theirs, 0.95),
    { name: 'beside ffmpeg: pictures of ffmpeg', value: latency.theirs.length, unit: '' },
    { name: 'CPU of a stream, ours (RTP, VP8, Opus)', value: cost.ours, unit: 'ms/s' },
    { name: 'CPU of a stream, ffmpeg (RTP, VP8)', value: cost.ffmpeg, unit: 'ms/s' },
  ];
}

/** @returns how long a picture takes, and the same by ffmpeg where it is installed. */
export async function rtcLatency({ quick }: BenchOptions): Promise<Measured> {
  const binary = await workerBinary();
  if (binary === null) return skipped('no media worker on this machine');
  const seconds = quick ? SECONDS.quick : SECONDS.whole;
  const ffmpeg = await ffmpegVersion();
  const { supervisor, pictures } = await openWorker(binary);
  const decoded = new Decoded();
  try {
    const run = await withCodedCamera(FPS, async (camera) => {
      const page = await RtcPage.open({ camera, fps: FPS, layers: false, bitrate: BITRATE });
      try {
        const connection = await supervisor.open(readOffer(await page.offer()), decoded.sink);
        await page.answer(connection.answer);
        await sleep(1e3 * WARM_UP_SECONDS);
        const alone = await phase(page, decoded, [], seconds);
        const beside = ffmpeg ? await besideFfmpeg(page, pictures(), decoded, seconds) : null;
        return { alone, beside };
      } finally {
        await page.close();
      }
    });
    return {
      what:
        `Chromium with a fake camera, ${WIDTH}x${HEIGHT}@${FPS} VP8 and Opus on loopback: the page's MediaStreamTrackProcessor gives a ` +
        "picture, to VideoIngest having it from its decoder, and to VideoIngest's callback with it shrunk. Each picture is known " +
        'by a number in it. Times by `performance` of both processes, compared over the changes of Date.now(). ' +
        (ffmpeg ? `Beside it, of the same producer: ${ffmpeg}` : 'No ffmpeg here to compare with'),
      figures: figuresOf(run.alone, run.beside),
      detail: run,
    };
  } finally {
    decoded.close();
    await supervisor.close();
  }
}
