/**
 * A whole server over a real socket: a generated clip streams with credit, labels teach it, and what it says is looked at.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ulid } from 'ulid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeServer, encodeClient } from '../../proto/codec.ts';
import type { LabelMessage, Prediction, ServerMessage } from '../../proto/messages.ts';
import { addMicros, type Micros, micros, microsFromSeconds, millis } from '../../proto/units.ts';
import { type LabelledSpan, parseLabels } from '../../server/cli/labels-csv.ts';
import { openClip } from '../../server/cli/media/clip.ts';
import { WireClient } from '../../server/cli/wire-client.ts';
import { makeClip } from '../support/clip.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let folder: string;
let files: { readonly video: string; readonly audio: string };
let spans: readonly LabelledSpan[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'counterpoise-clip-'));
  const clip = await makeClip({ seed: 11, classes: 2, spansPerClass: 2, dir: folder });
  files = clip;
  spans = parseLabels(await readFile(clip.labels, 'utf8'));
  server = await startServer();
});

afterAll(async () => {
  await server?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** A client that streams the clip with credit and remembers everything it hears. */
async function connect() {
  const options = {
    url: server.url,
    token: null,
    sessionName: 'test',
    pace: 'credit',
    by: 'tester',
  } as const;
  const { client, welcome } = await WireClient.connect(options);
  const heard: ServerMessage[] = [];
  client.messages$.subscribe({ next: (message) => heard.push(message), error: () => undefined });
  const predictions = () => heard.filter((message): message is Prediction => message.type === 'prediction');
  return { client, welcome, heard, predictions };
}
type Connection = Awaited<ReturnType<typeof connect>>;

/** Sends the clip's units of [from, to) with tracks, as the credit allows. */
async function play(
  connection: Connection,
  { from = 0, to = Number.POSITIVE_INFINITY, only = null as 'audio' | 'video' | null } = {},
) {
  const clip = await openClip({
    video: only === 'audio' ? null : files.video,
    audio: only === 'video' ? null : files.audio,
  });
  const { client, heard } = connection;
  let last = 0;
  const credit = () => heard.findLast((message) => message.type === 'credit');
  for await (const item of clip.items) {
    if (item.type === 'track') {
      client.send({ type: 'track', track: item.track });
      continue;
    }
    if (item.unit.at / 1e6 >= to) break;
    if (item.unit.at / 1e6 < from) continue;
    const now = credit();
    if (!now || (now.type === 'credit' && item.unit.at > now.until)) {
      await client.next('credit', ({ until }) => until >= item.unit.at, millis(20_000));
    }
    client.send({ type: 'media', unit: item.unit });
    last = item.unit.at;
  }
  await clip.close();
  // What is still being decoded comes out: all windows but those that end within the last half second.
  const answered = () => connection.predictions().some(({ end }) => end >= last - 500_000);
  if (!answered()) await client.next('prediction', answered, millis(20_000));
}

const label = (
  span: { start: Micros; end: Micros; className: string },
  change: Partial<LabelMessage> = {},
): LabelMessage => ({
  type: 'label',
  id: ulid(),
  sessionId: '',
  start: span.start,
  end: span.end,
  kind: 'class',
  className: span.className,
  scope: 'both',
  at: millis(0),
  ...change,
});

async function teach({ client }: Connection, message: LabelMessage) {
  const answer = Promise.race([
    client.next('ack', ({ id }) => id === message.id, millis(20_000)),
    client.next('error', ({ regarding }) => regarding === message.id, millis(20_000)),
  ]);
  client.send(message);
  return answer;
}

