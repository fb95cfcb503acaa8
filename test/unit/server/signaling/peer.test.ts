import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeServer, encodeClient, encodeServer } from '../../../../proto/codec.ts';
import type { ServerMessage } from '../../../../proto/messages.ts';
import { micros } from '../../../../proto/units.ts';
import { endOf, Loopback, type LoopbackOptions, media, pong } from './loopback.ts';

let loopback: Loopback;

async function start(options: LoopbackOptions): Promise<void> {
  await loopback.close();
  loopback = await Loopback.start(options);
}
beforeEach(async () => {
  loopback = await Loopback.start();
});
afterEach(() => loopback.close());

describe('Peer', () => {
  it('skips droppable messages while its socket is full, counts them, and sends essential ones', async () => {
    await start({ limits: { droppableBytes: 1000 } });
    const { peer, socket } = await loopback.both();
    socket.pause();
    const filler = new Uint8Array(256 * 1024);
    while (peer.bufferedBytes <= 1000) peer.sendBytes(filler, 'essential');
    const tile: ServerMessage = {
      type: 'tile',
      sessionId: 's',
      start: micros(0),
      end: micros(480_000),
      rgb: new Uint8Array(0),
      levelDb: -20,
    };
    expect(peer.send(tile)).toBe(false);
    expect(peer.send(pong(9))).toBe(true);
    expect(peer.skipped).toBe(1);
    expect(loopback.signaling.counters.slowWatcher).toBe(1);
  });

  it('is given up with ERR_WIRE_SLOW when even the essential does not fit', async () => {
    await start({ limits: { bufferedBytes: 1_000_000 } });
    const { peer, socket } = await loopback.both();
    socket.pause();
    const filler = new Uint8Array(256 * 1024);
    for (let index = 0; index < 200 && peer.sendBytes(filler, 'essential'); index++);
    expect(peer.sendBytes(filler, 'essential')).toBe(false);
    const end = await new Promise((done) => peer.closed$.subscribe(done));
    expect(end).toEqual({ code: 'ERR_WIRE_SLOW', status: 4432 });
  });

  it('leaves in the network what nobody listens to', async () => {
    await start({ onPeer: () => {}, limits: { bytesPerSecond: 1e9 } });
    const { peer, socket } = await loopback.both();
    const { counters } = loopback.signaling;
    for (let index = 0; index < 40; index++) socket.send(encodeClient(media(1_000_000)));
    const others = 50; // served meanwhile, one after the other
    for (let index = 0; index < others; index++) {
      const other = await loopback.open();
      const end = endOf(other);
      other.send(encodeClient(media(1))); // no hello first
      await end;
    }
    expect(counters.messagesIn).toBeLessThan(1 + others + 40);
    peer.messages$.subscribe();
    await expect.poll(() => counters.messagesIn, { timeout: 10_000 }).toBe(1 + others + 40);
  });

  it('sends nothing after its end, and says why it ended', async () => {
    const { peer, socket } = await loopback.both();
    const end = endOf(socket);
    peer.close('END_RESUMED_ELSEWHERE', 'another tab has taken over');
    peer.close('END_SERVER_FAULT');
    expect(peer.send(pong(1))).toBe(false);
    expect(await end).toMatchObject({ code: 'END_RESUMED_ELSEWHERE', status: 4440 });
    expect(await new Promise((done) => peer.closed$.subscribe(done))).toEqual({
      code: 'END_RESUMED_ELSEWHERE',
      status: 4440,
    });
  });

  it('completes its messages when the other side leaves', async () => {
    await start({ onPeer: () => {} });
    const { peer, socket } = await loopback.both();
    const completed = new Promise<void>((done) => peer.messages$.subscribe({ complete: () => done() }));
    socket.close(1000);
    await completed;
    expect(await new Promise((done) => peer.closed$.subscribe(done))).toEqual({ code: null, status: 1000 });
  });

  it('lets only one listen', async () => {
    const { peer } = await loopback.both();
    const error = new Promise((done) => peer.messages$.subscribe({ error: done }));
    expect(await error).toMatchObject({ code: 'ERR_WIRE_ORDER' });
  });

  it('sends what was encoded once for many', async () => {
    const { peer, socket } = await loopback.both();
    const answer = once(socket, 'message');
    expect(peer.sendBytes(encodeServer(pong(7)), 'droppable')).toBe(true);
    const [data] = await answer;
    expect(decodeServer(data)).toEqual(pong(7));
  });
});
