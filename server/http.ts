/**
 * HTTP: the page's files, health, metrics and the exchange of the access token. Safe by default: Host and Origin are checked
 * on every request and upgrade, and an address beyond loopback cannot be opened without access token and TLS.
 */
import type { IncomingMessage, Server } from 'node:http';
import { isIPv6 } from 'node:net';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import fastifyStatic from '@fastify/static';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Clock } from '../src/clock.ts';
import { type Config, isLoopback } from './config.ts';
import { ConfigError } from './errors.ts';
import { Access, newToken } from './http/access.ts';
import { type Certificate, loadCertificate } from './http/certificate.ts';
import { type Metric, metricsText } from './http/metrics.ts';
import { checkOrigin, type Hosts, machineHosts, servedHosts } from './http/origin.ts';
import { type WhipDeps, whipRoutes } from './http/whip.ts';
import type { Log } from './log.ts';
import type { Refusal } from './signaling/signaling.ts';
import { TokenBucket } from './signaling/token-bucket.ts';

export type { Metric } from './http/metrics.ts';

/** What /healthz says; anyone who may reach the server may read it. */
export type HealthReport = {
  readonly status: 'ok' | 'starting' | 'failing';
  readonly version: string;
  readonly backend: string;
  readonly backendReason: string;
  readonly backendRemedy: string;
  readonly [name: string]: string | number | boolean | null;
};

export type HttpDeps = {
  /** Folder of the built page. */
  readonly clientFolder: string;
  readonly health: () => HealthReport;
  readonly metrics: () => readonly Metric[];
  readonly whip: WhipDeps['whip'];
  readonly endWhip: WhipDeps['endWhip'];
  readonly clock: Clock;
  readonly log: Log;
};

export type Http = {
  /** For the signaling's upgrades. */
  readonly server: Server;
  /** Checks Host, Origin and access of an upgrade; null admits it. */
  readonly admit: (request: IncomingMessage) => Refusal | null;
  /** Opens the port. `urls`: where the page is, the one to print first; with the access token in the fragment. @throws {ConfigError} ERR_CONFIG_LISTEN */
  listen(): Promise<{
    readonly urls: readonly string[];
    readonly port: number;
    readonly fingerprint: string | null;
  }>;
  /** Ends every request and the port. Idempotent. Sockets that were upgraded are the signaling's to close. */
  close(): Promise<void>;
};

/** Requests of one address in a minute; a page with its assets takes about ten. */
const REQUESTS_PER_MINUTE = 600;
/** Attempts to exchange a token, of one address in a minute. */
const EXCHANGES_PER_MINUTE = 10;
/** Upgrades with a wrong proof, of all addresses together. */
const FAILED_UPGRADES = { perSecond: 1, burst: 30 };

/**
 * Builds the server; opens nothing but the certificate's files.
 * @throws {ConfigError} ERR_CONFIG_EXPOSED, ERR_CONFIG_TLS
 */
export async function createHttp(config: Config, deps: HttpDeps): Promise<Http> {
  if (!isLoopback(config.host) && (config.access !== 'token' || config.tls === null)) {
    const message = `${config.host} can be reached by others, expected an access token and TLS: leave --host out or both on`;
    throw new ConfigError('ERR_CONFIG_EXPOSED', message);
  }
  const { clock } = deps;
  const certificate =
    config.tls &&
    (await loadCertificate(config.tls, config.dataFolder, certificateHosts(config), clock.wall()));
  const token = config.access === 'token' ? (config.token ?? newToken()) : null;
  const access = token === null ? null : new Access(token, certificate !== null);
  const hosts = servedHosts(config);
  const app = await createApp({ ...deps, certificate, access, hosts });
  const failures = new TokenBucket(FAILED_UPGRADES.perSecond, FAILED_UPGRADES.burst, clock.monotonic());
  return {
    server: app.server,
    admit: ({ headers }) => {
      const refusal = checkOrigin(headers, hosts);
      if (refusal || access === null || access.hasBearer(headers)) return refusal;
      // Without an Origin it is no page of ours, so a cookie proves nothing.
      if (headers.origin !== undefined && access.hasCookie(headers, clock.wall())) return null;
      return failures.take(1, clock.monotonic()) ? UNAUTHORIZED : TOO_MANY;
    },
    listen: async () => {
      const port = await open(app, config);
      const scheme = certificate ? 'https' : 'http';
      const fragment = token === null ? '' : `#token=${token}`;
      const urls = shownHosts(config.host).map((host) => `${scheme}://${host}:${port}/${fragment}`);
      return { urls, port, fingerprint: certificate?.fingerprint ?? null };
    },
    close: () => app.close(),
  };
}

const UNAUTHORIZED: Refusal = {
  status: 401,
  reason: 'an access token is needed: open the URL printed at start, or send Authorization: Bearer',
};
const TOO_MANY: Refusal = { status: 429, reason: 'too many attempts: wait a minute' };

type AppOptions = HttpDeps & {
  readonly certificate: Certificate | null;
  readonly access: Access | null;
  readonly hosts: Hosts;
};