describe('a session with credit', () => {
  let connection: Connection;

  beforeAll(async () => {
    connection = await connect();
    connection.client.send({ type: 'training-command', paused: true });
    await play(connection, { to: 9 });
  });
  afterAll(() => connection.client.close());

  it('is welcomed into a new session with the numbers that shape it', () => {
    expect(connection.welcome).toMatchObject({
      resumed: false,
      media: 0,
      hop: 240_000,
      window: 960_000,
      ribbon: 60_000_000,
      project: 'default',
    });
  });

  it('answers windows in media time order, each once, sound and picture paired within the skew bound', () => {
    const predictions = connection.predictions();
    const indexes = predictions.map(({ index }) => index);
    expect(indexes).toEqual([...new Set(indexes)].sort((a, b) => a - b));
    expect(predictions.length).toBeGreaterThan(25); // (9 - 0.96) / 0.24 = 33, a few wait for what comes next
    const paired = predictions.filter(({ skew }) => skew !== null);
    expect(paired.length).toBeGreaterThan(predictions.length * 0.9);
    for (const { skew } of paired) expect(Math.abs(skew ?? 0)).toBeLessThanOrEqual(100_000);
  });

  it('says nothing is known while no class is taught', () => {
    for (const { answer, classIds } of connection.predictions())
      expect([answer, classIds]).toEqual([null, []]);
  });

  it('makes the class that a label names, and the next answer knows it', async () => {
    const [first, second] = spans;
    if (!first || !second) throw new Error('the clip has no spans');
    const ack = await teach(connection, label(first));
    expect(ack).toMatchObject({ type: 'ack', duplicate: false, samples: 4 });
    const before = connection.predictions().length;
    const next = connection.client.next('prediction');
    await play(connection, { from: 9, to: 11 });
    expect((await next).classIds).toHaveLength(1);
    for (const { appliedSeq } of connection.predictions().slice(before)) {
      expect(appliedSeq).toBeGreaterThanOrEqual(ack.type === 'ack' ? ack.seq : Number.NaN);
    }
    expect(await teach(connection, label(second))).toMatchObject({ type: 'ack', duplicate: false });
  });

  it('answers a label that it has had with the same place in the journal', async () => {
    const [first] = spans;
    if (!first) throw new Error('the clip has no spans');
    const message = label(first);
    const once = await teach(connection, message);
    expect(await teach(connection, message)).toMatchObject({
      type: 'ack',
      seq: once.type === 'ack' ? once.seq : 0,
      duplicate: true,
    });
    const undo = { type: 'undo', id: ulid(), labelId: message.id } as const;
    const undone = connection.client.next('ack', ({ id }) => id === undo.id);
    connection.client.send(undo);
    expect(await undone).toMatchObject({ duplicate: false });
  });

  it('refuses a span without media and goes on', async () => {
    const nowhere = label({ start: microsFromSeconds(200), end: microsFromSeconds(203), className: 'x' });
    expect(await teach(connection, nowhere)).toMatchObject({
      type: 'error',
      code: 'ERR_LABEL_EMPTY',
      fatal: false,
    });
  });

  it('plays a span of the ribbon back, decodable from its first unit', async () => {
    const end = connection.client.next('playback-part', ({ part }) => part.type === 'end', millis(10_000));
    connection.client.send({
      type: 'playback',
      request: 1,
      sessionId: '',
      start: microsFromSeconds(4),
      end: microsFromSeconds(5),
    });
    expect((await end).part).toMatchObject({ type: 'end', end: 5_000_000 });
    const units = connection.heard.flatMap((message) =>
      message.type === 'playback-part' && message.part.type === 'media' ? [message.part.unit] : [],
    );
    const video = units.filter(({ modality }) => modality === 'video');
    expect(video[0]?.key).toBe(true);
    expect(video.filter(({ at }) => at >= 4e6).length).toBe(15);
    expect(units.filter(({ modality }) => modality === 'audio').length).toBeGreaterThanOrEqual(49);
  });

  it('tells a watcher what the sender sees', async () => {
    const socket = new WebSocket(server.url);
    socket.binaryType = 'arraybuffer';
    const seen: ServerMessage[] = [];
    const caughtUp = new Promise<void>((resolve) => {
      socket.addEventListener('message', ({ data }) => {
        seen.push(decodeServer(new Uint8Array(data)));
        if (seen.some(({ type }) => type === 'prediction') && seen.some(({ type }) => type === 'tile'))
          resolve();
      });
    });
    await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
    const hello = {
      type: 'hello',
      protocolMajor: 1,
      protocolMinor: 0,
      role: 'watch',
      sessionName: '',
      resumeToken: '',
    } as const;
    socket.send(new Uint8Array(encodeClient({ ...hello, watchSessionId: '', pace: 'live', by: '' })));
    await caughtUp;
    expect(seen[0]).toMatchObject({
      type: 'welcome',
      sessionId: connection.welcome.sessionId,
      resumeToken: '',
    });
    socket.close();
  });
});

describe('a missing modality', () => {
  it('is a state: the sound alone answers', async () => {
    const connection = await connect();
    await play(connection, { to: 3, only: 'audio' });
    const done = connection.client
      .next('prediction', ({ end }) => end >= 2_500_000, millis(10_000))
      .catch(() => undefined);
    connection.client.send({ type: 'track-close', modality: 'audio' });
    await done;
    const predictions = connection.predictions();
    expect(predictions.length).toBeGreaterThan(5);
    for (const { audio, video, skew } of predictions) {
      expect([audio.signal === 'missing', video.signal, skew]).toEqual([false, 'missing', null]);
    }
    connection.client.close();
  });
});

describe('resuming', () => {
  it('continues the same session: clock, ribbon, labels, one entry in the list', async () => {
    const first = await connect();
    await play(first, { to: 4 });
    const span = { start: micros(500_000), end: micros(3_000_000), className: 'again' };
    expect(await teach(first, label(span))).toMatchObject({ type: 'ack' });
    first.client.close();

    const socket = new WebSocket(server.url);
    socket.binaryType = 'arraybuffer';
    const seen: ServerMessage[] = [];
    const listed = new Promise<void>((resolve) => {
      socket.addEventListener('message', ({ data }) => {
        const message = decodeServer(new Uint8Array(data));
        seen.push(message);
        if (message.type === 'sessions') resolve();
      });
    });
    await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
    const hello = {
      type: 'hello',
      protocolMajor: 1,
      protocolMinor: 0,
      role: 'stream',
      sessionName: '',
    } as const;
    const { resumeToken, sessionId } = first.welcome;
    socket.send(
      new Uint8Array(encodeClient({ ...hello, resumeToken, watchSessionId: '', pace: 'credit', by: '' })),
    );
    await listed;
    const welcome = seen[0];
    expect(welcome).toMatchObject({ type: 'welcome', sessionId, resumed: true });
    expect(welcome?.type === 'welcome' && welcome.media).toBeGreaterThan(addMicros(span.end, micros(0)));
    expect(seen.some((message) => message.type === 'label-placed' && message.sessionId === sessionId)).toBe(
      true,
    );
    expect(seen.some((message) => message.type === 'tile')).toBe(true);
    const sessions = seen.findLast((message) => message.type === 'sessions');
    expect(
      sessions?.type === 'sessions' && sessions.sessions.filter(({ id }) => id === sessionId),
    ).toHaveLength(1);
    socket.close();
  });
});

describe('a restart', () => {
  it('keeps classes, labels and undos', async () => {
    const table = (client: WireClient) => client.next('classes', () => true, millis(10_000));
    const before = await connect();
    const classes =
      before.heard.findLast((message) => message.type === 'classes') ?? (await table(before.client));
    before.client.close();
    server = await server.restart();
    const after = await connect();
    const again =
      after.heard.findLast((message) => message.type === 'classes') ?? (await table(after.client));
    expect(again).toEqual(classes);
    after.client.close();
  });
});
