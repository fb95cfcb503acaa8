/** The real media worker in tests: whether this machine has one, an SFU over it, and a sink that keeps what comes. */
import { existsSync } from 'node:fs';

import type { TrackConfig } from '../../proto/messages.ts';
import { systemClock } from '../../server/clock.ts';
import { silentLog } from '../../server/log.ts';
import { readSetupPart } from '../../server/setup-report.ts';
import type { RtcSink, RtcUnit } from '../../server/sfu/ports.ts';
import { MediasoupSfu, type SfuOptions } from '../../server/sfu/sfu.ts';

/** The worker program of this machine's set-up, or null, said once in a test run's output. */
export async function workerBinary(): Promise<string | null> {
  const { path, detail } = await readSetupPart('mediasoup');
  if (path !== '' && existsSync(path)) return path;
  console.warn(`skipped: no media worker on this machine (${detail || 'the set-up has not made one'})`);
  return null;
}

/** An SFU on free loopback ports. The caller closes it. */
export async function startSfu(binary: string, options: Partial<SfuOptions> = {}): Promise<MediasoupSfu> {
  const sfu = await MediasoupSfu.start({
    workers: 1,
    listenAddress: '127.0.0.1',
    basePort: 0,
    announcedAddresses: [],
    workerBinary: binary,
    clock: systemClock,
    log: silentLog,
    ...options,
  });
  if (!(sfu instanceof MediasoupSfu)) throw new Error(`no SFU: ${JSON.stringify(sfu.state)}`);
  return sfu;
}

/** A unit and the wall clock at its arrival, milliseconds. */
export type ArrivedUnit = RtcUnit & { readonly arrivedMs: number };

/** Keeps everything that it is told. */
export class RecordingSink implements RtcSink {
  readonly opened: TrackConfig[] = [];
  readonly units: ArrivedUnit[] = [];
  readonly shuts: string[] = [];
  readonly sheds = new Map<string, number>();
  readonly goneFor: { readonly reason: string; readonly again: boolean }[] = [];
  /** Told of each track and unit as well. */
  onOpen: (track: TrackConfig) => void = () => undefined;
  onUnit: (unit: RtcUnit) => void = () => undefined;
  #waiting: (() => void)[] = [];

  readonly open = (track: TrackConfig): void => {
    this.opened.push(track);
    this.onOpen(track);
    this.#wake();
  };
  readonly unit = (unit: RtcUnit): void => {
    this.units.push({ ...unit, arrivedMs: performance.timeOrigin + performance.now() });
    this.onUnit(unit);
    this.#wake();
  };
  readonly shut = (modality: string): void => {
    this.shuts.push(modality);
    this.#wake();
  };
  readonly shed = (reason: string, count: number): void => {
    this.sheds.set(reason, (this.sheds.get(reason) ?? 0) + count);
  };
  readonly gone = (reason: string, again: boolean): void => {
    this.goneFor.push({ reason, again });
    this.#wake();
  };

  of(modality: 'audio' | 'video'): readonly ArrivedUnit[] {
    return this.units.filter((unit) => unit.modality === modality);
  }

  /** Resolves when `reached` holds after something came; rejects with what had come by `limitMs`. */
  until(reached: () => boolean, limitMs = 20_000): Promise<void> {
    if (reached()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => {
        this.#waiting = this.#waiting.filter((one) => one !== check);
        const counts = `${this.of('audio').length} of sound, ${this.of('video').length} of picture, gone ${JSON.stringify(this.goneFor)}`;
        reject(
          new Error(`not reached after ${limitMs} ms: ${counts}, sheds ${JSON.stringify([...this.sheds])}`),
        );
      }, limitMs);
      const check = (): void => {
        if (!reached()) return;
        clearTimeout(limit);
        this.#waiting = this.#waiting.filter((one) => one !== check);
        resolve();
      };
      this.#waiting.push(check);
    });
  }

  #wake(): void {
    for (const check of [...this.#waiting]) check();
  }
}
