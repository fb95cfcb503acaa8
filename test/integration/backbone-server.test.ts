/**
 * A whole server with a backbone for each sense: two scenes are taught from labels, embeddings are all that is kept of them, rounds train
 * adapters on these, a restart knows them still, and a start without the backbones says what is missing.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ulid } from 'ulid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Prediction, ServerMessage, TrackConfig } from '../../proto/messages.ts';
import { microsFromSeconds, millis } from '../../proto/units.ts';
import { parseRebuild, rebuild } from '../../server/cli/rebuild.ts';
import { WireClient } from '../../server/cli/wire-client.ts';
import { featuresOf, recordedBackbones } from '../../server/project-features.ts';
import { openJournalReader } from '../../server/store/journal-reader.ts';
import { encodedPictures, encodedTone } from '../support/encoded-media.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { imageGraph, waveformGraph, writeGraphModel, writeMelLayers } from '../support/tiny-backbones.ts';

const SCENES = ['stripes', 'checks'] as const;
const SCENE_S = 3;
const SCENES_SHOWN = 8;
const TRACKS: readonly TrackConfig[] = [
  { modality: 'video', codec: 'vp8', width: 160, height: 120 },
  { modality: 'audio', codec: 'opus', sampleRateHz: 48_000, channels: 1 },
];

const sceneAt = (seconds: number): number => Math.floor(seconds / SCENE_S) % 2;

/** I420: wide stripes that drift, or small checks. */
function draw(n: number, width: number, height: number): Uint8Array {
  const data = new Uint8Array((width * height * 3) / 2).fill(128);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const light = sceneAt(n / 15) === 0 ? (x + n) % 40 < 20 : ((x >> 2) + (y >> 2) + n) % 2 === 0;
      data[y * width + x] = light ? 220 : 40;
    }
  return data;
}

const wave = (t: number): number => 0.3 * Math.sin(2 * Math.PI * (sceneAt(t) === 0 ? 300 : 2_500) * t);

