/**
 * Safe by default, over real sockets: HTTP and signaling together, open on loopback and closed beyond it.
 *
 * Nothing here listens beyond loopback: what `--host` turns on is kept, and the address put back.
 */
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { encodeClient } from '../../proto/codec.ts';
import { micros, millis } from '../../proto/units.ts';
import { type Config, readConfig } from '../../server/config.ts';
import { createHttp, type Http } from '../../server/http.ts';
import { silentLog } from '../../server/log.ts';
import { createSignaling, type Peer, type Signaling } from '../../server/signaling/signaling.ts';

type Running = {
  readonly http: Http;
  readonly signaling: Signaling;
  readonly port: number;
  readonly url: string;
  readonly fingerprint: string | null;
  readonly peers: Peer[];
};
type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string };

const clock = { monotonic: () => micros(0), wall: () => millis(Date.UTC(2026, 5, 1)) };
const noWhip = { whip: () => Promise.reject(new Error('not asked here')), endWhip: () => false };
let folder = '';
let running: Running;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'counterpoise-'));
  await mkdir(join(folder, 'client', 'assets'), { recursive: true });
  await writeFile(join(folder, 'client', 'index.html'), '<!doctype html><title>page</title>');
  await writeFile(join(folder, 'client', 'assets', 'main-1a2b.js'), 'export {};');
  await writeFile(join(folder, 'secret.txt'), 'for nobody');
});
afterEach(async () => {
  await running.signaling.close();
  await running.http.close();
  await rm(folder, { recursive: true, force: true });
});

function configOf(args: readonly string[], env: Record<string, string> = {}): Config {
  const read = readConfig(['--port', '0', '--data', join(folder, 'data'), ...args], env, folder);
  if (read.type !== 'config') throw new Error('expected settings');
  return read.config;
}

async function start(args: readonly string[] = [], env?: Record<string, string>): Promise<Running> {
  const http = await createHttp(
    { ...configOf(args, env), host: '127.0.0.1' },
    {
      clientFolder: join(folder, 'client'),
      health: () => ({
        status: 'ok',
        version: '0.1.0',
        backend: 'wasm',
        backendReason: 'no TensorFlow library',
        backendRemedy: 'npm start',
      }),
      ...noWhip,
      metrics: () => [{ name: 'sessions', help: 'Sessions.', type: 'gauge', values: [{ value: 1 }] }],
      clock,
      log: silentLog,
    },
  );
  const peers: Peer[] = [];
  const { server, admit } = http;
  const signaling = createSignaling({
    server,
    admit,
    clock,
    log: silentLog,
    onPeer: (peer) => peers.push(peer),
  });
  const { urls, port, fingerprint } = await http.listen();
  running = { http, signaling, port, url: urls[0] ?? '', fingerprint, peers };
  return running;
}

type Sent = {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly tls?: boolean;
};

async function ask(path: string, { method, headers, body, tls }: Sent = {}): Promise<Answer> {
  const options = {
    host: '127.0.0.1',
    port: running.port,
    path,
    method: method ?? 'GET',
    headers: headers ?? {},
  };
  const request = tls ? httpsRequest({ ...options, rejectUnauthorized: false }) : httpRequest(options);
  request.end(body);
  const [response] = await once(request, 'response');
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode, headers: response.headers, body: text };
}

/** HTTP status of an upgrade: 101 when it was taken. */
async function upgrade(headers: Record<string, string>, tls = false): Promise<number> {
  const scheme = tls ? 'wss' : 'ws';
  const socket = new WebSocket(`${scheme}://127.0.0.1:${running.port}/ws`, {
    headers,
    rejectUnauthorized: false,
  });
  socket.on('error', () => {}); // a refusal
  const status = await Promise.race([
    once(socket, 'open').then(() => 101),
    once(socket, 'unexpected-response').then(([, response]) => Number(response.statusCode)),
  ]);
  socket.terminate();
  return status;
}

const tokenOf = (url: string): string => new URLSearchParams(new URL(url).hash.slice(1)).get('token') ?? '';

