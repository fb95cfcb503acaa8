import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeClient, LIMITS } from '../../../../proto/codec.ts';
import { counterpoise } from '../../../../proto/generated/counterpoise.js';
import { micros } from '../../../../proto/units.ts';
import { endOf, hello, isServed, Loopback, type LoopbackOptions, media, ping, pong } from './loopback.ts';

let loopback: Loopback;

async function start(options: LoopbackOptions): Promise<void> {
  await loopback.close();
  loopback = await Loopback.start(options);
}
beforeEach(async () => {
  loopback = await Loopback.start();
});
afterEach(() => loopback.close());

describe('createSignaling', () => {
  it('hands on a peer after its hello, and then its messages in order', async () => {
    const socket = await loopback.open();
    socket.send(encodeClient(hello));
    socket.send(encodeClient(ping(1)));
    socket.send(encodeClient(ping(2)));
    await expect.poll(() => loopback.received).toEqual([ping(1), ping(2)]);
    expect(loopback.peers.map((peer) => peer.hello)).toEqual([hello]);
  });

  it('reads nothing for a peer until someone listens, and loses nothing', async () => {
    await start({ onPeer: () => {} });
    const socket = await loopback.greet();
    for (let id = 0; id < 50; id++) socket.send(encodeClient(ping(id)));
    await expect.poll(() => loopback.peers.length).toBe(1);
    const ids: number[] = [];
    loopback.peers[0]?.messages$.subscribe((message) => {
      if (message.type === 'ping') ids.push(message.id);
    });
    await expect.poll(() => ids).toEqual(Array.from({ length: 50 }, (_, id) => id));
  });

  it.each<[string, string, number, Uint8Array]>([
    ['no hello first', 'ERR_WIRE_ORDER', 4409, encodeClient(ping(1))],
    ['a foreign major', 'ERR_WIRE_VERSION', 4426, encodeClient({ ...hello, protocolMajor: 2 })],
    ['bytes that are no message', 'ERR_WIRE_MALFORMED', 4400, Uint8Array.of(255, 255, 255)],
    [
      'a hello without role',
      'ERR_WIRE_FIELD',
      4422,
      counterpoise.v1.ClientMessage.encode({ hello: { protocolMajor: 1 } }).finish(),
    ],
    ['too many bytes', 'ERR_WIRE_TOO_LARGE', 4413, new Uint8Array(LIMITS.messageBytes + 1)],
  ])('closes on %s with %s and status %d', async (_, code, status, bytes) => {
    const socket = await loopback.open();
    const end = endOf(socket);
    socket.send(bytes);
    expect(await end).toMatchObject({ code, status });
    expect(loopback.peers).toEqual([]);
  });

  it('closes on a second hello with ERR_WIRE_ORDER', async () => {
    const socket = await loopback.greet();
    const end = endOf(socket);
    socket.send(encodeClient(hello));
    expect(await end).toMatchObject({ code: 'ERR_WIRE_ORDER', status: 4409 });
    await expect.poll(() => loopback.signaling.peerCount).toBe(0);
  });

  it('closes on a text frame with ERR_WIRE_MALFORMED', async () => {
    const socket = await loopback.greet();
    const end = endOf(socket);
    socket.send('hello');
    expect(await end).toMatchObject({ code: 'ERR_WIRE_MALFORMED', status: 4400 });
  });

  it('closes with ERR_WIRE_HELLO who says nothing, with a reason to read', async () => {
    await start({ limits: { helloMs: 30 } });
    const end = await endOf(await loopback.open());
    expect(end).toEqual({ code: 'ERR_WIRE_HELLO', status: 4408, reason: 'no hello within the time for it' });
  });

  it('ends with the standard status 1009 what is over the hard bound, before it is whole', async () => {
    const socket = await loopback.greet();
    const end = endOf(socket);
    socket.on('error', () => {}); // the server cuts the connection while we send
    socket.send(new Uint8Array(2 * LIMITS.messageBytes + 1));
    expect([1009, 1006]).toContain((await end).status);
  });

  it('skips and counts a message of a type not known here', async () => {
    const socket = await loopback.greet();
    socket.send(Uint8Array.of(0xf2, 0x7f, 1, 0));
    expect(await isServed(socket, 1)).toBe(true);
    expect(loopback.signaling.counters.unknown).toBe(1);
  });

  it('closes with ERR_WIRE_RATE who sends too many messages a second', async () => {
    await start({ limits: { messagesPerSecond: 10, burstSeconds: 1 } });
    const socket = await loopback.greet();
    const end = endOf(socket);
    for (let id = 0; id < 10; id++) socket.send(encodeClient(ping(id))); // hello was the first of ten
    expect(await end).toMatchObject({ code: 'ERR_WIRE_RATE', status: 4429 });
    expect(loopback.received).toHaveLength(9);
  });

  it('lets the rate recover with time', async () => {
    await start({ limits: { messagesPerSecond: 2, burstSeconds: 1 } });
    const socket = await loopback.greet();
    for (let id = 1; id <= 6; id++) {
      expect(await isServed(socket, id)).toBe(true);
      loopback.now = micros(loopback.now + 500_000);
    }
  });

  it('closes with ERR_WIRE_BYTES who sends too many bytes a second', async () => {
    await start({ limits: { bytesPerSecond: 1000, burstSeconds: 1 } });
    const socket = await loopback.greet();
    const end = endOf(socket);
    socket.send(encodeClient(media(1000)));
    expect(await end).toMatchObject({ code: 'ERR_WIRE_BYTES', status: 4430 });
  });

  it('counts ping frames as messages', async () => {
    await start({ limits: { messagesPerSecond: 5, burstSeconds: 1 } });
    const socket = await loopback.greet();
    const end = endOf(socket);
    for (let index = 0; index < 6; index++) socket.ping();
    expect(await end).toMatchObject({ code: 'ERR_WIRE_RATE' });
  });

  it('spares media with credit the rates, but neither its size nor other messages', async () => {
    await start({ limits: { messagesPerSecond: 5, bytesPerSecond: 1000, burstSeconds: 1 } });
    const socket = await loopback.greet({}, { ...hello, pace: 'credit' });
    for (let index = 0; index < 50; index++) socket.send(encodeClient(media(500)));
    expect(await isServed(socket, 1)).toBe(true);
    expect(loopback.received).toHaveLength(51);
    const end = endOf(socket);
    for (let id = 2; id < 8; id++) socket.send(encodeClient(ping(id)));
    expect(await end).toMatchObject({ code: 'ERR_WIRE_RATE' });
    const other = await loopback.greet({}, { ...hello, pace: 'credit' });
    const large = endOf(other);
    other.send(encodeClient(media(LIMITS.mediaBytes + 1)));
    expect(await large).toMatchObject({ code: 'ERR_WIRE_TOO_LARGE', status: 4413 });
  });

  it('closes with ERR_WIRE_TIMEOUT who does not answer the heartbeat', async () => {
    await start({ limits: { heartbeatMs: 20 } });
    const end = await endOf(await loopback.greet({ autoPong: false }));
    expect(end).toMatchObject({ code: 'ERR_WIRE_TIMEOUT', status: 4431 });
  });

  it('keeps who answers the heartbeat', async () => {
    await start({ limits: { heartbeatMs: 20 } });
    const socket = await loopback.greet();
    for (let beats = 0; beats < 5; beats++) await once(socket, 'ping');
    expect(await isServed(socket, 1)).toBe(true);
  });

  it('closes with ERR_WIRE_PEERS who is one too many', async () => {
    await start({ limits: { peers: 1 } });
    const first = await loopback.greet();
    expect(await endOf(loopback.dial())).toMatchObject({ code: 'ERR_WIRE_PEERS', status: 4433 });
    expect(await isServed(first, 1)).toBe(true);
  });

  it('refuses what is not admitted, and paths without a socket, as HTTP', async () => {
    await start({
      admit: ({ headers }) => (headers.origin === undefined ? null : { status: 403, reason: 'no' }),
    });
    await expect(loopback.open({ origin: 'https://evil.example' })).rejects.toThrow('403');
    await expect(loopback.open({}, '/other')).rejects.toThrow('404');
    await expect(loopback.open({}, '/ws/../other')).rejects.toThrow('404');
  });

  it('ends a peer, and only it, when handling its hello fails', async () => {
    await start({
      onPeer: (peer) => {
        if (peer.hello.by === 'bad') throw new Error('a fault of ours');
        peer.messages$.subscribe(() => peer.send(pong(1)));
      },
    });
    const good = await loopback.greet();
    const end = await endOf(await loopback.greet({}, { ...hello, by: 'bad' }));
    expect(end).toMatchObject({ code: 'END_SERVER_FAULT', status: 1011 });
    expect(await isServed(good, 1)).toBe(true);
  });

  it('tells every peer when the server stops, and takes no more', async () => {
    const ends = [endOf(await loopback.greet()), endOf(await loopback.open())];
    await loopback.signaling.close();
    expect(await Promise.all(ends)).toEqual([
      expect.objectContaining({ code: 'END_SERVER_STOPS', status: 1001 }),
      expect.objectContaining({ code: 'END_SERVER_STOPS', status: 1001 }),
    ]);
    await loopback.signaling.close();
    expect(loopback.signaling.peerCount).toBe(0);
  });
});
