/** The options of `counterpoise serve`: one table gives the parser, the environment names and the text of `--help`. */
import { FUSION_NAMES } from '../../proto/fusions.ts';
import { INIT_NAMES } from '../../proto/inits.ts';
import { POLICY_CHOICES } from '../../proto/policies.ts';

import { BACKBONE_OPTIONS } from './backbones.ts';

export type Option = {
  readonly name: string;
  readonly env: string;
  /** Stands for the value in the help text. */
  readonly value: string;
  readonly help: string;
  readonly fallback: string;
  /** Not a flag: other users of the machine could read it from the process list. */
  readonly envOnly?: true;
};

/** Every option with its name, environment name, default and line of help. */
export const OPTIONS = {
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
    help: `how rounds train until the page chooses: ${POLICY_CHOICES.join(', ')}`,
    fallback: 'uni-modal-pmr',
  },
  shadow: {
    name: 'shadow',
    env: 'COUNTERPOISE_SHADOW',
    value: 'SETTING',
    help: 'compare training with and without rebalancing in the background: on, off or auto (with 8 cores)',
    fallback: 'auto',
  },
  fusion: {
    name: 'fusion',
    env: 'COUNTERPOISE_FUSION',
    value: 'NAME',
    help: `how a new project fuses sound and picture: ${FUSION_NAMES.join(', ')}; else concat`,
    fallback: '',
  },
  init: {
    name: 'init',
    env: 'COUNTERPOISE_INIT',
    value: 'NAME',
    help: `what a new project's encoders begin as: ${INIT_NAMES.join(' or ')}; else the starter if it can be had`,
    fallback: '',
  },
  ...BACKBONE_OPTIONS,
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

export type OptionKey = keyof typeof OPTIONS;

export const ALL_OPTIONS: readonly (readonly [string, Option])[] = Object.entries(OPTIONS);

/** What `serve --help` prints after its usage line: every option with its environment name and default. */
export function configHelp(): string {
  const rows = ALL_OPTIONS.map(([, { name, env, value, help, fallback, envOnly }]) => {
    const left = envOnly ? env : `--${name} ${value}`;
    const notes = [envOnly ? '' : env, fallback === '' ? '' : `default ${fallback}`].filter(
      (note) => note !== '',
    );
    return `  ${left.padEnd(24)} ${help}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`;
  });
  return `${['Options:', ...rows, `  ${'--help'.padEnd(24)} this text`].join('\n')}\n`;
}