describe('a server on loopback', () => {
  it('prints one address without a token', async () => {
    const { url, port } = await start();
    expect(url).toBe(`http://127.0.0.1:${port}/`);
  });

  it('serves its page with a strict policy and sensible caching', async () => {
    await start();
    const page = await ask('/');
    expect(page).toMatchObject({ status: 200, body: '<!doctype html><title>page</title>' });
    expect(page.headers['cache-control']).toBe('no-cache');
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain(
      `connect-src 'self' ws://127.0.0.1:${running.port} wss://127.0.0.1:${running.port}`,
    );
    expect(policy).not.toMatch(/unsafe|\*|https?:|upgrade-insecure/);
    expect(page.headers['x-content-type-options']).toBe('nosniff');
    expect(page.headers['strict-transport-security']).toBeUndefined();
    const asset = await ask('/assets/main-1a2b.js');
    expect(asset.headers['cache-control']).toContain('immutable');
  });

  it('says which backend runs and why', async () => {
    await start();
    const health = await ask('/healthz');
    expect(JSON.parse(health.body)).toMatchObject({
      backend: 'wasm',
      backendReason: 'no TensorFlow library',
    });
    expect(await ask('/readyz')).toMatchObject({ status: 200, body: 'ok\n' });
    expect((await ask('/metrics')).body).toContain('counterpoise_sessions 1');
  });

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/../../secret.txt',
    '//secret.txt',
  ])('does not serve %s', async (path) => {
    await start();
    const answer = await ask(path);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.body).not.toContain('for nobody');
  });

  it.each(['/', '/healthz', '/metrics', '/assets/main-1a2b.js', '/nothing'])(
    'refuses a foreign Host on %s',
    async (path) => {
      await start();
      expect((await ask(path, { headers: { host: 'evil.example' } })).status).toBe(421);
    },
  );

  it.each(['/', '/healthz', '/metrics', '/nothing'])('refuses a foreign Origin on %s', async (path) => {
    await start();
    expect((await ask(path, { headers: { origin: 'https://evil.example' } })).status).toBe(403);
  });

  it('refuses the sockets of other websites, under our name and under theirs', async () => {
    const { port } = await start();
    expect(await upgrade({ origin: 'https://evil.example' })).toBe(403);
    expect(await upgrade({ origin: 'null' })).toBe(403);
    expect(await upgrade({ origin: 'http://localhost:1' })).toBe(403);
    expect(await upgrade({ host: `evil.example:${port}`, origin: `http://evil.example:${port}` })).toBe(421);
    expect(running.signaling.peerCount).toBe(0);
  });

  it('takes the sockets of its own page and of programs', async () => {
    const { port } = await start();
    expect(await upgrade({ origin: `http://127.0.0.1:${port}` })).toBe(101);
    expect(await upgrade({ host: `localhost:${port}`, origin: `http://localhost:${port}` })).toBe(101);
    expect(await upgrade({})).toBe(101);
  });

  it('refuses a body that is too large, and one that is no JSON', async () => {
    await start();
    const post = { method: 'POST', headers: { 'content-type': 'application/json' } };
    expect((await ask('/api/exchange', { ...post, body: `{"token":"${'x'.repeat(5000)}"}` })).status).toBe(
      413,
    );
    expect((await ask('/api/exchange', { ...post, body: '{' })).status).toBe(400);
  });

  it('says that the page is not built, and serves the rest', async () => {
    await start();
    await rm(join(folder, 'client'), { recursive: true });
    expect(await ask('/')).toMatchObject({ status: 503, body: 'the page is not built: run npm run build\n' });
    expect((await ask('/healthz')).status).toBe(200);
  });

  it('says what to do about a port that is taken', async () => {
    const { port } = await start();
    const second = await createHttp(configOf(['--port', String(port)]), {
      clientFolder: folder,
      health: () => ({ status: 'ok', version: '', backend: '', backendReason: '', backendRemedy: '' }),
      ...noWhip,
      metrics: () => [],
      clock,
      log: silentLog,
    });
    await expect(second.listen()).rejects.toMatchObject({ code: 'ERR_CONFIG_LISTEN' });
    await second.close();
  });
});

