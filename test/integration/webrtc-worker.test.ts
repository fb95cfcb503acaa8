import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readNativeReport } from '../../deploy/setup/native.mjs';
import { pinnedNode, root } from '../../deploy/setup/paths.mjs';

/** A machine without a worker is a case of its own: set-up must have said so, with what changes it. */
describe('the WebRTC worker that set-up reports', () => {
  it('exchanges packets with a peer over DTLS, or is missing with a remedy', () => {
    const report = readNativeReport().mediasoup;
    if (report?.state !== 'ready') {
      expect(report).toMatchObject({ state: 'missing', remedy: expect.stringMatching(/./) });
      return;
    }
    const script = join(root, 'deploy', 'setup', 'native', 'accept-mediasoup.mjs');
    const env = { ...process.env, MEDIASOUP_WORKER_BIN: report.path };
    const { status, stdout } = spawnSync(pinnedNode, [script], { env, encoding: 'utf8' });
    expect(stdout.trim()).toBe('DTLS in both roles and SRTP with 2 suites');
    expect(status).toBe(0);
  });
});
