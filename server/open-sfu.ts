/** Starts WebRTC as the configuration asks, or says why there is none. */
import { isIPv4 } from 'node:net';
import type { Clock } from '../src/clock.ts';
import type { Config } from './config.ts';
import { machineHosts } from './http/origin.ts';
import type { Log } from './log.ts';
import { readSetupPart } from './setup-report.ts';
import type { Sfu } from './sfu/ports.ts';
import { MediasoupSfu } from './sfu/sfu.ts';
import { unavailableSfu } from './sfu/unavailable.ts';

const ANY = '0.0.0.0';

/** Never rejects: without WebRTC everything else still works. */
export async function openSfu(config: Config, clock: Clock, log: Log): Promise<Sfu> {
  const { workers, port } = config.rtc;
  if (workers === 0) return unavailableSfu('it was started with --rtc-workers 0', 'give --rtc-workers 2');
  const { detail, remedy, path } = await readSetupPart('mediasoup');
  return MediasoupSfu.start({
    workers,
    ...listening(config, machineHosts()),
    basePort: port,
    workerBinary: path === '' ? null : path,
    unavailable: {
      reason: detail || 'the media worker is not set up',
      remedy: remedy || 'npm start sets it up',
    },
    clock,
    log,
  });
}

type Listening = { readonly listenAddress: string; readonly announcedAddresses: readonly string[] };

/**
 * Where WebRTC listens, and what senders are told. An address that stands for all is none to send to: then they are told each
 * address of this machine (`hosts`, IPv6 and names left out), and loopback for pages on it.
 */
export function listening({ host, rtc }: Pick<Config, 'host' | 'rtc'>, hosts: readonly string[]): Listening {
  const open = host === ANY || host === '::';
  const listenAddress = open || rtc.announcedAddress !== null ? ANY : loopback(host);
  if (rtc.announcedAddress !== null) return { listenAddress, announcedAddresses: [rtc.announcedAddress] };
  return {
    listenAddress,
    announcedAddresses: open ? [...hosts.filter((one) => isIPv4(one)), '127.0.0.1'] : [],
  };
}

/** A listening address is a number. */
const loopback = (host: string): string => (host === 'localhost' ? '127.0.0.1' : host);
