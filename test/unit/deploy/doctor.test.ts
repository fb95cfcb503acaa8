import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { doctor, examine, starter, table, webRtcWorker } from '../../../deploy/setup/doctor.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'counterpoise-doctor-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A machine with no program in PATH and a port that the system chooses. */
const bare = () => ({ PATH: folder, COUNTERPOISE_DATA: join(folder, 'data'), COUNTERPOISE_PORT: '0' });

describe('starter', () => {
  const manifest = (sha256: string): void =>
    writeFileSync(join(folder, 'starter.json'), JSON.stringify({ sha256, steps: 5000 }));

  it('is ok where the weights are those of the manifest, broken where not, missing where there are none', () => {
    expect(starter(folder)).toMatchObject({ state: 'missing', required: false });
    const weights = Buffer.from('weights');
    writeFileSync(join(folder, 'starter.bin'), weights);
    const digest = createHash('sha256').update(weights).digest('hex');
    manifest(digest);
    const detail = `${digest.slice(0, 12)}, 5000 steps of pretraining`;
    expect(starter(folder)).toMatchObject({ state: 'ok', detail, remedy: null });
    manifest('f'.repeat(64));
    const broken = starter(folder);
    expect(broken).toMatchObject({ state: 'broken', required: false });
    expect(broken.remedy).toContain('npm run pretrain');
  });
});

describe('examine', () => {
  it('names every part once, each with a remedy unless it is ok', async () => {
    const { parts } = await examine(bare());
    const names = parts.map((part) => part.name);
    expect(names).toEqual([
      ...[
        'Node',
        'npm',
        'packages',
        'pinned Node',
        'tfjs-node',
        'WebRTC worker',
        'wasm',
        'webcodecs',
        'starter',
        'python3',
        'make',
        'g++',
      ],
      ...['chromium', 'ffmpeg', 'espeak-ng', 'data folder', 'port'],
    ]);
    for (const part of parts) {
      expect(['ok', 'missing', 'broken']).toContain(part.state);
      expect(part.remedy === null).toBe(part.state === 'ok');
      expect(part.detail).not.toBe('');
    }
  });

  it('is not ok without npm, and calls the browser optional', async () => {
    const { ok, parts } = await examine(bare());
    expect(ok).toBe(false);
    expect(parts.find((part) => part.name === 'npm')).toMatchObject({ state: 'missing', required: true });
    expect(parts.find((part) => part.name === 'chromium')).toMatchObject({
      state: 'missing',
      required: false,
    });
  });

  it('looks for the files of a backbone that the environment names', async () => {
    const named = {
      COUNTERPOISE_VIDEO_BACKBONE: folder,
      COUNTERPOISE_AUDIO_BACKBONE: 'https://models.example/yamnet',
    };
    const { ok, parts } = await examine({ ...bare(), ...named });
    expect(ok).toBe(false);
    const missing = parts.find((part) => part.name === 'video backbone');
    expect(missing).toMatchObject({ state: 'missing', required: true });
    expect(missing?.remedy).toContain('COUNTERPOISE_VIDEO_BACKBONE');
    expect(parts.find((part) => part.name === 'audio backbone')).toMatchObject({ state: 'ok' });
    writeFileSync(join(folder, 'model.json'), '{}');
    const again = await examine({ ...bare(), ...named });
    expect(again.parts.find((part) => part.name === 'video backbone')?.state).toBe('ok');
  });

  it('reports a port that is taken, with what to do', async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    const port = typeof address === 'object' && address ? String(address.port) : '';
    const { parts } = await examine({ ...bare(), COUNTERPOISE_PORT: port });
    await new Promise((done) => server.close(done));
    expect(parts.at(-1)).toMatchObject({ name: 'port', state: 'broken' });
    expect(parts.at(-1)?.remedy).toContain('COUNTERPOISE_PORT');
  });

  it('reports a port that is no port', async () => {
    const { parts } = await examine({ ...bare(), COUNTERPOISE_PORT: 'http' });
    expect(parts.at(-1)).toMatchObject({
      state: 'broken',
      detail: 'COUNTERPOISE_PORT is http, expected 0 to 65535',
    });
  });
});

describe('webRtcWorker', () => {
  const checkedAt = '2026-01-01T00:00:00.000Z';
  const path = (): string => join(folder, 'mediasoup-worker');
  const built = () => ({
    ...{ state: 'ready', route: 'build', path: path(), detail: 'compiled here', remedy: null, checkedAt },
  });
  const worker = (exitCode: number): void => {
    writeFileSync(path(), `#!/bin/sh\nexit ${exitCode}\n`);
    chmodSync(path(), 0o755);
  };

  it('is optional and missing before the first set-up', () => {
    expect(webRtcWorker(undefined)).toMatchObject({ state: 'missing', required: false, remedy: 'npm start' });
  });

  it("repeats set-up's reason and remedy where it could not be had", () => {
    const report = { state: 'missing', detail: 'not installed: cmake', remedy: 'apt-get', checkedAt };
    expect(webRtcWorker(report)).toMatchObject({
      state: 'missing',
      detail: 'not installed: cmake',
      remedy: 'apt-get',
    });
  });

  it('names the route of a worker that runs', () => {
    worker(41); // what mediasoup's worker answers without its parent
    expect(webRtcWorker(built())).toMatchObject({ state: 'ok', route: 'build', remedy: null });
  });

  it.each([
    ['is gone', undefined],
    ['does not run any more', 127],
  ] as const)('is broken when it %s', (detail, exitCode) => {
    if (exitCode !== undefined) worker(exitCode);
    expect(webRtcWorker(built())).toMatchObject({
      state: 'broken',
      detail: `${path()} ${detail}`,
      remedy: 'node deploy/setup/native.mjs',
    });
  });
});

describe('table', () => {
  it('shows the remedy below the part and the verdict last', () => {
    const good = { name: 'Node', state: 'ok', required: true, detail: '22.0.0', remedy: null } as const;
    const bad = {
      name: 'wasm',
      state: 'missing',
      required: true,
      detail: 'none',
      remedy: 'npm start',
    } as const;
    const lines = table({ ok: false, parts: [good, bad] }).split('\n');
    expect(lines[0]).toMatch(/^ok +Node +22\.0\.0$/);
    expect(lines[1]).toMatch(/^missing +wasm +none$/);
    expect(lines[2]).toMatch(/-> npm start$/);
    expect(lines.at(-1)).toMatch(/^not ready/);
  });
});

describe('doctor', () => {
  it('refuses an option it does not know', async () => {
    await expect(doctor(['--fix'])).rejects.toThrow('doctor does not know --fix');
  });
});
