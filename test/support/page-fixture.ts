/**
 * A test fixture, no server of the product: it serves the built page under the product's CSP and speaks the wire with
 * scripted answers, so that every state of the screen can be looked at without a model. Nothing here decodes or learns.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type WebSocket, WebSocketServer } from 'ws';
import { decodeClient, encodeServer } from '../../proto/codec.ts';
import type { ClientMessage, ServerMessage } from '../../proto/messages.ts';
import { type FixtureScenario, ScriptedSession } from './page-script.ts';

const CLIENT_FOLDER = fileURLToPath(new URL('../../dist/client', import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
/** As strict as the product's own. */
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; worker-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'none'";

export type PageFixture = {
  readonly url: string;
  /** What the page has sent, newest last, media left out. */
  readonly received: readonly ClientMessage[];
  /** Media units received, by modality. */
  readonly units: Readonly<Record<'audio' | 'video', number>>;
  /** Ends every connection, as a server that goes away. Connections are refused until `comeBack()`. */
  goAway(): void;
  comeBack(): void;
  close(): Promise<void>;
};

async function serveFile(path: string, reply: ServerResponse): Promise<void> {
  const name = normalize(path === '/' ? '/index.html' : path);
  try {
    const body = await readFile(join(CLIENT_FOLDER, name));
    reply.writeHead(200, {
      'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
      'content-security-policy': CSP,
    });
    reply.end(body);
  } catch {
    reply.writeHead(404).end();
  }
}

/** Opens a port on loopback. The page must have been built (`vite build --config client/vite.config.ts`). */
export async function openPageFixture(scenario: FixtureScenario = {}): Promise<PageFixture> {
  const received: ClientMessage[] = [];
  const units = { audio: 0, video: 0 };
  const script = new ScriptedSession(scenario);
  let away = false;
  const http: Server = createServer((request, reply) => {
    void serveFile(new URL(request.url ?? '/', 'http://localhost').pathname, reply);
  });
  const sockets = new WebSocketServer({ noServer: true });
  http.on('upgrade', (request, stream, head) => {
    if (away) stream.destroy();
    else sockets.handleUpgrade(request, stream, head, (socket) => attend(socket));
  });
  const attend = (socket: WebSocket): void => {
    const send = (message: ServerMessage): void => {
      if (socket.readyState === socket.OPEN) socket.send(encodeServer(message));
    };
    const stop = script.attach(send);
    socket.on('close', stop);
    socket.on('message', (data) => {
      if (!Buffer.isBuffer(data)) return;
      const message = decodeClient(data);
      if (message.type === 'media') units[message.unit.modality]++;
      else received.push(message);
      script.receive(message, send);
    });
  };
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  const { port } = http.address() as AddressInfo;
  const dropAll = (): void => {
    for (const socket of sockets.clients) socket.terminate();
  };
  return {
    url: `http://127.0.0.1:${port}/`,
    received,
    units,
    goAway: () => {
      away = true;
      dropAll();
    },
    comeBack: () => {
      away = false;
    },
    close: () => {
      dropAll();
      return new Promise((done) => http.close(() => done()));
    },
  };
}
