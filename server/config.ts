/**
 * Flags and environment to one frozen Config. The only reader of `process.env`.
 *
 * One table gives the parser, the environment names and the text of `--help`, so that they cannot disagree. A flag wins
 * over the environment, the environment over the default.
 */
import { isIP, isIPv4 } from 'node:net';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { FUSION_NAMES, type FusionName } from '../proto/fusions.ts';
import { POLICY_NAMES, type PolicyName } from '../proto/policies.ts';
import { type Micros, microsFromMillis, millis } from '../proto/units.ts';
import { ConfigError } from './errors.ts';
import type { AudioBias } from './ingest/audio-ingest.ts';

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
  readonly policy: PolicyName;
  /** How a new project's head fuses sound and picture; null: concat, or what the project has. */
  readonly fusion: FusionName | null;
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

type Option = {
  readonly name: string;
  readonly env: string;
  /** Stands for the value in the help text. */
  readonly value: string;
  readonly help: string;
  readonly fallback: string;
  /** Not a flag: other users of the machine could read it from the process list. */
  readonly envOnly?: true;
};

const OPTIONS = {
  port: {
    name: 'port',
    env: 'COUNTERPOISE_PORT',
    value: 'N',
    help: 'port to listen on; 0 takes a free one',
    fallback: '7600',
  },
  host: {
    name: 'host',
    env: 'COUNTERPOISE_HOST',
    value: 'ADDRESS',
    help: 'address to listen on; any but loopback turns on an access token and TLS',
    fallback: '127.0.0.1',
  },
  data: {
    name: 'data',
    env: 'COUNTERPOISE_DATA',
    value: 'FOLDER',
    help: 'where labels, models and the certificate are kept',
    fallback: 'data',
  },
  project: {
    name: 'project',
    env: 'COUNTERPOISE_PROJECT',
    value: 'NAME',
    help: 'classes, labels and model to use: 1 to 48 of a-z 0-9 _ -',
    fallback: 'default',
  },
  backend: {
    name: 'backend',
    env: 'COUNTERPOISE_BACKEND',
    value: 'KIND',
    help: 'auto, graph, eager (both tfjs-node) or wasm',
    fallback: 'auto',
  },
  tlsCert: {
    name: 'tls-cert',
    env: 'COUNTERPOISE_TLS_CERT',
    value: 'FILE',
    help: 'certificate chain (PEM); with --tls-key',
    fallback: '',
  },
  tlsKey: {
    name: 'tls-key',
    env: 'COUNTERPOISE_TLS_KEY',
    value: 'FILE',
    help: 'private key (PEM); with --tls-cert',
    fallback: '',
  },
  allowedHosts: {
    name: 'allowed-hosts',
    env: 'COUNTERPOISE_ALLOWED_HOSTS',
    value: 'NAMES',
    help: 'further host names, separated by commas, for a proxy; turns on the access token',
    fallback: '',
  },
  seed: {
    name: 'seed',
    env: 'COUNTERPOISE_SEED',
    value: 'N',
    help: 'seed of the first weights and of training',
    fallback: '20230620',
  },
  policy: {
    name: 'policy',
    env: 'COUNTERPOISE_POLICY',
    value: 'NAME',
    help: `how rounds train: ${POLICY_NAMES.join(', ')}`,
    fallback: 'uni-modal-pmr',
  },
  fusion: {
    name: 'fusion',
    env: 'COUNTERPOISE_FUSION',
    value: 'NAME',
    help: `how a new project fuses sound and picture: ${FUSION_NAMES.join(', ')}; else concat`,
    fallback: '',
  },
  rtcPort: {
    name: 'rtc-port',
    env: 'COUNTERPOISE_RTC_PORT',
    value: 'N',
    help: 'UDP and TCP port of WebRTC, one more for each further worker; 0 takes free ones',
    fallback: '7601',
  },
  rtcWorkers: {
    name: 'rtc-workers',
    env: 'COUNTERPOISE_RTC_WORKERS',
    value: 'N',
    help: 'media workers, 0 to 16; 0: WebSocket only',
    fallback: '2',
  },
  announcedAddress: {
    name: 'announced-address',
    env: 'COUNTERPOISE_ANNOUNCED_ADDRESS',
    value: 'ADDRESS',
    help: 'address that senders reach WebRTC at, behind NAT or in a container; else the own ones',
    fallback: '',
  },
  audioBiasWebrtc: {
    name: 'audio-bias-webrtc',
    env: 'COUNTERPOISE_AUDIO_BIAS_WEBRTC',
    value: 'MS',
    help: 'how much later than its capture WebRTC stamps sound',
    fallback: '15',
  },
  audioBiasWebsocket: {
    name: 'audio-bias-websocket',
    env: 'COUNTERPOISE_AUDIO_BIAS_WEBSOCKET',
    value: 'MS',
    help: 'the same for Opus over WebSocket',
    fallback: '6.5',
  },
  token: {
    name: 'token',
    env: 'COUNTERPOISE_TOKEN',
    value: 'TEXT',
    help: 'access token of at least 24 characters; else one is generated at each start',
    fallback: '',
    envOnly: true,
  },
} as const satisfies Readonly<Record<string, Option>>;

