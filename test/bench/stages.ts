/** The stages of a stream's way through the gateway's main thread, and the methods of the product that they are. */
import * as webcodecs from '@napi-rs/webcodecs';
import { MelRing, PictureRing } from '../../src/features/columns.ts';
import { MelStream } from '../../src/features/mel.ts';
import { PictureScaler } from '../../src/features/pixels.ts';
import { Resampler } from '../../src/features/resample.ts';
import { RtpTrack } from '../../src/rtp/rtp-track.ts';
import { type ThreadInfo, threadsOf } from './processes.ts';
import type { MeasuredMethod } from './stage-meter.ts';

export const STAGES = ['packets', 'rtp', 'decode', 'sound', 'pictures', 'windows'] as const;
export type Stage = (typeof STAGES)[number];

type Methods = readonly (readonly [owner: object, methods: readonly string[]])[];

async function methodsOf(stage: Stage): Promise<Methods> {
  switch (stage) {
    case 'packets':
      return [[await mediasoupChannel(), ['emit']]];
    case 'rtp':
      return [[RtpTrack.prototype, ['push', 'tick', 'senderReport']]];
    case 'decode': {
      const { VideoDecoder, AudioDecoder, VideoFrame, AudioData } = webcodecs;
      return [
        [VideoDecoder.prototype, ['decode']],
        [AudioDecoder.prototype, ['decode']],
        [VideoFrame.prototype, ['copyTo', 'close']],
        [AudioData.prototype, ['copyTo', 'close']],
      ];
    }
    case 'sound':
      return [
        [Resampler.prototype, ['push']],
        [MelStream.prototype, ['push']],
        [MelRing.prototype, ['pushColumns']],
      ];
    case 'pictures':
      return [
        [PictureScaler.prototype, ['fromI420']],
        [PictureRing.prototype, ['pushPicture', 'tileUpTo']],
      ];
    case 'windows':
      return [
        [MelRing.prototype, ['audioWindow']],
        [PictureRing.prototype, ['videoWindow']],
      ];
  }
}

/** What hands on the packets that mediasoup's worker gives. It is not exported: the file beside the package's own entry. */
async function mediasoupChannel(): Promise<object> {
  const module: unknown = await import(new URL('./Channel.js', import.meta.resolve('mediasoup')).href);
  const channel: unknown = typeof module === 'object' && module !== null && Reflect.get(module, 'Channel');
  if (typeof channel !== 'function') throw new Error('mediasoup has no Channel any more');
  return channel.prototype;
}

export async function measuredMethods(): Promise<readonly MeasuredMethod[]> {
  const all = await Promise.all(
    STAGES.map(async (stage) =>
      (await methodsOf(stage)).flatMap(([owner, methods]) =>
        methods.map((method): MeasuredMethod => ({ owner, method, stage })),
      ),
    ),
  );
  return all.flat();
}

/** Threads that ran before anything was decoded: what this module is imported before. */
const EARLY = new Set((await threadsOf(process.pid)).map(({ id }) => id));

/** The library's own threads: it names the helpers; a decoder's has no name of its own and comes with the decoder. */
export function isWebcodecs({ id, name }: ThreadInfo): boolean {
  return name.startsWith('tokio') || (!EARLY.has(id) && !name.startsWith('libuv'));
}

/** Processor time of the native library's threads, those that have ended left out, milliseconds. */
export async function webcodecsTime(pid: number): Promise<number> {
  return (await threadsOf(pid)).filter(isWebcodecs).reduce((total, { cpu }) => total + cpu, 0);
}
