/** The certificate: files that were given, or a self-signed one for this machine's addresses, kept in the data folder. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import type { Millis } from '../../proto/units.ts';
import type { Config } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { machineHosts } from './origin.ts';

/** Both PEM texts, and the SHA-256 fingerprint that a person can compare with what the browser shows. */
export type Certificate = { readonly cert: string; readonly key: string; readonly fingerprint: string };

const DAY_MS = 86_400_000;
const VALID_DAYS = 365;
const RENEW_DAYS = 14;

/**
 * The certificate that `tls` asks for; a generated one is made anew when it runs out or this machine's addresses have changed.
 * Writes only below `<dataFolder>/tls`, the key readable by its owner alone.
 * @throws {ConfigError} ERR_CONFIG_TLS where files cannot be read, or do not belong together.
 */
export async function loadCertificate(
  tls: NonNullable<Config['tls']>,
  dataFolder: string,
  extraHosts: readonly string[],
  now: Millis,
): Promise<Certificate> {
  if (tls.type === 'files') return readPair(tls.cert, tls.key);
  const hosts = [...new Set(['localhost', '127.0.0.1', '::1', ...machineHosts(), ...extraHosts])];
  const folder = join(dataFolder, 'tls');
  const paths = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  const kept = await readPair(paths.cert, paths.key).catch(() => null); // none yet, or damaged: made anew
  if (kept && stillGood(kept.cert, hosts, now)) return kept;
  const made = await selfSigned(hosts, now);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeWhole(paths.key, made.key, 0o600);
  await writeWhole(paths.cert, made.cert, 0o644);
  return made;
}

async function readPair(certFile: string, keyFile: string): Promise<Certificate> {
  try {
    const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]);
    const parsed = new X509Certificate(cert);
    if (!parsed.checkPrivateKey(createPrivateKey(key))) throw new Error('the key is not the certificate’s');
    return { cert, key, fingerprint: parsed.fingerprint256 };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `certificate ${certFile} with key ${keyFile} cannot be used (${reason}): give a PEM pair that belongs together`;
    throw new ConfigError('ERR_CONFIG_TLS', message, { cause });
  }
}

function stillGood(cert: string, hosts: readonly string[], now: Millis): boolean {
  const parsed = new X509Certificate(cert);
  const covers = (host: string): boolean =>
    (isIP(host) ? parsed.checkIP(host) : parsed.checkHost(host)) !== undefined;
  return Date.parse(parsed.validTo) - now > RENEW_DAYS * DAY_MS && hosts.every(covers);
}

async function selfSigned(hosts: readonly string[], now: Millis): Promise<Certificate> {
  const altNames = hosts.map((host) =>
    isIP(host) ? { type: 7 as const, ip: host } : { type: 2 as const, value: host },
  );
  const made = await generate([{ name: 'commonName', value: 'Counterpoise on this machine' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(now - DAY_MS), // a phone's clock may be behind
    notAfterDate: new Date(now + VALID_DAYS * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames },
    ],
  });
  const { fingerprint256 } = new X509Certificate(made.cert);
  return { cert: made.cert, key: made.private, fingerprint: fingerprint256 };
}

/** Old or new for every reader, never half. */
async function writeWhole(file: string, text: string, mode: number): Promise<void> {
  const partial = `${file}.part`;
  await writeFile(partial, text, { mode });
  await chmod(partial, mode); // the mode above counts only for a new file
  await rename(partial, file);
}