type OptionKey = keyof typeof OPTIONS;

const ALL: readonly (readonly [string, Option])[] = Object.entries(OPTIONS);
const GENERATED: Config['tls'] = { type: 'generated' };
const MIN_TOKEN = 24; // 24 characters of base64 hold 144 bits; a shorter one was typed, not generated
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/** What `serve --help` prints after its usage line: every option with its environment name and default. */
export function configHelp(): string {
  const rows = ALL.map(([, { name, env, value, help, fallback, envOnly }]) => {
    const left = envOnly ? env : `--${name} ${value}`;
    const notes = [envOnly ? '' : env, fallback === '' ? '' : `default ${fallback}`].filter(
      (note) => note !== '',
    );
    return `  ${left.padEnd(24)} ${help}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`;
  });
  return `${['Options:', ...rows, `  ${'--help'.padEnd(24)} this text`].join('\n')}\n`;
}

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
  for (const [, { name, envOnly }] of ALL) if (!envOnly) options[name] = { type: 'string' };
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
    fusion: fusion(pick('fusion')),
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

function refuse(key: OptionKey, seen: string, expected: string): never {
  const { name, env }: Option = OPTIONS[key];
  throw new ConfigError(
    'ERR_CONFIG_VALUE',
    `--${name} is "${seen}", expected ${expected}: correct the flag or ${env}`,
  );
}

function wholeNumber(key: OptionKey, seen: string, max: number): number {
  const value = /^\d{1,10}$/.test(seen) ? Number(seen) : Number.NaN;
  return value <= max ? value : refuse(key, seen, `a whole number from 0 to ${max}`);
}

function matching(key: OptionKey, seen: string, pattern: RegExp, expected: string): string {
  return pattern.test(seen) ? seen : refuse(key, seen, expected);
}

function backend(seen: string): Config['backend'] {
  const kinds = ['auto', 'graph', 'eager', 'wasm'] as const;
  return kinds.find((kind) => kind === seen) ?? refuse('backend', seen, kinds.join(', '));
}

function policy(seen: string): PolicyName {
  return POLICY_NAMES.find((name) => name === seen) ?? refuse('policy', seen, POLICY_NAMES.join(', '));
}

function fusion(seen: string): FusionName | null {
  if (seen === '') return null;
  return FUSION_NAMES.find((name) => name === seen) ?? refuse('fusion', seen, FUSION_NAMES.join(', '));
}

function hostAddress(seen: string): string {
  const bare = seen.replace(/^\[|\]$/g, '');
  if (/^[\da-fA-F:.]+$/.test(bare) || HOST_NAME.test(bare.toLowerCase())) return bare;
  return refuse('host', seen, 'an IP address or a host name');
}

function announced(seen: string): string | null {
  if (seen === '') return null;
  if (isIP(seen) || HOST_NAME.test(seen.toLowerCase())) return seen;
  return refuse('announcedAddress', seen, 'an IP address or a host name');
}

function bias(key: 'audioBiasWebrtc' | 'audioBiasWebsocket', seen: string): Micros {
  const value = /^-?\d{1,3}(\.\d+)?$/.test(seen) ? Number(seen) : Number.NaN;
  return Math.abs(value) <= 500
    ? microsFromMillis(millis(value))
    : refuse(key, seen, 'milliseconds from -500 to 500');
}

function hostNames(seen: string): readonly string[] {
  const names = seen.split(',').map((name) => name.trim().toLowerCase());
  const given = names.filter((name) => name !== '');
  for (const name of given)
    if (!HOST_NAME.test(name)) refuse('allowedHosts', name, 'host names without port');
  return Object.freeze(given);
}

function accessToken(seen: string): string | null {
  if (seen === '') return null;
  if (new RegExp(`^[\\w.~-]{${MIN_TOKEN},256}$`).test(seen)) return seen;
  const expected = `${MIN_TOKEN} to 256 letters, digits, ., ~, - and _`;
  throw new ConfigError(
    'ERR_CONFIG_VALUE',
    `COUNTERPOISE_TOKEN has ${seen.length} characters, expected ${expected}: unset it and one is generated`,
  );
}

function certificate(cert: string, key: string, folder: string): Config['tls'] {
  if (cert === '' && key === '') return null;
  if (cert !== '' && key !== '') {
    return { type: 'files', cert: resolve(folder, cert), key: resolve(folder, key) };
  }
  const [given, missing] = cert === '' ? ['--tls-key', '--tls-cert'] : ['--tls-cert', '--tls-key'];
  throw new ConfigError('ERR_CONFIG_TLS', `${given} was given without ${missing}: give both, or neither`);
}
