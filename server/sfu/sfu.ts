/**
 * WebRTC through mediasoup: a pool of media workers, each with one port for UDP and TCP.
 */
import { access, constants } from 'node:fs/promises';

import type { WebrtcState } from '../../proto/messages.ts';
import { type Millis, millis } from '../../proto/units.ts';
import type { Clock } from '../../src/clock.ts';
import { SfuError } from '../errors.ts';
import type { Log } from '../log.ts';
import { DEFAULT_LIMITS, type SfuLimits } from './limits.ts';
import { type Offer, readOffer } from './offer.ts';
import type { RtcConnection, RtcSink, Sfu } from './ports.ts';
import { unavailableSfu } from './unavailable.ts';
import { WorkerSupervisor, type WorkerUsage } from './worker-supervisor.ts';

export type SfuOptions = {
  /** Worker processes, at least 1: about one for each two cores. */
  readonly workers: number;
  readonly listenAddress: string;
  /** Worker n listens on `basePort + n`, UDP and TCP; 0: any free ports. */
  readonly basePort: number;
  /** The addresses or host names that senders are told, the likeliest first; none: `listenAddress`. */
  readonly announcedAddresses: readonly string[];
  /** The mediasoup-worker program; null where the set-up has none. */
  readonly workerBinary: string | null;
  /** Said where there is no program, or it does not start. */
  readonly unavailable?: { readonly reason: string; readonly remedy: string };
  readonly limits?: Partial<SfuLimits>;
  readonly clock: Clock;
  readonly log: Log;
};

const REMEDY = 'npm run doctor says what is wrong with the media worker';
/** A worker that died is back in 0.2 s; an offer waits for it this long. */
const RESTART_LIMIT: Millis = millis(3_000);

export class MediasoupSfu implements Sfu {
  readonly #supervisors: readonly WorkerSupervisor[];
  readonly #limits: SfuLimits;
  #closed = false;

  private constructor(supervisors: readonly WorkerSupervisor[], limits: SfuLimits) {
    this.#supervisors = supervisors;
    this.#limits = limits;
  }

  /** Never rejects: where no worker can be started, the result says so in its `state`. */
  static async start(options: SfuOptions): Promise<Sfu> {
    const { workerBinary, unavailable, log } = options;
    const remedy = unavailable?.remedy ?? REMEDY;
    if (workerBinary === null) {
      return unavailableSfu(unavailable?.reason ?? 'the media worker is not set up', remedy);
    }
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    try {
      // Asked first, because mediasoup raises a missing program as an error that nobody can catch (G9).
      await access(workerBinary, constants.X_OK);
      const supervisors = await startWorkers(options, workerBinary, limits);
      return new MediasoupSfu(supervisors, limits);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.warn('no media worker could be started', { reason });
      return unavailableSfu(`the media worker does not start: ${reason}`, remedy);
    }
  }

  get state(): WebrtcState {
    if (this.#closed) return { available: false, reason: 'it was closed', remedy: 'start the server again' };
    if (this.#supervisors.some(({ healthy }) => healthy)) return { available: true };
    return { available: false, reason: 'every media worker dies again and again', remedy: REMEDY };
  }

  check(sdp: string): void {
    readOffer(sdp);
  }

  async accept(sdp: string, sink: RtcSink): Promise<RtcConnection> {
    const offer = readOffer(sdp);
    // A worker that dies under an offer is no fault of the offer: another one takes it, or the one that comes in its place.
    return (await this.#open(offer, sink)) ?? (await this.#open(offer, sink)) ?? unavailable();
  }

  /** What each running worker holds and has used. */
  async usage(): Promise<readonly WorkerUsage[]> {
    const all = await Promise.all(this.#supervisors.map((supervisor) => supervisor.usage()));
    return all.filter((usage) => usage !== null);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#supervisors.map((supervisor) => supervisor.close()));
  }

  /** Null where its worker died meanwhile. */
  async #open(offer: Offer, sink: RtcSink): Promise<RtcConnection | null> {
    // No await between the choice and its opening, so that offers at the same time see each other's load.
    const supervisor = this.#leastLoaded() ?? (await this.#firstBack());
    if (supervisor.load >= this.#limits.connections) {
      const hint = `${this.#limits.connections} connections on every media worker: expected fewer. Try again later`;
      throw new SfuError('ERR_SFU_LIMIT', hint);
    }
    try {
      return await supervisor.open(offer, sink);
    } catch (cause) {
      if (!supervisor.running) return null;
      const seen = cause instanceof Error ? cause.message : String(cause);
      const hint = `an offer that the media worker refuses (${seen}): expected tracks that it can tell apart. Offer them anew`;
      throw new SfuError('ERR_SFU_OFFER', hint, { cause });
    }
  }

  #leastLoaded(): WorkerSupervisor | undefined {
    return this.#supervisors.filter(({ running }) => running).toSorted((a, b) => a.load - b.load)[0];
  }

  /** Where none runs: the first that comes back. */
  async #firstBack(): Promise<WorkerSupervisor> {
    if (this.#closed) unavailable();
    const backs = this.#supervisors.map((one) => one.whenRunning(RESTART_LIMIT));
    await Promise.any(backs).catch(() => undefined);
    return this.#leastLoaded() ?? unavailable();
  }
}

function unavailable(): never {
  throw new SfuError(
    'ERR_SFU_UNAVAILABLE',
    `no media worker runs: send over the WebSocket instead. ${REMEDY}`,
  );
}

/** Those that start; rejects where none does. */
async function startWorkers(
  options: SfuOptions,
  workerBin: string,
  limits: SfuLimits,
): Promise<readonly WorkerSupervisor[]> {
  const { workers, basePort, listenAddress, announcedAddresses, clock, log } = options;
  const { createWorker } = await import('mediasoup'); // 60 ms and 15 MB that a server without WebRTC does not pay
  const started = Array.from({ length: workers }, async (_, n) => {
    const supervisor = new WorkerSupervisor({
      createWorker: () => createWorker({ workerBin, logLevel: 'none' }),
      listenAddress,
      announcedAddresses,
      port: basePort === 0 ? 0 : basePort + n,
      limits,
      clock,
      log: log.with({ worker: n }),
    });
    await supervisor.start();
    return supervisor;
  });
  const outcomes = await Promise.allSettled(started);
  const running = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (running.length === 0) throw failed?.reason;
  if (failed) log.warn('not every media worker could be started', { reason: String(failed.reason) });
  return running;
}
