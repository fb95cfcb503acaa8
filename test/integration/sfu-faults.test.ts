/**
 * What goes wrong around a media worker: it dies, is flooded, is spoken to in gibberish, or is not there. Whoever is not
 * concerned does not notice.
 */
import { createSocket } from 'node:dgram';
import { connect as connectTcp } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { millis } from '../../proto/units.ts';
import { systemClock } from '../../server/clock.ts';
import { SfuError } from '../../server/errors.ts';
import { silentLog } from '../../server/log.ts';
import { MediasoupSfu, type SfuOptions } from '../../server/sfu/sfu.ts';
import { random } from '../../src/random.ts';
import { encodedPictures, encodedTone } from '../support/encoded-media.ts';
import { RecordingSink, startSfu, workerBinary } from '../support/sfu.ts';
import { udpPortOf } from '../support/udp-relay.ts';
import { every, WeriftSender } from '../support/werift-sender.ts';
import { WrtcSender } from '../support/wrtc-sender.ts';
import { CHROMIUM } from '../unit/server/sfu/offers.ts';

const binary = await workerBinary();

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'taken',
    (error: unknown) => (error instanceof SfuError ? error.code : String(error)),
  );

const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks again and again until it holds. */
async function eventually(holds: () => Promise<boolean>, limitMs = 5_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not so after ${limitMs} ms`);
    await rest(20);
  }
}

const START = {
  workers: 1,
  listenAddress: '127.0.0.1',
  basePort: 0,
  announcedAddresses: [],
  clock: systemClock,
  log: silentLog,
} as const;

describe('MediasoupSfu.start', () => {
  it.each([
    ['is not set up', null],
    ['is not where it should be', '/nowhere/mediasoup-worker'],
    ['is no program', new URL(import.meta.url).pathname],
    ['ends at once', '/bin/false'],
  ])('says so where the worker %s', async (_, workerBinary) => {
    const unavailable = { reason: 'the build was refused', remedy: 'npm start' };
    const sfu = await MediasoupSfu.start({ ...START, workerBinary, unavailable });
    expect(sfu.state).toMatchObject({ available: false, remedy: 'npm start' });
    expect(await codeOf(sfu.accept(CHROMIUM, new RecordingSink()))).toBe('ERR_SFU_UNAVAILABLE');
    await sfu.close();
  });
});

describe.skipIf(binary === null)('MediasoupSfu', () => {
  let closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.toReversed()) await close();
    closing = [];
  });

  const start = async (options: Partial<SfuOptions> = {}): Promise<MediasoupSfu> => {
    const sfu = await startSfu(binary ?? '', options);
    closing.push(() => sfu.close());
    return sfu;
  };
  /** A sender of picture and sound in real time. */
  const stream = async (sfu: MediasoupSfu, sink: RecordingSink) => {
    const sender = new WeriftSender({ absCapture: true });
    closing.push(() => sender.close());
    const connection = await sfu.accept(await sender.offer(), sink);
    await sender.answer(connection.answer);
    const [pictures, sounds] = [await encodedPictures({ count: 30 }), await encodedTone(50)];
    const send = (units: typeof pictures, everyMs: number) =>
      every(everyMs, (n, wallMs) => {
        const unit = units[n % units.length];
        if (unit) sender.send(unit, wallMs);
      });
    closing.push(send(pictures, 66.667), send(sounds, 20));
    await sink.until(() => sink.of('video').length > 3 && sink.of('audio').length > 10);
    return { sender, connection };
  };
  const empty = async (sfu: MediasoupSfu): Promise<boolean> =>
    (await sfu.usage()).every(
      ({ connections, transports, producers, consumers }) =>
        connections + transports + producers + consumers === 0,
    );

  it("replaces a killed worker within 3 s; the other worker's connection has no gap", async () => {
    const sfu = await start({ workers: 2 });
    const [mine, other] = [new RecordingSink(), new RecordingSink()];
    await stream(sfu, mine);
    const victim = (await sfu.usage()).find(({ connections }) => connections === 1);
    await stream(sfu, other);
    const port = udpPortOf((await sfu.accept(CHROMIUM, new RecordingSink())).answer);
    const killedAt = performance.now();
    process.kill(victim?.pid ?? 0, 'SIGKILL');
    await mine.until(() => mine.goneFor.length > 0, 3_000);
    expect(mine.goneFor).toEqual([{ reason: 'the media worker ended', again: true }]);
    const again = new RecordingSink();
    await stream(sfu, again);
    expect(performance.now() - killedAt).toBeLessThan(3_000);
    expect(sfu.state).toEqual({ available: true });

    const from = other.units.length;
    await other.until(() => other.units.length > from + 60);
    expect(other.goneFor).toEqual([]);
    for (const [modality, stepMs] of [
      ['video', 66.667],
      ['audio', 20],
    ] as const) {
      const stamps = other.of(modality).map(({ capturedAt }) => capturedAt / 1e3);
      const holes = stamps.slice(1).filter((at, n) => at - (stamps[n] ?? 0) > 1.5 * stepMs);
      expect(holes).toEqual([]);
    }
    expect([...other.sheds.keys()].filter((reason) => reason.startsWith('rtp-'))).toEqual([]);

    await eventually(async () => (await sfu.usage()).length === 2);
    expect((await sfu.usage()).map(({ pid }) => pid)).not.toContain(victim?.pid);
    const ports = await Promise.all(
      [1, 2, 3, 4, 5, 6].map(async () => udpPortOf((await sfu.accept(CHROMIUM, new RecordingSink())).answer)),
    );
    expect(ports).toContain(port);
    expect(new Set(ports).size).toBe(2);
  });

  it('answers an offer that comes while its only worker is dead', async () => {
    const sfu = await start();
    const [usage] = await sfu.usage();
    const port = udpPortOf((await sfu.accept(CHROMIUM, new RecordingSink())).answer);
    process.kill(usage?.pid ?? 0, 'SIGKILL');
    const offers = Array.from({ length: 5 }, () => sfu.accept(CHROMIUM, new RecordingSink()));
    const answers = await Promise.allSettled(offers);
    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill('fulfilled'));
    await eventually(
      async () => udpPortOf((await sfu.accept(CHROMIUM, new RecordingSink())).answer) === port,
    );
  });

  it('comes back as often as it is killed', async () => {
    const sfu = await start();
    for (let kill = 0; kill < 4; kill++) {
      await eventually(async () => (await sfu.usage()).length === 1);
      const [usage] = await sfu.usage();
      const sink = new RecordingSink();
      await sfu.accept(CHROMIUM, sink);
      process.kill(usage?.pid ?? 0, 'SIGKILL');
      await sink.until(() => sink.goneFor.length > 0);
      expect(sink.goneFor).toEqual([{ reason: 'the media worker ended', again: true }]);
    }
    expect(sfu.state).toEqual({ available: true });
  });

  it('forgets 200 half-open connections after their time, and refuses more than its limit', async () => {
    const sfu = await start({ workers: 2, limits: { handshake: millis(2_500), connections: 100 } });
    const sinks = Array.from({ length: 200 }, () => new RecordingSink());
    await Promise.all(sinks.map((sink) => sfu.accept(CHROMIUM, sink)));
    const usage = await sfu.usage();
    expect(
      usage.map(({ connections, transports, producers }) => [connections, transports, producers]),
    ).toEqual([
      [100, 200, 200],
      [100, 200, 200],
    ]);
    expect(await codeOf(sfu.accept(CHROMIUM, new RecordingSink()))).toBe('ERR_SFU_LIMIT');
    await eventually(() => empty(sfu));
    expect(sinks.flatMap(({ goneFor }) => goneFor)).toEqual(
      Array(200).fill({ reason: 'no connection came about in time', again: false }),
    );
    expect(await codeOf(sfu.accept(CHROMIUM, new RecordingSink()))).toBe('taken');
  });

  it('is deaf to gibberish on its ports and to streams that nobody announced', async () => {
    const sfu = await start();
    const sink = new RecordingSink();
    const { sender, connection } = await stream(sfu, sink);
    const [before] = await sfu.usage();
    const port = udpPortOf(connection.answer);
    const tcpPort = Number(/^a=candidate:\S+ 1 tcp \d+ \S+ (\d+) /m.exec(connection.answer)?.[1]);
    const draw = random(11);
    const heads = [
      [0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42],
      [0x80, 0x60],
      [22, 254, 253],
      [0x80, 200],
    ]; // STUN, RTP, DTLS, RTCP
    const garbage = (): Buffer =>
      Buffer.from([
        ...(heads[draw.integer(5)] ?? []),
        ...Array.from({ length: draw.integer(200) }, () => draw.integer(256)),
      ]);
    const udp = createSocket('udp4');
    for (let n = 0; n < 2_000; n++) {
      udp.send(garbage(), port, '127.0.0.1');
      if (n % 50 === 0) await rest(1);
    }
    for (let n = 0; n < 40; n++) {
      const socket = connectTcp(tcpPort, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(garbage());
      if (n % 2 === 0) socket.end();
      else closing.push(() => socket.destroy());
    }
    udp.close();
    // The same transport, but streams, payload types and RTCP that the offer does not know.
    const [transport] = sender.connection.dtlsTransports;
    const { RtpHeader } = await import('werift');
    for (let n = 0; n < 200; n++) {
      const header = new RtpHeader({
        payloadType: draw.integer(128),
        sequenceNumber: n,
        timestamp: n * 90,
        ssrc: draw.integer(2 ** 31),
      });
      await transport?.sendRtp(garbage(), header);
    }
    const from = sink.units.length;
    await sink.until(() => sink.units.length > from + 60);
    expect(sink.goneFor).toEqual([]);
    expect((await sfu.usage()).map(({ pid }) => pid)).toEqual([before?.pid]);
  });

  it('holds nothing more after a hundred connections came and went', async () => {
    const sfu = await start();
    for (let n = 0; n < 100; n++) {
      const connection = await sfu.accept(CHROMIUM, new RecordingSink());
      connection.close();
      connection.close();
    }
    await eventually(() => empty(sfu));
    const sink = new RecordingSink();
    const { connection } = await stream(sfu, sink);
    connection.close();
    const count = sink.units.length;
    await eventually(() => empty(sfu));
    await rest(100);
    expect([sink.units.length, sink.goneFor]).toEqual([count, []]);
  });

  it('says that a sender closed, and when nothing comes from one any more', async () => {
    const sfu = await start({ limits: { silence: millis(1_000), trackSilence: millis(600) } });
    const [sink, mute] = [new RecordingSink(), new RecordingSink()];
    const google = new WrtcSender(); // werift says no farewell
    closing.push(() => google.close());
    const { answer } = await sfu.accept(await google.offer(), sink);
    await google.answer(answer);
    await google.close();
    await sink.until(() => sink.goneFor.length > 0);
    expect(sink.goneFor).toEqual([{ reason: 'the sender closed the connection', again: true }]);
    await stream(sfu, mute);
    for (const stop of closing.splice(-2)) stop(); // neither picture nor sound; werift asks for consent every 5 s
    await mute.until(() => mute.goneFor.length > 0);
    expect(mute.goneFor).toEqual([{ reason: 'nothing came from the sender any more', again: true }]);
  });

  it('asks for a first key frame until one comes, however many requests are lost', async () => {
    const sfu = await start();
    const [sink, sender] = [new RecordingSink(), new WeriftSender({ audio: false, absCapture: true })];
    closing.push(() => sender.close());
    const connection = await sfu.accept(await sender.offer(), sink);
    await sender.answer(connection.answer);
    const units = await encodedPictures({ count: 60, keyEvery: 60 });
    const deltas = units.filter((unit) => !unit.key); // the encoder makes key frames of its own, too
    const [key] = units;
    if (!key) throw new TypeError('pictures begin with a key frame');
    // The key frame went by before anything arrived, and the worker's own two requests for another one are lost as well.
    const heard = (): boolean => sender.keyFramesAsked > 2;
    let told = 0;
    closing.push(
      every(66.667, (n, wallMs) => {
        const next = heard() && told++ === 0 ? key : (deltas[n % deltas.length] ?? key);
        sender.send(next, wallMs);
      }),
    );
    await sink.until(() => sink.of('video').length > 3);
    expect(sink.of('video')[0]?.key).toBe(true);
  });

  it('shuts a track that stays away while the other goes on, and opens it again', async () => {
    const sfu = await start({ limits: { trackSilence: millis(600) } });
    const sink = new RecordingSink();
    const { sender } = await stream(sfu, sink);
    const sounds = closing.pop();
    const pictures = closing.pop();
    if (sounds) closing.push(sounds);
    pictures?.();
    await sink.until(() => sink.shuts.length > 0);
    expect(sink.shuts).toEqual(['video']);
    const units = await encodedPictures({ count: 15 });
    closing.push(
      every(66.667, (n, wallMs) => {
        const unit = units[n % 15];
        if (unit) sender.send(unit, wallMs);
      }),
    );
    await sink.until(() => sink.opened.length === 3);
    expect(sink.opened.at(-1)).toMatchObject({ modality: 'video' });
    const from = sink.of('video').length;
    await sink.until(() => sink.of('video').length > from + 3);
    expect(sink.of('video')[from - 1]?.key ?? true).toBe(true);
  });

  it('ends without a word to its connections, and answers nothing after that', async () => {
    const sfu = await start();
    const sink = new RecordingSink();
    await sfu.accept(CHROMIUM, sink);
    await sfu.close();
    await sfu.close();
    expect(sink.goneFor).toEqual([]);
    expect(sfu.state).toMatchObject({ available: false });
    expect(await codeOf(sfu.accept(CHROMIUM, sink))).toBe('ERR_SFU_UNAVAILABLE');
  });
});
