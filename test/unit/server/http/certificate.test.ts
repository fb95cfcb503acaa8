import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { millis } from '../../../../proto/units.ts';
import { loadCertificate } from '../../../../server/http/certificate.ts';

const NOW = millis(Date.UTC(2026, 0, 1));
const DAY_MS = 86_400_000;
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'counterpoise-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('loadCertificate', () => {
  const generated = { type: 'generated' } as const;

  it('makes one for loopback and the given names, and keeps its key from others', async () => {
    const made = await loadCertificate(generated, folder, ['cp.example.org', '10.1.2.3'], NOW);
    const parsed = new X509Certificate(made.cert);
    for (const name of ['localhost', 'cp.example.org']) expect(parsed.checkHost(name)).toBe(name);
    for (const ip of ['127.0.0.1', '::1', '10.1.2.3']) expect(parsed.checkIP(ip)).toBe(ip);
    expect(parsed.publicKey.asymmetricKeyType).toBe('ec');
    expect(made.fingerprint).toMatch(/^([\dA-F]{2}:){31}[\dA-F]{2}$/);
    expect((await stat(join(folder, 'tls', 'key.pem'))).mode & 0o777).toBe(0o600);
  });

  it('keeps it from start to start', async () => {
    const first = await loadCertificate(generated, folder, [], NOW);
    expect(await loadCertificate(generated, folder, [], millis(NOW + 100 * DAY_MS))).toEqual(first);
  });

  it.each([
    ['it runs out', [], 360],
    ['there is a new name', ['new.example.org'], 0],
  ])('makes a new one when %s', async (_, hosts, days) => {
    const first = await loadCertificate(generated, folder, [], NOW);
    const next = await loadCertificate(generated, folder, hosts, millis(NOW + days * DAY_MS));
    expect(next.fingerprint).not.toBe(first.fingerprint);
  });

  it('makes a new one when the kept one is damaged', async () => {
    await loadCertificate(generated, folder, [], NOW);
    await writeFile(join(folder, 'tls', 'cert.pem'), 'half a file');
    expect((await loadCertificate(generated, folder, [], NOW)).cert).toContain('BEGIN CERTIFICATE');
  });

  it('reads a pair that is given', async () => {
    const { cert, key } = await loadCertificate(generated, folder, [], NOW);
    const files = { type: 'files', cert: join(folder, 'c.pem'), key: join(folder, 'k.pem') } as const;
    await writeFile(files.cert, cert);
    await writeFile(files.key, key);
    expect(await loadCertificate(files, folder, [], NOW)).toMatchObject({ cert, key });
  });

  it('rejects files that are missing or do not belong together with ERR_CONFIG_TLS', async () => {
    const missing = { type: 'files', cert: join(folder, 'no'), key: join(folder, 'no') } as const;
    await expect(loadCertificate(missing, folder, [], NOW)).rejects.toMatchObject({ code: 'ERR_CONFIG_TLS' });
    const { cert } = await loadCertificate(generated, folder, [], NOW);
    const { key } = await loadCertificate(generated, folder, ['new.example.org'], NOW);
    const mixed = { type: 'files', cert: join(folder, 'c.pem'), key: join(folder, 'k.pem') } as const;
    await writeFile(mixed.cert, cert);
    await writeFile(mixed.key, key);
    await expect(loadCertificate(mixed, folder, [], NOW)).rejects.toMatchObject({ code: 'ERR_CONFIG_TLS' });
  });
});
