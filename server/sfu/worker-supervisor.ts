/**
 * One media worker process, kept alive: a port, a router, and the connections it carries.
 *
 * When it dies, its connections are told that a new offer would be answered, and another process takes its place on the same
 * port: at once, or after a while that doubles where it keeps dying.
 */
import type { types } from 'mediasoup';

import { type Millis, millis } from '../../proto/units.ts';
import type { Clock } from '../../src/clock.ts';
import type { Log } from '../log.ts';
import { ROUTER_CODECS } from './codings.ts';
import { MediasoupConnection } from './connection.ts';
import type { SfuLimits } from './limits.ts';
import type { Offer } from './offer.ts';
import type { RtcConnection, RtcSink } from './ports.ts';
import { endWorker, startedInTime } from './worker-process.ts';

export type SupervisorOptions = {
  readonly createWorker: () => Promise<types.Worker>;
  readonly listenAddress: string;
  /** What candidates say in place of `listenAddress`; none: the same. */
  readonly announcedAddresses: readonly string[];
  /** For UDP and TCP; 0: any free one of each, kept from then on. */
  readonly port: number;
  readonly limits: SfuLimits;
  readonly clock: Clock;
  readonly log: Log;
};

/** What one worker holds and has used. */
export type WorkerUsage = {
  readonly pid: number;
  readonly connections: number;
  /** Of both kinds, as the worker itself counts them: a connection has two. */
  readonly transports: number;
  readonly producers: number;
  readonly consumers: number;
  /** Processor time since it started. */
  readonly cpu: Millis;
};

type Running = {
  readonly worker: types.Worker;
  readonly server: types.WebRtcServer;
  readonly router: types.Router;
};

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 10_000;
const STEADY_MS = 10_000; // a worker that lived this long was no failed start: the back-off begins anew

export class WorkerSupervisor {
  readonly #options: SupervisorOptions;
  readonly #connections = new Set<MediasoupConnection>();
  #ports: { readonly udp: number; readonly tcp: number };
  /** Connections that are being set up. */
  #opening = 0;
  #running: Running | null = null;
  #retryMs = 0;
  #retry: NodeJS.Timeout | null = null;
  #closed = false;
  #waiting: (() => void)[] = [];

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#ports = { udp: options.port, tcp: options.port };
  }

  /** The first start. Rejects where it fails; then it is of no use. */
  async start(): Promise<void> {
    await this.#start();
  }

  get running(): boolean {
    return this.#running !== null && !this.#running.worker.closed;
  }

  /** False while it dies again and again. */
  get healthy(): boolean {
    return this.running || (!this.#closed && this.#retryMs < LAST_RETRY_MS);
  }

  /** Connections, those being set up included. */
  get load(): number {
    return this.#connections.size + this.#opening;
  }

  /** Resolves when a worker runs. Rejects after `limit`, or when closed. */
  whenRunning(limit: Millis): Promise<void> {
    if (this.running) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        if (this.running) resolve();
        else reject(new Error('no worker runs'));
      };
      const timer = setTimeout(settle, this.#closed ? 0 : limit);
      this.#waiting.push(settle);
    });
  }

  /** Sets a connection up. Rejects with what the worker said, or because it died. */
  async open(offer: Offer, sink: RtcSink): Promise<RtcConnection> {
    const running = this.#running;
    if (!running) throw new Error('no worker runs: await whenRunning');
    this.#opening += 1;
    try {
      const { limits, clock, log, announcedAddresses } = this.#options;
      const onClosed = (closed: MediasoupConnection): void => void this.#connections.delete(closed);
      const { server: webRtcServer, router } = running;
      const connection = await MediasoupConnection.open(
        { webRtcServer, router, limits, clock, log, onClosed, alsoAt: announcedAddresses.slice(1) },
        offer,
        sink,
      );
      if (!connection.closed) this.#connections.add(connection);
      return connection;
    } finally {
      this.#opening -= 1;
    }
  }

  /** Null while no worker runs. */
  async usage(): Promise<WorkerUsage | null> {
    const running = this.#running;
    if (!running) return null;
    try {
      const [{ ru_utime, ru_stime }, router] = await Promise.all([
        running.worker.getResourceUsage(),
        running.router.dump(),
      ]);
      return {
        pid: running.worker.pid,
        connections: this.load,
        transports: router.transportIds.length,
        producers: router.mapProducerIdConsumerIds.length,
        consumers: router.mapConsumerIdProducerId.length,
        cpu: millis(ru_utime + ru_stime),
      };
    } catch {
      return null; // it died while it was asked
    }
  }

  /** Ends its connections, without telling them, and the process. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#retry) clearTimeout(this.#retry);
    for (const connection of [...this.#connections]) connection.close();
    const running = this.#running;
    this.#running = null;
    this.#wake();
    if (running) await endWorker(running.worker);
  }

  async #start(): Promise<void> {
    const running = await this.#create();
    if (this.#closed) {
      await endWorker(running.worker);
      return;
    }
    const startedAt = performance.now();
    this.#running = running;
    running.worker.on('died', (error) => this.#died(error, performance.now() - startedAt));
    if (running.worker.died) this.#died(new Error('it ended at once'), 0);
    const { pid } = running.worker;
    this.#options.log.info('a media worker runs', {
      pid,
      udpPort: this.#ports.udp,
      tcpPort: this.#ports.tcp,
    });
    this.#wake();
  }

  async #create(): Promise<Running> {
    const worker = await startedInTime(this.#options.createWorker());
    try {
      const server = await worker.createWebRtcServer({ listenInfos: this.#listenInfos() });
      const router = await worker.createRouter({ mediaCodecs: ROUTER_CODECS });
      const { udpSockets, tcpServers } = await server.dump();
      this.#ports = { udp: udpSockets[0]?.port ?? 0, tcp: tcpServers[0]?.port ?? 0 };
      return { worker, server, router };
    } catch (error) {
      worker.close();
      throw error;
    }
  }

  #listenInfos(): types.TransportListenInfo[] {
    const { listenAddress: ip, announcedAddresses } = this.#options;
    const [announcedAddress] = announcedAddresses;
    const announced = announcedAddress === undefined ? {} : { announcedAddress };
    return (['udp', 'tcp'] as const).map((protocol) => ({
      protocol,
      ip,
      ...announced,
      ...(this.#ports[protocol] === 0 ? {} : { port: this.#ports[protocol] }),
    }));
  }

  /** Its connections hear of it through their transports. */
  #died(error: Error, livedMs: number): void {
    if (this.#closed || this.#running === null) return;
    this.#running = null;
    if (livedMs >= STEADY_MS) this.#retryMs = 0;
    this.#options.log.warn('a media worker died and is started again', {
      reason: error.message,
      livedMs,
      retryInMs: this.#retryMs,
    });
    this.#startLater();
  }

  #startLater(): void {
    const delay = this.#retryMs;
    this.#retryMs = Math.min(LAST_RETRY_MS, Math.max(FIRST_RETRY_MS, 2 * delay));
    this.#retry = setTimeout(() => {
      this.#start().catch((error: unknown) => {
        if (this.#closed) return;
        this.#options.log.warn('a media worker could not be started', {
          reason: String(error),
          retryInMs: this.#retryMs,
        });
        this.#startLater();
      });
    }, delay);
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
