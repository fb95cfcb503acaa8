/** Checks of single values of the configuration: each returns the value in its proper type or throws. */
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { FUSION_NAMES, type FusionName } from '../../proto/fusions.ts';
import { INIT_NAMES, type InitName } from '../../proto/inits.ts';
import type { Switch } from '../../proto/messages.ts';
import { POLICY_CHOICES, type PolicyChoice } from '../../proto/policies.ts';
import { type Micros, microsFromMillis, millis } from '../../proto/units.ts';
import type { Config } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { OPTIONS, type Option, type OptionKey } from './options.ts';

const MIN_TOKEN = 24; // 24 characters of base64 hold 144 bits; a shorter one was typed, not generated
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

function refuse(key: OptionKey, seen: string, expected: string): never {
  const { name, env }: Option = OPTIONS[key];
  throw new ConfigError(
    'ERR_CONFIG_VALUE',
    `--${name} is "${seen}", expected ${expected}: correct the flag or ${env}`,
  );
}

export function wholeNumber(key: OptionKey, seen: string, max: number): number {
  const value = /^\d{1,10}$/.test(seen) ? Number(seen) : Number.NaN;
  return value <= max ? value : refuse(key, seen, `a whole number from 0 to ${max}`);
}

export function matching(key: OptionKey, seen: string, pattern: RegExp, expected: string): string {
  return pattern.test(seen) ? seen : refuse(key, seen, expected);
}

export function backend(seen: string): Config['backend'] {
  const kinds = ['auto', 'graph', 'eager', 'wasm'] as const;
  return kinds.find((kind) => kind === seen) ?? refuse('backend', seen, kinds.join(', '));
}

export function policy(seen: string): PolicyChoice {
  return POLICY_CHOICES.find((name) => name === seen) ?? refuse('policy', seen, POLICY_CHOICES.join(', '));
}

export function shadow(seen: string): Switch {
  const settings = ['on', 'off', 'auto'] as const;
  return settings.find((setting) => setting === seen) ?? refuse('shadow', seen, settings.join(', '));
}

export function fusion(seen: string): FusionName | null {
  if (seen === '') return null;
  return FUSION_NAMES.find((name) => name === seen) ?? refuse('fusion', seen, FUSION_NAMES.join(', '));
}

export function init(seen: string): InitName | null {
  if (seen === '') return null;
  return INIT_NAMES.find((name) => name === seen) ?? refuse('init', seen, INIT_NAMES.join(' or '));
}

export function hostAddress(seen: string): string {
  const bare = seen.replace(/^\[|\]$/g, '');
  if (/^[\da-fA-F:.]+$/.test(bare) || HOST_NAME.test(bare.toLowerCase())) return bare;
  return refuse('host', seen, 'an IP address or a host name');
}

export function announced(seen: string): string | null {
  if (seen === '') return null;
  if (isIP(seen) || HOST_NAME.test(seen.toLowerCase())) return seen;
  return refuse('announcedAddress', seen, 'an IP address or a host name');
}

export function bias(key: 'audioBiasWebrtc' | 'audioBiasWebsocket', seen: string): Micros {
  const value = /^-?\d{1,3}(\.\d+)?$/.test(seen) ? Number(seen) : Number.NaN;
  return Math.abs(value) <= 500
    ? microsFromMillis(millis(value))
    : refuse(key, seen, 'milliseconds from -500 to 500');
}

export function hostNames(seen: string): readonly string[] {
  const names = seen.split(',').map((name) => name.trim().toLowerCase());
  const given = names.filter((name) => name !== '');
  for (const name of given)
    if (!HOST_NAME.test(name)) refuse('allowedHosts', name, 'host names without port');
  return Object.freeze(given);
}

export function accessToken(seen: string): string | null {
  if (seen === '') return null;
  if (new RegExp(`^[\\w.~-]{${MIN_TOKEN},256}$`).test(seen)) return seen;
  const expected = `${MIN_TOKEN} to 256 letters, digits, ., ~, - and _`;
  throw new ConfigError(
    'ERR_CONFIG_VALUE',
    `COUNTERPOISE_TOKEN has ${seen.length} characters, expected ${expected}: unset it and one is generated`,
  );
}

export function certificate(cert: string, key: string, folder: string): Config['tls'] {
  if (cert === '' && key === '') return null;
  if (cert !== '' && key !== '') {
    return { type: 'files', cert: resolve(folder, cert), key: resolve(folder, key) };
  }
  const [given, missing] = cert === '' ? ['--tls-key', '--tls-cert'] : ['--tls-cert', '--tls-key'];
  throw new ConfigError('ERR_CONFIG_TLS', `${given} was given without ${missing}: give both, or neither`);
}
