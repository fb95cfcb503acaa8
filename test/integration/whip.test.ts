/**
 * WHIP over a real server, by clients that are neither ours nor a browser: werift (H264, like OBS) and Google's WebRTC without a
 * browser (VP8). Several people watch and correct what they send.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Prediction, SessionInfo } from '../../proto/messages.ts';
import { addMicros, micros, millis } from '../../proto/units.ts';
import { WireClient } from '../../server/cli/wire-client.ts';
import { encodedPictures, encodedTone } from '../support/encoded-media.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { workerBinary } from '../support/sfu.ts';
import { every, WeriftSender } from '../support/werift-sender.ts';
import { WrtcSender } from '../support/wrtc-sender.ts';

const PATIENCE = millis(20_000);
const binary = await workerBinary();
let server: TestServer;
let open: { close(): unknown }[];

beforeEach(async () => {
  open = [];
  server = await startServer(['--rtc-workers', '1']);
});
afterEach(async () => {
  for (const one of open.reverse()) await one.close();
  await server.close();
});

const address = (path: string): string => `http://127.0.0.1:${server.running.port}${path}`;

async function post(
  name: string,
  sdp: string,
): Promise<{ readonly location: string; readonly answer: string }> {
  const response = await fetch(address(`/whip/${name}`), {
    method: 'POST',
    headers: { 'content-type': 'application/sdp' },
    body: sdp,
  });
  const answer = await response.text();
  expect([response.status, response.headers.get('content-type')]).toEqual([201, 'application/sdp']);
  return { location: response.headers.get('location') ?? '', answer };
}

async function watch(by: string, watchSessionId = ''): Promise<WireClient> {
  const { client } = await WireClient.connect({
    url: server.url,
    token: null,
    sessionName: '',
    pace: 'live',
    by,
    role: 'watch',
    watchSessionId,
  });
  open.push(client);
  return client;
}

const listed = (
  client: WireClient,
  name: string,
  fits: (info: SessionInfo) => boolean,
): Promise<SessionInfo> =>
  client
    .next('sessions', ({ sessions }) => sessions.some((info) => info.name === name && fits(info)), PATIENCE)
    .then(({ sessions }) => {
      const info = sessions.find((one) => one.name === name);
      if (!info) throw new Error('it was there a moment ago');
      return info;
    });

const bothSenses = ({ audio, video }: Prediction): boolean =>
  audio.signal === 'live' && (video.signal === 'live' || video.signal === 'frozen');

describe.skipIf(binary === null)('a WHIP client', () => {
  it('sends H264 and Opus from werift: watched, corrected by two people, ended, taken up again', async () => {
    const ana = await watch('Ana');
    const [pictures, tone] = [
      await encodedPictures({ count: 900, codec: 'h264', keyEvery: 15 }),
      await encodedTone(3000),
    ];
    const sender = new WeriftSender({ video: 'h264' });
    const appears = listed(ana, 'bench cam', ({ streaming }) => streaming);
    const live = listed(
      ana,
      'bench cam',
      ({ audio, video, link }) => audio && video && link === 'webrtc-udp',
    );
    const { location, answer } = await post('bench%20cam', await sender.offer());
    const stops = [
      every(1000 / 15, (n, wallMs) => pictures[n] && sender.send(pictures[n], wallMs)),
      every(20, (n, wallMs) => tone[n] && sender.send(tone[n], wallMs)),
    ];
    open.push({ close: () => Promise.all([...stops.map((stop) => stop()), sender.close()]) });
    await sender.answer(answer);
    const session = await appears;
    expect(session).toMatchObject({ whip: true, name: 'bench cam' });
    await live; // told without anybody's coming or going

    const seen = await ana.next('prediction', bothSenses, PATIENCE);
    expect(seen.sessionId).toBe(session.id);
    const ben = await watch('Ben', session.id);
    const late = await ana.next('prediction', (one) => one.end > seen.end + 2_500_000, PATIENCE);
    const told = ben.next('label-placed', () => true, PATIENCE);
    const id = '01JQ0000000000000000000001';
    const acknowledged = ana.next('ack', (ack) => ack.id === id, PATIENCE);
    ana.send({
      type: 'label',
      id,
      sessionId: session.id,
      start: addMicros(late.end, micros(-2_400_000)),
      end: late.end,
      kind: 'class',
      className: 'hum',
      scope: 'both',
      at: millis(Date.now()),
    });
    expect((await acknowledged).samples).toBeGreaterThanOrEqual(2);
    expect(await told).toMatchObject({ by: 'Ana', sessionId: session.id });
    expect((await ben.next('prediction', ({ answer: said }) => said !== null, PATIENCE)).sessionId).toBe(
      session.id,
    );
    const { link } = await ben.next('health', (health) => (health.link?.tracks.length ?? 0) === 2, PATIENCE);
    expect(link?.kind).toBe('webrtc-udp');
    expect(link?.tracks.map(({ codec }) => codec).sort()).toEqual(['h264', 'opus']);

    const ends = listed(ana, 'bench cam', ({ streaming }) => !streaming);
    expect((await fetch(address(location), { method: 'DELETE' })).status).toBe(200);
    expect((await ends).id).toBe(session.id);
    expect((await fetch(address(location), { method: 'DELETE' })).status).toBe(404);

    const again = new WrtcSender();
    open.push(again);
    const returns = listed(ana, 'bench cam', ({ streaming }) => streaming);
    await again.answer((await post('bench%20cam', await again.offer())).answer);
    again.play();
    expect((await returns).id).toBe(session.id);
    const next = await ana.next('prediction', bothSenses, PATIENCE);
    expect(next.start).toBeGreaterThan(late.end);
  }, 90_000);

  it('is refused with a reason where nothing of its offer is taken', async () => {
    const ana = await watch('Ana');
    const response = await fetch(address('/whip/a'), {
      method: 'POST',
      headers: { 'content-type': 'application/sdp' },
      body: 'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n',
    });
    expect(response.status).toBe(422);
    expect(await response.text()).toMatch(/expected/);
    const heard = ana.next('sessions', () => true, PATIENCE);
    await watch('Ben'); // whose coming tells everybody the list
    expect((await heard).sessions).toEqual([]);
  });
});

describe('a server without media workers', () => {
  it('says so to a WHIP client, with what would change it', async () => {
    const without = await startServer();
    open.push(without);
    const sender = new WrtcSender();
    open.push(sender);
    const response = await fetch(`http://127.0.0.1:${without.running.port}/whip/a`, {
      method: 'POST',
      headers: { 'content-type': 'application/sdp' },
      body: await sender.offer(),
    });
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await response.text()).toMatch(/--rtc-workers/);
  });
});