let folder = '';
let flags: readonly string[] = [];
let units: Awaited<ReturnType<typeof encodedPictures>> = [];
let server: TestServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'counterpoise-backbone-server-'));
  const video = await writeGraphModel(join(folder, 'net'), imageGraph({ scale: 2 }));
  const audio = await writeGraphModel(join(folder, 'wave'), waveformGraph());
  flags = ['--video-backbone', video, '--audio-backbone', audio, '--init', 'random'];
  const seconds = SCENES_SHOWN * SCENE_S;
  const pictures = await encodedPictures({ count: 15 * seconds, width: 160, height: 120, draw });
  units = [...pictures, ...(await encodedTone(50 * seconds, { wave }))].sort((a, b) => a.at - b.at);
  server = await startServer(flags);
});
afterAll(async () => {
  await server?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** Streams all of it; gives the connection and what was answered. */
async function stream(to: TestServer) {
  const session = { token: null, sessionName: 'test', pace: 'credit', by: 'tester' } as const;
  const { client } = await WireClient.connect({ url: to.url, ...session });
  const heard: ServerMessage[] = [];
  client.messages$.subscribe({ next: (message) => heard.push(message), error: () => undefined });
  for (const track of TRACKS) client.send({ type: 'track', track });
  for (const unit of units) {
    const now = heard.findLast((message) => message.type === 'credit');
    if (now?.type !== 'credit' || unit.at > now.until)
      await client.next('credit', ({ until }) => until >= unit.at, millis(60_000));
    client.send({ type: 'media', unit });
  }
  const predictions = () => heard.filter((message): message is Prediction => message.type === 'prediction');
  const last = (SCENES_SHOWN * SCENE_S - 0.6) * 1e6;
  const done = () => predictions().some(({ end }) => end >= last);
  if (!done()) await client.next('prediction', done, millis(60_000));
  return { client, predictions: predictions() };
}

/** Teaches every scene that was shown from `first` on. */
async function teach(client: WireClient, first: number): Promise<void> {
  for (let scene = first; scene < SCENES_SHOWN; scene++) {
    const [start, end] = [
      microsFromSeconds(scene * SCENE_S + 0.2),
      microsFromSeconds((scene + 1) * SCENE_S - 0.2),
    ];
    const id = ulid();
    const said = { kind: 'class', className: SCENES[scene % 2] ?? '', scope: 'both', at: millis(0) } as const;
    const ack = client.next('ack', (message) => message.id === id, millis(60_000));
    client.send({ type: 'label', id, sessionId: '', start, end, ...said });
    expect(await ack).toMatchObject({ duplicate: false });
  }
}

/** Of the windows that lie within one scene, how many are answered right; by each sense too. */
function shares(predictions: readonly Prediction[]): {
  readonly fused: number;
  readonly audio: number;
  readonly video: number;
} {
  const within = predictions.filter(
    ({ start, end }) => Math.floor(start / 1e6 / SCENE_S) === Math.floor((end - 1) / 1e6 / SCENE_S),
  );
  const right = (answerOf: (one: Prediction) => string | null): number => {
    const hits = within.filter((one) => {
      const classId = one.classIds[sceneAt(one.start / 1e6)];
      return classId !== undefined && answerOf(one) === classId;
    });
    return hits.length / within.length;
  };
  return {
    fused: right(({ answer }) => answer),
    audio: right(({ audio }) => audio.answer),
    video: right(({ video }) => video.answer),
  };
}

/** What a server's project has in its journal. */
async function journalOf({ dataFolder }: TestServer) {
  const project = join(dataFolder, 'default');
  const { hash } = featuresOf(await recordedBackbones(project));
  return openJournalReader(join(project, 'journal.sqlite'), hash);
}

describe('a server with backbones', { timeout: 300_000 }, () => {
  it('learns two scenes from labels, by each sense, and keeps embeddings alone', async () => {
    const { client } = await stream(server);
    await teach(client, 0);
    const settled = client.next('settled', () => true, millis(200_000));
    client.send({ type: 'settle', request: 1, timeout: millis(180_000) });
    expect(await settled).toMatchObject({ idle: true });
    client.close();

    const reader = await journalOf(server);
    const entries = reader.entries();
    const labels = entries.filter(({ event }) => event.type === 'label');
    expect(labels).toHaveLength(SCENES_SHOWN);
    const samples = labels.flatMap(({ seq }) => reader.samples(seq));
    expect(samples.length).toBeGreaterThanOrEqual(2 * SCENES_SHOWN);
    for (const sample of samples) {
      expect([sample.mel, sample.rgb, sample.older]).toEqual([null, null, null]);
      expect(sample.audioEmbedding).toMatchObject({ signal: 'live', values: { length: 16 } });
      expect(sample.videoEmbedding).toMatchObject({ values: { length: 24 } });
    }
    const ended = entries.filter(({ event }) => event.type === 'promotion' || event.type === 'rejection');
    expect(ended.length).toBeGreaterThan(0); // rounds ran on what is kept, and were judged
    reader.close();
  });

  it('knows them after a restart', async () => {
    server = await server.restart();
    const { client, predictions } = await stream(server);
    client.close();
    const { fused, audio, video } = shares(predictions);
    expect(fused).toBeGreaterThan(0.9);
    expect(audio).toBeGreaterThan(0.9);
    expect(video).toBeGreaterThan(0.9);
  });

  it('rebuilds every version from the journal, without a backbone', async () => {
    const printed: string[] = [];
    const code = await rebuild(parseRebuild(['--data', server.dataFolder]), (line) => printed.push(line));
    expect([code, printed.at(-1)]).toEqual([0, expect.stringMatching(/identical/)]);
  });

  it('is refused without its backbones, with the remedy', async () => {
    await server.running.close();
    await expect(startServer(['--init', 'random'], server.dataFolder)).rejects.toMatchObject({
      code: 'ERR_BACKBONE_PROJECT',
      message: expect.stringMatching(
        /start with --(audio|video)-backbone .*model\.json, or start a new project/,
      ),
    });
    server = await startServer(flags, server.dataFolder);
  });
});

describe('a server with a layers model on log-mel, for sound alone', { timeout: 300_000 }, () => {
  it('answers by its embeddings, and by its own encoder of pictures', async () => {
    const model = await writeMelLayers(join(folder, 'mel'));
    const heard = await startServer(['--audio-backbone', model, '--init', 'random']);
    try {
      const first = await stream(heard);
      await teach(first.client, SCENES_SHOWN - 2);
      first.client.close();
      const again = await stream(heard);
      again.client.close();
      const { fused, audio } = shares(again.predictions);
      expect(fused).toBeGreaterThan(0.9);
      expect(audio).toBeGreaterThan(0.9);
      const reader = await journalOf(heard);
      const labels = reader.entries().filter(({ event }) => event.type === 'label');
      const samples = labels.flatMap(({ seq }) => reader.samples(seq));
      reader.close();
      expect(samples.length).toBeGreaterThanOrEqual(2);
      for (const { mel, audioEmbedding, rgb, videoEmbedding } of samples) {
        expect([mel, videoEmbedding ?? null]).toEqual([null, null]);
        expect(audioEmbedding).toMatchObject({ signal: 'live', values: { length: 20 } });
        expect(rgb).toHaveLength(96 * 96 * 3);
      }
    } finally {
      await heard.close();
    }
  });
});
