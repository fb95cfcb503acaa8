/**
 * Google's WebRTC without a browser, through a real media worker into the product's decoders: what was shown and sounded is seen
 * and heard, at the time it was.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { micros } from '../../proto/units.ts';
import { systemClock } from '../../server/clock.ts';
import { AudioIngest, DEFAULT_AUDIO_BIAS } from '../../server/ingest/audio-ingest.ts';
import { openDecoders } from '../../server/ingest/open-decoders.ts';
import { VideoIngest } from '../../server/ingest/video-ingest.ts';
import type { MediasoupSfu } from '../../server/sfu/sfu.ts';
import type { PcmChunk, Picture, Shed } from '../../src/media.ts';
import { RecordingSink, startSfu, workerBinary } from '../support/sfu.ts';
import { UdpRelay } from '../support/udp-relay.ts';
import { WrtcSender } from '../support/wrtc-sender.ts';

const binary = await workerBinary();

/** The product's decoders behind a sink. */
function decoders(sink: RecordingSink) {
  const [pictures, chunks, sheds]: [Picture[], PcmChunk[], Shed[]] = [[], [], []];
  const common = {
    live: false,
    clock: systemClock,
    onDecoded: () => {},
    onShed: (shed: Shed) => void sheds.push(shed),
  };
  const video = new VideoIngest({
    ...common,
    onPicture: ({ at, rgb }) => pictures.push({ at, rgb: rgb.slice() }),
    onNeedKey: () => {},
  });
  const audio = new AudioIngest({
    ...common,
    onPcm: ({ at, samples }) => chunks.push({ at, samples: samples.slice() }),
  });
  sink.onUnit = ({ modality, key, data, capturedAt }) => {
    const ingest = modality === 'video' ? video : audio;
    ingest.push({ modality, key, data, at: capturedAt });
  };
  sink.onOpen = (track) => {
    if (track.modality === 'video') video.configure(track);
    else audio.configure(track, DEFAULT_AUDIO_BIAS.webrtc);
  };
  const close = (): void => {
    video.close();
    audio.close();
  };
  return { pictures, chunks, sheds, close };
}

/** Strength of a tone in 16 kHz sound, against all of it: 1 for the tone alone. */
function purity(sound: Float32Array, hz: number): number {
  let [re, im, all] = [0, 0, 0];
  for (const [n, value] of sound.entries()) {
    re += value * Math.cos((2 * Math.PI * hz * n) / 16_000);
    im += value * Math.sin((2 * Math.PI * hz * n) / 16_000);
    all += value * value;
  }
  return (2 * (re * re + im * im)) / (sound.length * all);
}

describe.skipIf(binary === null)('what libwebrtc sends', () => {
  let sfu: MediasoupSfu;
  let closing: (() => unknown)[] = [];
  beforeEach(async () => {
    sfu = await startSfu(binary ?? '');
  });
  afterEach(async () => {
    for (const close of closing.toReversed()) await close();
    closing = [];
    await sfu.close();
    expect(openDecoders()).toBe(0);
  });

  const connect = async (rewrite: (answer: string) => string) => {
    const [sender, sink] = [new WrtcSender(), new RecordingSink()];
    const decoded = decoders(sink);
    closing.push(decoded.close, () => sender.close());
    const connection = await sfu.accept(await sender.offer(), sink);
    closing.push(() => connection.close());
    await sender.answer(rewrite(connection.answer));
    sender.play();
    return { sink, connection, ...decoded };
  };

  it('is seen and heard as it was, at its time', async () => {
    const { sink, connection, pictures, chunks, sheds } = await connect((answer) => answer);
    await sink.until(() => pictures.length >= 60 && chunks.length >= 150, 30_000);
    const { kind, tracks } = await connection.stats();
    expect(kind).toBe('webrtc-udp');
    expect(tracks.map(({ codec, lost }) => [codec, lost])).toEqual([
      ['opus', 0],
      ['vp8', 0],
    ]);
    expect(sheds).toEqual([]);
    expect(sink.goneFor).toEqual([]);

    // The disc is there: bright pixels on grey.
    const rgb = pictures.at(-1)?.rgb ?? new Uint8Array();
    const bright = rgb.filter((value) => value > 180).length / rgb.length;
    expect(bright).toBeGreaterThan(0.02); // pi x 30 x 30 of 320 x 240 is 0.037
    expect(bright).toBeLessThan(0.06);
    const steps = pictures.slice(1).map(({ at }, n) => at - (pictures[n]?.at ?? at));
    expect(steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)]).toBeCloseTo(66_667, -4);

    const sound = Float32Array.from(chunks.slice(50, 100).flatMap(({ samples }) => [...samples]));
    expect(purity(sound, 440)).toBeGreaterThan(0.95);

    // Captured shortly before it arrived, by the one clock that sender and receiver share here.
    for (const modality of ['audio', 'video'] as const) {
      const delays = sink.of(modality).map(({ arrivedMs, capturedAt }) => arrivedMs - capturedAt / 1e3);
      const median = delays.slice(-40).toSorted((a, b) => a - b)[20] ?? Number.NaN;
      expect(median).toBeGreaterThan(-10);
      expect(median).toBeLessThan(100);
    }
  });

  it('comes over TCP where UDP is not to be had', async () => {
    const { sink, connection } = await connect((answer) =>
      answer.replace(/^a=candidate:\S+ 1 udp .*\r\n/gm, ''),
    );
    await sink.until(() => sink.of('video').length >= 20 && sink.of('audio').length >= 50, 30_000);
    expect((await connection.stats()).kind).toBe('webrtc-tcp');
  });

  it('loses no sound at 5 % loss, and most pictures come whole', async () => {
    const relay = await UdpRelay.open(7);
    closing.push(() => relay.close());
    relay.shape = { ...relay.shape, loss: 0.05, delayMs: 10, jitterMs: 5 };
    const { sink, connection, pictures } = await connect(relay.through);
    await sink.until(() => sink.of('audio').length >= 400, 40_000);
    const { tracks, roundTrip } = await connection.stats();
    expect(roundTrip).toBeGreaterThanOrEqual(20); // 10 ms each way, and up to 5 more
    expect(roundTrip).toBeLessThan(200);
    const audio = tracks.find(({ modality }) => modality === 'audio');
    expect((audio?.lost ?? 1) / (audio?.packets ?? 1)).toBeLessThan(0.005);
    const seconds = ((pictures.at(-1)?.at ?? micros(0)) - (pictures[0]?.at ?? micros(0))) / 1e6;
    expect(pictures.length / seconds).toBeGreaterThan(10); // of 15; reference media.md has 13
  });
});
