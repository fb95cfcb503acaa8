/** A real server on a project in which one label is wrong: it asks, takes the answer, and remembers it. */
import { rm } from 'node:fs/promises';
import { ulid } from 'ulid';
import { afterEach, describe, expect, it } from 'vitest';
import type { Classes, SecondLook } from '../../proto/messages.ts';
import { millis } from '../../proto/units.ts';
import { forget } from '../../server/cli/forget.ts';
import { WireClient } from '../../server/cli/wire-client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { spanOf, teachProject } from '../support/taught-project.ts';

/** Six of each in turn, and one more door that shows a cat. */
const SPANS = [
  ...Array.from({ length: 12 }, (_, n) =>
    n % 2 === 0 ? { said: 'door', kind: 0 } : { said: 'cat', kind: 2 },
  ),
  { said: 'door', kind: 2 },
];
const PATIENCE = millis(30_000);

let servers: TestServer[] = [];
let folders: string[] = [];
afterEach(async () => {
  for (const server of servers) await server.close();
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
  [servers, folders] = [[], []];
});

async function serve() {
  const { dataFolder, ids } = await teachProject(SPANS);
  folders.push(dataFolder);
  let server = await startServer(['--policy', 'frozen'], dataFolder);
  servers.push(server);
  const join = async () => {
    const options = { url: server.url, token: null, sessionName: 'test', pace: 'live', by: 'Bo' } as const;
    const { client } = await WireClient.connect(options);
    const seen: { look: SecondLook | null; classes: Classes | null } = { look: null, classes: null };
    client.messages$.subscribe({
      next: (message) => {
        if (message.type === 'second-look') seen.look = message;
        if (message.type === 'classes') seen.classes = message;
      },
      error: () => undefined,
    });
    const total = (n: number) => expect.poll(() => seen.look?.total, { timeout: PATIENCE }).toBe(n);
    return { client, seen, total };
  };
  const restart = async () => {
    server = await server.restart();
    servers = [server];
  };
  return { join, restart, urlNow: () => server.url, wrong: ids.at(-1) ?? '' };
}

describe('a label that is wrong', () => {
  it('is asked about with its moment; what was kept is never asked about again, also after a restart', async () => {
    const { join, restart, wrong } = await serve();
    const { client, seen, total } = await join();
    await total(1);
    const [suspicion] = seen.look?.suspicions ?? [];
    expect(suspicion).toMatchObject({
      labelId: wrong,
      classId: 'class-door',
      otherId: 'class-cat',
      by: 'Ada',
    });
    expect(suspicion).toMatchObject(spanOf(12));
    expect(suspicion?.picture).toHaveLength(3 * 48 * 48);
    expect(new Set(suspicion?.picture).size).toBeGreaterThan(10);

    await restart();
    const again = await join();
    await again.total(1); // asked, not answered: still asked

    const id = ulid();
    again.client.send({ type: 'review', id, labelId: wrong, classId: '' });
    await again.client.next('ack', (ack) => ack.id === id, PATIENCE);
    await again.total(0);
    await restart();
    const last = await join();
    await last.total(0);
    expect(last.seen.classes?.classes.map(({ name, spans }) => `${name} ${spans}`)).toEqual([
      'door 7',
      'cat 6',
    ]);
    for (const one of [client, again.client, last.client]) one.close();
  });

  it('is changed to the other class, with its features, and stays so', async () => {
    const { join, restart, wrong } = await serve();
    const { client, total } = await join();
    await total(1);
    const id = ulid();
    client.send({ type: 'review', id, labelId: wrong, classId: 'class-cat' });
    expect(await client.next('ack', (ack) => ack.id === id, PATIENCE)).toMatchObject({ samples: 4 });
    await total(0);
    await restart();
    const last = await join();
    await last.total(0);
    expect(last.seen.classes?.classes).toMatchObject([
      { name: 'door', spans: 6 },
      { name: 'cat', spans: 7, audioSamples: 28, videoSamples: 28 },
    ]);
    for (const one of [client, last.client]) one.close();
  });

  it('goes with its span when that is forgotten from the command line, and so does the question', async () => {
    const { join, restart, urlNow } = await serve();
    const { client, total } = await join();
    await total(1);
    const { sessionId, start, end } = spanOf(12);
    const lines: string[] = [];
    const command = { sessionId, start, end, url: urlNow(), token: null };
    expect(await forget(command, (line) => lines.push(line))).toBe(0);
    expect(lines).toEqual(['forgotten: session recorded, 34.6 to 37.4 s']);
    await total(0);
    await restart();
    const last = await join();
    await last.total(0);
    expect(last.seen.classes?.classes.map(({ spans }) => spans)).toEqual([6, 6]);
    for (const one of [client, last.client]) one.close();
  });
});
