/**
 * Media from senders that are not browsers, through a real media worker: units come out whole, in order, under their capture
 * times, and the product's decoders read them.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { nalUnits } from '../../server/ingest/h264-headers.ts';
import type { MediasoupSfu } from '../../server/sfu/sfu.ts';
import type { EncodedUnit } from '../../src/media.ts';
import { encodedPictures, encodedTone } from '../support/encoded-media.ts';
import { annexB } from '../support/rtp-packetize.ts';
import { type ArrivedUnit, RecordingSink, startSfu, workerBinary } from '../support/sfu.ts';
import { every, WeriftSender } from '../support/werift-sender.ts';

const binary = await workerBinary();

/** Distances between consecutive capture times, milliseconds. */
const steps = (units: readonly ArrivedUnit[]): number[] =>
  units.slice(1).map(({ capturedAt }, n) => (capturedAt - (units[n]?.capturedAt ?? 0)) / 1e3);

const sameBytes = (a: Uint8Array, b: Uint8Array | undefined): boolean =>
  b !== undefined && Buffer.compare(a, b) === 0;

describe.skipIf(binary === null)('MediasoupSfu', () => {
  let sfu: MediasoupSfu;
  let senders: WeriftSender[] = [];
  let stops: (() => void)[] = [];
  beforeEach(async () => {
    sfu = await startSfu(binary ?? '');
  });
  afterEach(async () => {
    for (const stop of stops) stop();
    for (const sender of senders) await sender.close();
    [senders, stops] = [[], []];
    await sfu.close();
  });

  const connect = async (sender: WeriftSender, sink: RecordingSink) => {
    senders.push(sender);
    const connection = await sfu.accept(await sender.offer(), sink);
    await sender.answer(connection.answer);
    return connection;
  };
  /** Sends the units over and over in real time; what was sent when, in order. */
  const play = (sender: WeriftSender, units: readonly EncodedUnit[], everyMs: number) => {
    const sent: { readonly wallMs: number; readonly data: Uint8Array }[] = [];
    stops.push(
      every(everyMs, (n, wallMs) => {
        const unit = units[n % units.length];
        if (!unit) return;
        sent.push({ wallMs, data: unit.data });
        sender.send(unit, wallMs);
      }),
    );
    return sent;
  };

  it.each([
    { absCapture: true, clock: 'abs-capture-time' },
    { absCapture: false, clock: 'sender reports' },
  ])('gives every unit whole at its capture time, by $clock', async ({ absCapture }) => {
    const [sink, sender] = [new RecordingSink(), new WeriftSender({ absCapture })];
    const connection = await connect(sender, sink);
    const pictures = play(sender, await encodedPictures({ count: 30 }), 66.667);
    const sounds = play(sender, await encodedTone(100), 20);
    await sink.until(() => sink.of('video').length >= 45 && sink.of('audio').length >= 150);

    expect(sink.opened).toContainEqual({
      modality: 'audio',
      codec: 'opus',
      sampleRateHz: 48_000,
      channels: 1,
    });
    expect(sink.opened).toContainEqual({ modality: 'video', codec: 'vp8', width: 320, height: 240 });
    expect(sink.opened.length).toBe(2);
    for (const [modality, sent] of [
      ['video', pictures],
      ['audio', sounds],
    ] as const) {
      const came = sink.of(modality);
      const first = sent.findIndex(({ data }) => sameBytes(data, came[0]?.data));
      expect(first).toBeGreaterThanOrEqual(0);
      expect(came.every(({ data }, n) => sameBytes(data, sent[first + n]?.data))).toBe(true);
      const errors = came.map(({ capturedAt }, n) =>
        Math.abs(capturedAt / 1e3 - (sent[first + n]?.wallMs ?? 0)),
      );
      expect(errors.toSorted((a, b) => a - b)[Math.floor(errors.length / 2)]).toBeLessThan(1);
    }
    expect([...sink.sheds.keys()].filter((reason) => reason !== 'no-key-frame')).toEqual([]);

    const { kind, tracks } = await connection.stats();
    expect(kind).toBe('webrtc-udp');
    for (const { modality, units, packets, lost } of tracks) {
      expect([modality, lost]).toEqual([modality, 0]);
      expect(units).toBeGreaterThanOrEqual(sink.of(modality).length);
      expect(packets).toBeGreaterThanOrEqual(units);
    }
  });

  it('takes H264 in single NAL units, STAP-A and FU-A', async () => {
    const [sink, sender] = [
      new RecordingSink(),
      new WeriftSender({ video: 'h264', audio: false, absCapture: true }),
    ];
    await connect(sender, sink);
    // The encoder writes some start codes in three bytes, the receiver all in four.
    const encoded = await encodedPictures({ count: 30, codec: 'h264', width: 640, height: 480 });
    const units = encoded.map((unit) => ({ ...unit, data: annexB(nalUnits(unit.data)) }));
    const sent = play(sender, units, 66.667);
    await sink.until(() => sink.of('video').length >= 30);
    expect(sink.opened).toEqual([{ modality: 'video', codec: 'h264', width: 640, height: 480 }]);
    const [first] = sink.units;
    expect(first?.key).toBe(true);
    const at = sent.findIndex(({ data }) => sameBytes(data, first?.data));
    expect(sink.units.every(({ data }, n) => sameBytes(data, sent[at + n]?.data))).toBe(true);
  });

  it('gives a sender with temporal layers at the rate that is asked for, and others at their own', async () => {
    const units = await encodedPictures({ count: 60, keyEvery: 60 });
    const layered = new WeriftSender({ audio: false, absCapture: true });
    const plain = new WeriftSender({ audio: false, absCapture: true });
    const numbered = new WeriftSender({ audio: false, absCapture: true }); // a single layer, but numbered
    const [layeredSink, plainSink, numberedSink] = [
      new RecordingSink(),
      new RecordingSink(),
      new RecordingSink(),
    ];
    const connections = [
      await connect(layered, layeredSink),
      await connect(plain, plainSink),
      await connect(numbered, numberedSink),
    ] as const;
    const layers = [0, 2, 1, 2]; // L1T3
    let baseIndex = 0;
    const send = (n: number, wallMs: number): void => {
      const unit = units[n % units.length];
      const temporalId = layers[n % 4] ?? 0;
      if (temporalId === 0) baseIndex += 1;
      if (!unit) return;
      layered.send(unit, wallMs, { pictureId: n, baseIndex, temporalId, sync: temporalId > 0, keyIndex: 0 });
      plain.send(unit, wallMs);
      numbered.send(unit, wallMs, { pictureId: n, baseIndex: n, temporalId: 0 });
    };
    stops.push(every(33.333, send));
    const rateOf = async (sink: RecordingSink): Promise<number> => {
      const from = sink.units.length;
      await sink.until(() => sink.units.length >= from + 12);
      const since = sink.units.slice(from, from + 12);
      return 11e6 / ((since.at(-1)?.capturedAt ?? 0) - (since[0]?.capturedAt ?? 0));
    };
    await layeredSink.until(() => layeredSink.units.length > 5);
    expect(Math.round(await rateOf(layeredSink))).toBe(30);
    for (const connection of connections) connection.preferTemporalLayer(0);
    await layeredSink.until(() => steps(layeredSink.units.slice(-4)).every((step) => step > 120));
    expect(await rateOf(layeredSink)).toBeCloseTo(7.5, 0);
    expect(Math.round(await rateOf(plainSink))).toBe(30);
    expect(Math.round(await rateOf(numberedSink))).toBe(30);
    for (const connection of connections) connection.preferTemporalLayer(2);
    await layeredSink.until(() => steps(layeredSink.units.slice(-5)).every((step) => step < 50));
    expect(Math.round(await rateOf(layeredSink))).toBe(30);
  });

  it('asks for a key frame at most twice a second', async () => {
    const [sink, sender] = [new RecordingSink(), new WeriftSender({ audio: false, absCapture: true })];
    const connection = await connect(sender, sink);
    const [key, ...deltas] = await encodedPictures({ count: 60, keyEvery: 60 });
    if (key)
      stops.push(
        every(50, (n, wallMs) => sender.send(n === 0 ? key : (deltas[n % deltas.length] ?? key), wallMs)),
      );
    await sink.until(() => sink.units.length > 3);
    const before = sender.keyFramesAsked;
    const asking = setInterval(() => connection.requestKeyFrame(), 20);
    stops.push(() => clearInterval(asking));
    const from = sink.units.length;
    await sink.until(() => sink.units.length >= from + 40); // two seconds
    clearInterval(asking);
    const asked = sender.keyFramesAsked - before;
    expect(asked).toBeGreaterThanOrEqual(1);
    expect(asked).toBeLessThanOrEqual(5);
  });
});
