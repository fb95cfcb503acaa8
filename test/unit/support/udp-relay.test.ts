import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { random } from '../../../src/random.ts';
import {
  CLEAN,
  type NetworkShape,
  PacketFates,
  relayInitScript,
  rewriteAnswer,
  UdpRelay,
  udpPortOf,
} from '../../support/udp-relay.ts';

const fates = (shape: NetworkShape, seed: number, count: number) => {
  const made = new PacketFates(random(seed));
  return { delays: Array.from({ length: count }, () => made.next(shape)), counts: made.counts };
};

describe('PacketFates', () => {
  it('lets everything through at once on a clean path', () => {
    const { delays, counts } = fates(CLEAN, 1, 3);
    expect(delays).toEqual([[0], [0], [0]]);
    expect(counts).toEqual({ received: 3, lost: 0, duplicated: 0, heldBack: 0, sent: 3 });
  });

  it('loses, doubles and holds back the shares that were asked for', () => {
    const shape = { ...CLEAN, loss: 0.2, duplicate: 0.1, reorder: 0.3 };
    const { counts } = fates(shape, 7, 10_000);
    // Four standard deviations of a binomial of 10,000 are below 200.
    expect(Math.abs(counts.lost - 2_000)).toBeLessThan(200);
    expect(Math.abs(counts.duplicated - 800)).toBeLessThan(200);
    expect(Math.abs(counts.heldBack - 2_400)).toBeLessThan(200);
    expect(counts.sent).toBe(counts.received - counts.lost + counts.duplicated);
  });

  it('lets nothing through in an outage', () => {
    const { delays, counts } = fates({ ...CLEAN, outage: true }, 1, 5);
    expect(delays.flat()).toEqual([]);
    expect(counts.lost).toBe(5);
  });

  it('gives the same seed the same fates, and keeps the losses where only the jitter changes', () => {
    const shape = { ...CLEAN, loss: 0.3, jitterMs: 10 };
    expect(fates(shape, 3, 50).delays).toEqual(fates(shape, 3, 50).delays);
    const lost = (jitterMs: number) => fates({ ...shape, jitterMs }, 3, 50).delays.map((d) => d.length);
    expect(lost(0)).toEqual(lost(100));
  });

  it('keeps every delay between the least and the most that the shape allows', () => {
    const shares = {
      loss: fc.double({ min: 0, max: 1, noNaN: true }),
      jitterMs: fc.integer({ min: 0, max: 200 }),
    };
    fc.assert(
      fc.property(fc.record(shares), fc.integer(), ({ loss, jitterMs }, seed) => {
        const shape = { ...CLEAN, loss, jitterMs, delayMs: 5, duplicate: 0.5, reorder: 0.5, reorderMs: 30 };
        for (const delay of fates(shape, seed, 20).delays.flat()) {
          expect(delay).toBeGreaterThanOrEqual(5);
          expect(delay).toBeLessThanOrEqual(5 + jitterMs + 30);
        }
      }),
    );
  });
});

describe('rewriteAnswer', () => {
  const answer = [
    'v=0',
    'a=ice-lite',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    'a=candidate:udpcandidate 1 udp 1076558079 127.0.0.1 44444 typ host',
    'a=candidate:tcpcandidate 1 tcp 1076302079 127.0.0.1 44444 typ host tcptype passive',
    'a=end-of-candidates',
    '',
  ].join('\r\n');
  const rewritten = [
    'v=0',
    'a=ice-lite',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    'a=candidate:udpcandidate 1 udp 1076558079 127.0.0.1 5000 typ host',
    'a=end-of-candidates',
    '',
  ].join('\r\n');

  it('names the relay, and nothing that goes around it', () => {
    expect(rewriteAnswer(answer, 5000)).toBe(rewritten);
  });

  it('is in a page what it is here', () => {
    class RTCPeerConnection {
      taken: unknown;
      setRemoteDescription(description: unknown): void {
        this.taken = description;
      }
    }
    new Function('RTCPeerConnection', relayInitScript(5000))(RTCPeerConnection);
    const peer = new RTCPeerConnection();
    peer.setRemoteDescription({ type: 'answer', sdp: answer });
    expect(peer.taken).toEqual({ type: 'answer', sdp: rewritten });
  });

  it('leaves the port of the SFU to be read from the answer', () => {
    expect(udpPortOf(answer)).toBe(44_444);
    expect(() => udpPortOf('v=0\r\n')).toThrow('without a UDP candidate');
  });
});

describe('UdpRelay', () => {
  const closers: (() => void)[] = [];
  afterEach(() => {
    for (const close of closers.splice(0)) close();
  });

  const socket = async (): Promise<Socket> => {
    const made = createSocket('udp4');
    closers.push(() => made.close());
    made.bind(0, '127.0.0.1');
    await once(made, 'listening');
    return made;
  };
  const opened = async (target: Socket): Promise<UdpRelay> => {
    const relay = await UdpRelay.open(1, target.address().port);
    closers.push(() => relay.close());
    return relay;
  };
  const received = async (at: Socket): Promise<string> => String((await once(at, 'message'))[0]);

  it('brings packets there and the answers back to who asked', async () => {
    const [server, one, other] = [await socket(), await socket(), await socket()];
    const relay = await opened(server);
    server.on('message', (packet, { port }) => server.send(`${packet}!`, port, '127.0.0.1'));
    const answers = Promise.all([received(one), received(other)]);
    one.send('one', relay.port, '127.0.0.1');
    other.send('other', relay.port, '127.0.0.1');
    expect(await answers).toEqual(['one!', 'other!']);
    expect(relay.counts.up).toMatchObject({ received: 2, sent: 2, lost: 0 });
    expect(relay.counts.down).toMatchObject({ received: 2, sent: 2, lost: 0 });
  });

  it('takes the place of the port in an answer', async () => {
    const relay = await UdpRelay.open(1);
    closers.push(() => relay.close());
    const line = (port: number): string => `a=candidate:x 1 udp 7 10.0.0.9 ${port} typ host\r\n`;
    expect(relay.through(line(44_444))).toBe(line(relay.port).replace('10.0.0.9', '127.0.0.1'));
    expect(relay.target).toBe(44_444);
  });

  it('may change its shape while it runs', async () => {
    const [server, sender] = [await socket(), await socket()];
    const relay = await opened(server);
    relay.shape = { ...CLEAN, outage: true };
    sender.send('lost', relay.port, '127.0.0.1');
    await expect.poll(() => relay.counts.up.lost).toBe(1);
    relay.shape = { ...CLEAN, duplicate: 1, delayMs: 1 };
    const both: string[] = [];
    server.on('message', (packet) => both.push(String(packet)));
    sender.send('twice', relay.port, '127.0.0.1');
    await expect.poll(() => both).toEqual(['twice', 'twice']);
  });
});