async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const { certificate } = options;
  const shared = {
    logger: false,
    bodyLimit: 4096,
    requestTimeout: 15_000,
    connectionTimeout: 0, // sockets live on: their heartbeat is the signaling's
    forceCloseConnections: true,
    trustProxy: false,
  } as const;
  // An HTTPS server's type differs only in its options; fastify's other methods do not depend on it.
  const app: FastifyInstance = Fastify({
    ...shared,
    ...(certificate
      ? { https: { cert: certificate.cert, key: certificate.key, minVersion: 'TLSv1.2' } }
      : {}),
  });
  // First of all hooks: nothing of ours answers a foreign Host or Origin, not even with an error page.
  app.addHook('onRequest', async (request, reply) => {
    const refusal = checkOrigin(request.headers, options.hosts);
    if (refusal) return reply.code(refusal.status).type('text/plain').send(`${refusal.reason}\n`);
  });
  await app.register(helmet, helmetOptions());
  await app.register(rateLimit, { max: REQUESTS_PER_MINUTE, timeWindow: 60_000, cache: 1000 });
  addRoutes(app, options);
  const { access, clock, whip, endWhip } = options;
  const admitted = ({ headers }: FastifyRequest): boolean =>
    access === null || access.hasBearer(headers) || access.hasCookie(headers, clock.wall());
  await app.register(whipRoutes, { whip, endWhip, admitted });
  await app.register(fastifyStatic, {
    root: options.clientFolder,
    suppressWarning: true, // a page that was not built yet is said by the answer below
    cacheControl: false,
    setHeaders: (reply, path) => void reply.header('cache-control', cachingOf(path)),
  });
  app.setNotFoundHandler(notFound);
  app.setErrorHandler((error, _request, reply) => {
    const status = statusOf(error);
    if (status >= 500) options.log.error('a request failed', { reason: String(error) });
    const said = status >= 500 || !(error instanceof Error) ? 'the request failed' : error.message;
    return reply.code(status).type('text/plain').send(`${said}\n`);
  });
  return app;
}

function addRoutes(app: FastifyInstance, { health, metrics, access, clock }: AppOptions): void {
  app.get('/healthz', async (_request, reply) => {
    const report = health();
    return reply
      .code(report.status === 'failing' ? 503 : 200)
      .header('cache-control', 'no-store')
      .send(report);
  });
  app.get('/readyz', async (_request, reply) => {
    const { status } = health();
    return reply
      .code(status === 'ok' ? 200 : 503)
      .header('cache-control', 'no-store')
      .type('text/plain')
      .send(`${status}\n`);
  });
  app.get('/metrics', async ({ headers }, reply) => {
    if (access && !access.hasBearer(headers) && !access.hasCookie(headers, clock.wall()))
      return refuse(reply, UNAUTHORIZED);
    return reply.type('text/plain; version=0.0.4').send(metricsText(metrics()));
  });
  // A refused upgrade tells a page nothing, so it asks here why.
  app.get('/api/access', async ({ headers }, reply) => {
    reply.header('cache-control', 'no-store');
    const open = access === null || access.hasBearer(headers) || access.hasCookie(headers, clock.wall());
    return open ? reply.code(204).send() : refuse(reply, UNAUTHORIZED);
  });
  const exchange = { config: { rateLimit: { max: EXCHANGES_PER_MINUTE, timeWindow: 60_000 } } };
  app.post('/api/exchange', exchange, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    if (access === null) return reply.code(204).send();
    if (!access.knows(tokenOf(request))) return refuse(reply, UNAUTHORIZED);
    return reply.code(204).header('set-cookie', access.cookie(clock.wall())).send();
  });
}

const refuse = (reply: FastifyReply, { status, reason }: Refusal): FastifyReply =>
  reply.code(status).type('text/plain').send(`${reason}\n`);

function tokenOf({ body }: FastifyRequest): string {
  const token = typeof body === 'object' && body !== null && 'token' in body ? body.token : null;
  return typeof token === 'string' ? token : '';
}

function statusOf(error: unknown): number {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : 500;
  return typeof status === 'number' && status >= 400 && status <= 599 ? status : 500;
}

/** Vite puts a hash of their content into the names below assets/. */
const cachingOf = (path: string): string =>
  /[/\\]assets[/\\]/.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache';

function notFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const page = request.url === '/' || request.url.startsWith('/index.html');
  const reason = page ? 'the page is not built: run npm run build' : 'there is nothing here';
  return refuse(reply, { status: page ? 503 : 404, reason });
}

type HelmetOptions = Parameters<typeof helmet>[1];

/** No inline script or style, no eval, nothing from elsewhere. */
function helmetOptions(): HelmetOptions {
  const self = "'self'";
  // Safari before 15.4 does not count a socket to the same host as 'self'. The Host header was checked before.
  const socket = (scheme: string) => (request: IncomingMessage) =>
    `${scheme}://${request.headers.host ?? 'localhost'}`;
  return {
    contentSecurityPolicy: {
      useDefaults: false, // its upgrade-insecure-requests would break plain HTTP
      directives: {
        defaultSrc: [self],
        scriptSrc: [self],
        styleSrc: [self],
        workerSrc: [self],
        connectSrc: [self, socket('ws'), socket('wss')],
        imgSrc: [self, 'blob:', 'data:'],
        mediaSrc: [self, 'blob:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: [self],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: false, // a self-signed certificate must stay replaceable
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  };
}

async function open(app: FastifyInstance, { host, port }: Config): Promise<number> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `${host}:${port} cannot be opened (${reason}): stop what uses it, or give another --port (0: any free one)`;
    throw new ConfigError('ERR_CONFIG_LISTEN', message, { cause });
  }
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

const inUrl = (host: string): string => (isIPv6(host) ? `[${host}]` : host);

/** Where people find it: an address that stands for all is not one to open. */
function shownHosts(host: string): readonly string[] {
  if (host !== '0.0.0.0' && host !== '::') return [inUrl(host)];
  return [...machineHosts().filter((name) => host === '::' || !isIPv6(name)), 'localhost'].map(inUrl);
}

function certificateHosts({ host, allowedHosts }: Config): readonly string[] {
  return host === '0.0.0.0' || host === '::' ? allowedHosts : [host, ...allowedHosts];
}
