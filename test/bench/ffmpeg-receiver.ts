/**
 * The other way to pictures: a PlainTransport of mediasoup, ffmpeg in a process of its own, and raw pictures through a pipe. Bench
 * code alone.
 */
import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';
import type { types } from 'mediasoup';
import { tapCapabilities } from '../../server/sfu/media-tap.ts';
import { cpuOf } from './processes.ts';

export type FfmpegOptions = {
  readonly router: types.Router;
  readonly producer: types.Producer;
  readonly width: number;
  readonly height: number;
  /** One picture's I420 planes, valid until this returns. */
  readonly onPicture: (picture: Buffer) => void;
};

const ASK_EVERY_MS = 700; // one request alone may come before ffmpeg listens: then it never sees a key frame
const QUICK = ['-fflags', 'nobuffer', '-flags', 'low_delay', '-threads', '1', '-analyzeduration', '0'];
const RAW = ['-an', '-vsync', 'passthrough', '-f', 'rawvideo', '-pix_fmt', 'yuv420p', 'pipe:1'];

/** The first line that ffmpeg says of itself; null where there is none. */
export async function ffmpegVersion(): Promise<string | null> {
  const said = await promisify(execFile)('ffmpeg', ['-version']).catch(() => null);
  return said?.stdout.split('\n')[0] ?? null;
}

export class FfmpegReceiver {
  readonly #transport: types.PlainTransport;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #asks: NodeJS.Timeout;
  #first = false;

  private constructor(
    { width, height, onPicture }: FfmpegOptions,
    transport: types.PlainTransport,
    consumer: types.Consumer,
    child: ChildProcessByStdio<Writable, Readable, null>,
  ) {
    this.#transport = transport;
    this.#child = child;
    const ask = (): void => {
      if (!this.#first) consumer.requestKeyFrame().catch(() => undefined); // it is being closed
    };
    this.#asks = setInterval(ask, ASK_EVERY_MS);
    inPictures(child.stdout, (width * height * 3) / 2, (picture) => {
      this.#first = true;
      onPicture(picture);
    });
  }

  /** The caller closes it. Rejects where ffmpeg is not there, or the worker refuses. */
  static async open(options: FfmpegOptions): Promise<FfmpegReceiver> {
    const { router, producer } = options;
    const port = await freePort();
    const transport = await router.createPlainTransport({
      listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
      rtcpMux: false,
      comedia: false,
    });
    await transport.connect({ ip: '127.0.0.1', port, rtcpPort: port + 1 });
    const rtpCapabilities = tapCapabilities(router);
    const consumer = await transport.consume({ producerId: producer.id, rtpCapabilities });
    const input = ['-protocol_whitelist', 'pipe,udp,rtp', '-f', 'sdp', '-i', 'pipe:0'];
    const child = spawn('ffmpeg', ['-v', 'quiet', ...QUICK, ...input, ...RAW], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    child.on('error', () => undefined); // no picture comes then
    child.stdin.on('error', () => undefined);
    child.stdin.end(sdpOf(consumer.rtpParameters.codecs[0]?.payloadType ?? 0, port));
    return new FfmpegReceiver(options, transport, consumer, child);
  }

  /** Processor time of ffmpeg so far, milliseconds; null where it cannot be told. */
  cpu(): Promise<number | null> {
    return cpuOf(this.#child.pid ?? 0);
  }

  async close(): Promise<void> {
    clearInterval(this.#asks);
    this.#transport.close();
    const { exitCode, signalCode, pid } = this.#child;
    if (exitCode !== null || signalCode !== null || pid === undefined) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await ended;
  }
}

/** Cuts a stream of bytes into pictures; one buffer serves all of them. */
function inPictures(stream: Readable, bytes: number, onPicture: (picture: Buffer) => void): void {
  const picture = Buffer.alloc(bytes);
  let filled = 0;
  stream.on('data', (chunk: Buffer) => {
    for (let at = 0; at < chunk.length; ) {
      const taken = chunk.copy(picture, filled, at);
      filled += taken;
      at += taken;
      if (filled < bytes) continue;
      filled = 0;
      onPicture(picture);
    }
  });
}

const sdpOf = (payloadType: number, port: number): string =>
  [
    'v=0',
    'o=- 0 0 IN IP4 127.0.0.1',
    's=-',
    'c=IN IP4 127.0.0.1',
    't=0 0',
    `m=video ${port} RTP/AVP ${payloadType}`,
    `a=rtpmap:${payloadType} VP8/90000`,
    '',
  ].join('\r\n');

/** A free port of UDP whose next one is most likely free as well. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', reject);
    socket.bind(0, '127.0.0.1', () => {
      const { port } = socket.address();
      socket.close(() => (port % 2 === 0 && port < 65_534 ? resolve(port) : resolve(freePort())));
    });
  });
}