describe('a server that others can reach', () => {
  const exposed = ['--host', '0.0.0.0'];

  /** The cookie that the printed token is exchanged for. */
  async function cookie(): Promise<string> {
    const answer = await ask('/api/exchange', {
      method: 'POST',
      tls: true,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: tokenOf(running.url) }),
    });
    expect(answer.status).toBe(204);
    const [header] = answer.headers['set-cookie'] ?? [];
    expect(header).toMatch(/HttpOnly; SameSite=Strict; Secure$/);
    return header?.split(';', 1)[0] ?? '';
  }

  it('has a token in the fragment of its address, TLS, and a fingerprint to compare', async () => {
    const { url, fingerprint } = await start(exposed);
    expect(url).toMatch(/^https:\/\/[^/]+:\d+\/#token=[\w-]{32}$/);
    expect(fingerprint).toMatch(/^([\dA-F]{2}:){31}[\dA-F]{2}$/);
    await expect(ask('/')).rejects.toThrow(); // plain HTTP
  });

  it.each([{ access: 'open' }, { tls: null }] as const)('cannot be built with %j', async (weaker) => {
    await start(); // only for afterEach
    const config = { ...configOf(exposed), ...weaker };
    const deps = {
      clientFolder: folder,
      health: () =>
        ({ status: 'ok', version: '', backend: '', backendReason: '', backendRemedy: '' }) as const,
      ...noWhip,
      metrics: () => [],
      clock,
      log: silentLog,
    };
    await expect(createHttp(config, deps)).rejects.toMatchObject({ code: 'ERR_CONFIG_EXPOSED' });
  });

  it('refuses sockets without proof, and with a wrong one', async () => {
    const { port } = await start(exposed);
    const origin = `https://127.0.0.1:${port}`;
    expect(await upgrade({}, true)).toBe(401);
    expect(await upgrade({ origin }, true)).toBe(401);
    expect(await upgrade({ authorization: 'Bearer wrong' }, true)).toBe(401);
    expect(await upgrade({ origin, cookie: `counterpoise=9999999999999.${'A'.repeat(43)}` }, true)).toBe(401);
    expect((await ask('/metrics', { tls: true })).status).toBe(401);
    expect((await ask('/api/access', { tls: true })).status).toBe(401);
  });

  it('takes the bearer of a program, and the cookie of its own page only', async () => {
    const { port, url } = await start(exposed);
    const proof = await cookie();
    expect(await upgrade({ authorization: `Bearer ${tokenOf(url)}` }, true)).toBe(101);
    expect(await upgrade({ origin: `https://127.0.0.1:${port}`, cookie: proof }, true)).toBe(101);
    expect(await upgrade({ cookie: proof }, true)).toBe(401); // no page of ours
    expect(await upgrade({ origin: 'https://evil.example', cookie: proof }, true)).toBe(403);
    expect((await ask('/metrics', { tls: true, headers: { cookie: proof } })).status).toBe(200);
    expect((await ask('/api/access', { tls: true, headers: { cookie: proof } })).status).toBe(204);
  });

  it('refuses a foreign Origin and Host even with the token', async () => {
    const { url } = await start(exposed);
    const authorization = `Bearer ${tokenOf(url)}`;
    expect(await upgrade({ authorization, origin: 'https://evil.example' }, true)).toBe(403);
    expect(await upgrade({ authorization, host: 'evil.example' }, true)).toBe(421);
  });

  it('limits attempts to exchange a token', async () => {
    await start(exposed);
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 12; attempt++) {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ token: `guess-${attempt}` });
      statuses.push((await ask('/api/exchange', { method: 'POST', tls: true, headers, body })).status);
    }
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
  });

  it('limits attempts to open a socket', async () => {
    await start(exposed);
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 32; attempt++)
      statuses.push(await upgrade({ authorization: 'Bearer x' }, true));
    expect(statuses.filter((status) => status === 401)).toHaveLength(30);
    expect(statuses.slice(30)).toEqual([429, 429]);
  });

  it('asks for the token behind a proxy as well', async () => {
    const given = 'a-token-of-more-than-24-characters';
    await start(['--allowed-hosts', 'cp.example.org'], { COUNTERPOISE_TOKEN: given });
    const proxied = { host: 'cp.example.org', origin: 'https://cp.example.org' };
    expect(await upgrade(proxied)).toBe(401);
    expect(await upgrade({ ...proxied, authorization: `Bearer ${given}` })).toBe(101);
  });
});

describe('a peer without a good hello', () => {
  it('reaches nothing behind the signaling', async () => {
    const { port, peers } = await start();
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
    await once(socket, 'open');
    socket.send(encodeClient({ type: 'training-command', paused: true }));
    const [status] = await once(socket, 'close');
    expect(status).toBe(4409);
    expect(peers).toEqual([]);
  });
});
