/**
 * Flags and environment to one frozen Config. The only reader of `process.env`.
 *
 * The options stand in `config/options.ts`, the checks of their values in `config/checks.ts`. A flag wins over the
 * environment, the environment over the default.
 */
import { isIPv4 } from 'node:net';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { FusionName } from '../proto/fusions.ts';
import type { InitName } from '../proto/inits.ts';
import type { Switch } from '../proto/messages.ts';
import type { PolicyChoice } from '../proto/policies.ts';
import { type BackboneChoices, backbones } from './config/backbones.ts';
import {
  accessToken,
  announced,
  backend,
  bias,
  certificate,
  fusion,
  hostAddress,
  hostNames,
  init,
  matching,
  policy,
  shadow,
  wholeNumber,
} from './config/checks.ts';
import { ALL_OPTIONS, configHelp, OPTIONS, type Option, type OptionKey } from './config/options.ts';
import { ConfigError } from './errors.ts';
import type { AudioBias } from './ingest/audio-ingest.ts';

export { configHelp } from './config/options.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Everything a server can be told, checked. */
export type Config = {
  /** TCP port, 0..65535; 0 takes any free one. */
  readonly port: number;
  /** Address to listen on. */
  readonly host: string;
  /** Absolute path of the folder that holds everything stored. */
  readonly dataFolder: string;
  /** `[a-z0-9_-]{1,48}`. */
  readonly project: string;
  readonly backend: 'auto' | 'graph' | 'eager' | 'wasm';
  /** Null: plain HTTP, only ever on a loopback address. `generated`: a self-signed certificate kept in the data folder. */
  readonly tls:
    | null
    | { readonly type: 'files'; readonly cert: string; readonly key: string }
    | { readonly type: 'generated' };
  /** `token`: every request and socket must prove that it knows the access token. Always so beyond loopback. */
  readonly access: 'open' | 'token';
  /** The access token where one was given; null: one is generated at start if `access` needs it. */
  readonly token: string | null;
  /** Host names beside loopback and the bound address that a request may be addressed to, in lower case, without port. */
  readonly allowedHosts: readonly string[];
  /** Seed of the first weights and of every training round. */
  readonly seed: number;
  /** What rounds train by until another policy is chosen on the page. */
  readonly policy: PolicyChoice;
  /** Whether training with and without rebalancing is compared in the background, until the page says otherwise. */
  readonly shadow: Switch;
  /** How a new project's head fuses sound and picture; null: concat, or what the project has. */
  readonly fusion: FusionName | null;
  /** What a new project's encoders begin as; null: the starter if it can be had, or what the project has. */
  readonly init: InitName | null;
  /** Models that stand in for the encoders of a new project. */
  readonly backbones: BackboneChoices;
  readonly rtc: RtcConfig;
};

export type RtcConfig = {
  /** UDP and TCP port of the first worker, the next takes the next; 0 takes free ones. */
  readonly port: number;
  /** Media workers, each a process; 0: media comes over WebSocket only. */
  readonly workers: number;
  /** What senders are told to send to, where that is not this machine's own address (NAT, a container). */
  readonly announcedAddress: string | null;
  /** How much earlier sound was captured than its stamps say, by the way it comes. */
  readonly audioBias: AudioBias;
};

const GENERATED: Config['tls'] = { type: 'generated' };

/**
 * Reads flags and environment. Opens nothing; a relative path counts from `folder`.
 * @returns the text for `--help`, or the settings.
 * @throws {ConfigError} ERR_CONFIG_UNKNOWN, ERR_CONFIG_VALUE, ERR_CONFIG_TLS
 */
export function readConfig(
  args: readonly string[],
  env: Environment = process.env,
  folder: string = process.cwd(),
): { readonly type: 'help'; readonly text: string } | { readonly type: 'config'; readonly config: Config } {
  const flags = parseFlags(args);
  if (flags.help === true) return { type: 'help', text: configHelp() };
  const pick = (key: OptionKey): string => {
    const { name, env: variable, fallback }: Option = OPTIONS[key];
    const flag = flags[name];
    return typeof flag === 'string' ? flag : env[variable] || fallback;
  };
  return { type: 'config', config: check(pick, folder) };
}

/** Where a client of ours finds its server, from the environment: address of the socket, and the access token if one is needed. */
export function readClientConfig(env: Environment = process.env): {
  readonly url: string;
  readonly token: string | null;
} {
  const port = env[OPTIONS.port.env] || OPTIONS.port.fallback;
  return {
    url: env.COUNTERPOISE_URL || `ws://${OPTIONS.host.fallback}:${port}/ws`,
    token: env[OPTIONS.token.env] || null,
  };
}

/** Whether only this machine can reach the address: 127.0.0.0/8, ::1, localhost. Brackets of IPv6 are ignored. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  return bare === 'localhost' || bare === '::1' || (isIPv4(bare) && bare.startsWith('127.'));
}

function parseFlags(args: readonly string[]): Readonly<Record<string, string | boolean | undefined>> {
  const options: Record<string, { type: 'string' | 'boolean' }> = { help: { type: 'boolean' } };
  for (const [, { name, envOnly }] of ALL_OPTIONS) if (!envOnly) options[name] = { type: 'string' };
  try {
    const { values } = parseArgs({ args: [...args], options, strict: true, allowPositionals: false });
    return Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, Array.isArray(value) ? undefined : value]),
    );
  } catch (cause) {
    const seen = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError('ERR_CONFIG_UNKNOWN', `${seen}; see --help for the options there are`, { cause });
  }
}

function check(pick: (key: OptionKey) => string, folder: string): Config {
  const host = pick('host');
  const allowedHosts = hostNames(pick('allowedHosts'));
  const exposed = !isLoopback(host);
  const token = accessToken(pick('token'));
  return Object.freeze({
    port: wholeNumber('port', pick('port'), 65_535),
    host: hostAddress(host),
    dataFolder: resolve(folder, pick('data')),
    project: matching('project', pick('project'), /^[a-z0-9_-]{1,48}$/, '1 to 48 of a-z 0-9 _ -'),
    backend: backend(pick('backend')),
    tls: certificate(pick('tlsCert'), pick('tlsKey'), folder) ?? (exposed ? GENERATED : null),
    // Through a proxy strangers reach even a loopback address, so its names ask for the token too.
    access: exposed || allowedHosts.length > 0 || token !== null ? 'token' : 'open',
    token,
    allowedHosts,
    seed: wholeNumber('seed', pick('seed'), 0xffff_ffff),
    policy: policy(pick('policy')),
    shadow: shadow(pick('shadow')),
    fusion: fusion(pick('fusion')),
    init: init(pick('init')),
    backbones: backbones(pick, folder),
    rtc: Object.freeze({
      port: wholeNumber('rtcPort', pick('rtcPort'), 65_535),
      workers: wholeNumber('rtcWorkers', pick('rtcWorkers'), 16),
      announcedAddress: announced(pick('announcedAddress')),
      audioBias: Object.freeze({
        webrtc: bias('audioBiasWebrtc', pick('audioBiasWebrtc')),
        websocket: bias('audioBiasWebsocket', pick('audioBiasWebsocket')),
      }),
    }),
  });
}
