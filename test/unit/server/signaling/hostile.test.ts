import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { micros } from '../../../../proto/units.ts';
import { isServed, Loopback, type LoopbackOptions } from './loopback.ts';

let loopback: Loopback;

async function start(options: LoopbackOptions): Promise<void> {
  await loopback.close();
  loopback = await Loopback.start(options);
}
beforeEach(async () => {
  loopback = await Loopback.start();
});
afterEach(() => loopback.close());

describe('a server among hostile sockets', () => {
  const upgrade = (extra = ''): string =>
    `GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n${extra}\r\n`;

  it('lives through garbage instead of frames, while another peer is served', async () => {
    await start({ limits: { helloMs: 300 } });
    const bystander = await loopback.greet();
    let id = 0;
    const garbage = fc.uint8Array({ minLength: 1, maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(garbage, async (bytes) => {
        await loopback.hurl(Buffer.concat([Buffer.from(upgrade()), bytes]));
        expect(await isServed(bystander, ++id)).toBe(true);
      }),
      { numRuns: 60 },
    );
    await expect.poll(() => loopback.signaling.peerCount).toBe(1);
  });

  it('lives through any bytes in good frames, before hello and after', async () => {
    const bystander = await loopback.greet();
    let id = 0;
    const any = fc.array(fc.uint8Array({ maxLength: 100 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(any, fc.boolean(), async (frames, politely) => {
        const socket = politely ? await loopback.greet() : await loopback.open();
        for (const frame of frames) socket.send(frame);
        expect(await isServed(bystander, ++id)).toBe(true);
        loopback.now = micros(loopback.now + 10_000_000);
        socket.terminate();
      }),
      { numRuns: 60 },
    );
    await expect.poll(() => loopback.signaling.peerCount).toBe(1);
  });

  it.each([
    ['no request at all', '\u0000\u0001\u0002\r\n\r\n'],
    ['a key that is none', upgrade().replace('AAAAAAAAAAAAAAAAAAAAAA==', 'short')],
    ['another version', upgrade().replace('Version: 13', 'Version: 99')],
    ['compression that was not offered', upgrade('Sec-WebSocket-Extensions: permessage-deflate; x=\r\n')],
    ['subprotocols that are none', upgrade('Sec-WebSocket-Protocol: ,,\r\n')],
  ])('lives through an upgrade with %s', async (_, request) => {
    const bystander = await loopback.greet();
    await loopback.hurl(Buffer.from(request));
    expect(await isServed(bystander, 1)).toBe(true);
  });
});
