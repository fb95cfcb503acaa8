/**
 * The central proof: a clip is taught for its first half and scored on its second, in other voices, other renderings and with
 * noise, from random weights, through the command line's own client.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkPmr } from '../../server/cli/check-pmr.ts';
import type { Summary } from '../../server/cli/scoring.ts';
import { stream } from '../../server/cli/stream.ts';
import { parseStreamOptions } from '../../server/cli/stream-options.ts';
import { type Clip, makeClip } from '../support/clip.ts';
import { startServer } from '../support/server.ts';

let folder: string;
let clip: Clip;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'counterpoise-stream-'));
  clip = await makeClip({ seed: 21, dir: folder });
});
afterAll(async () => {
  if (folder) await rm(folder, { recursive: true, force: true });
});

type Learning = 'frozen' | 'prototypes' | 'whole';

/** A server of its own, one pass over the clip; exactly what `counterpoise stream` does. */
async function run(
  learning: Learning,
  init: 'random' | 'starter' = 'random',
): Promise<{ summary: Summary; printed: string }> {
  const server = await startServer(['--init', init]);
  try {
    const { video, audio, labels, teachUntil } = clip;
    const files = ['--video', video, '--audio', audio, '--labels', labels];
    const how = [
      '--teach-until',
      String(teachUntil),
      '--speed',
      'max',
      '--settle',
      '600',
      '--learning',
      learning,
    ];
    const printed: string[] = [];
    const options = await parseStreamOptions([...files, ...how], { url: server.url, token: null });
    const summary = await stream(options, (line) => printed.push(line));
    return { summary, printed: printed.join('\n') };
  } finally {
    await server.close();
  }
}

/** A busy machine takes its time to train; the clip's figures do not depend on it. */
const PATIENCE_MS = 1_200_000;

describe('counterpoise stream', { timeout: PATIENCE_MS }, () => {
  let whole = 0;

  it('learns four classes from the first half: fused 0.95, sound 0.85, picture 0.9 on the second', async () => {
    const { summary, printed } = await run('whole');
    process.stderr.write(`whole: ${printed}\n`);
    whole = summary.accuracy?.fused ?? 0;
    expect(JSON.parse(printed)).toEqual(summary);
    expect(summary.labels).toBe(24);
    expect(summary.shed).toEqual({});
    expect(summary.modelVersion).toBeGreaterThanOrEqual(1);
    expect(summary.accuracy?.fused).toBeGreaterThanOrEqual(0.95);
    expect(summary.accuracy?.audio).toBeGreaterThanOrEqual(0.85);
    expect(summary.accuracy?.video).toBeGreaterThanOrEqual(0.9);
  });

  it('is not worse than prototypes alone, which on random encoders cannot do it', async () => {
    const { summary, printed } = await run('prototypes');
    process.stderr.write(`prototypes: ${printed}\n`);
    expect(summary.modelVersion).toBe(0);
    expect(summary.labels).toBe(24);
    expect(summary.accuracy?.fused).toBeLessThan(0.9);
    expect(whole).toBeGreaterThanOrEqual(summary.accuracy?.fused ?? 1);
  });

  it('is not worse than one frozen label of each class', async () => {
    const { summary, printed } = await run('frozen');
    process.stderr.write(`frozen: ${printed}\n`);
    expect(summary.labels).toBe(4);
    expect(summary.modelVersion).toBe(0);
    expect(whole).toBeGreaterThanOrEqual(summary.accuracy?.fused ?? 1);
  });

  it('knows the clip by one label of each class from the starter: fused 0.9', async () => {
    const { summary, printed } = await run('frozen', 'starter');
    process.stderr.write(`frozen, starter: ${printed}\n`);
    expect(summary.modelVersion).toBe(0);
    expect(summary.labels).toBe(4);
    expect(summary.accuracy?.fused).toBeGreaterThanOrEqual(0.9);
  });

  it('learns from the starter what is asked of random weights', async () => {
    const { summary, printed } = await run('whole', 'starter');
    process.stderr.write(`whole, starter: ${printed}\n`);
    expect(summary.modelVersion).toBeGreaterThanOrEqual(1);
    expect(summary.accuracy?.fused).toBeGreaterThanOrEqual(0.95);
    expect(summary.accuracy?.audio).toBeGreaterThanOrEqual(0.85);
    expect(summary.accuracy?.video).toBeGreaterThanOrEqual(0.9);
  });
});

describe('counterpoise check-pmr', () => {
  it('runs the golden vectors through the product and finds them within tolerance', async () => {
    const lines: string[] = [];
    const vectors = fileURLToPath(new URL('../golden/pmr', import.meta.url));
    expect(await checkPmr(vectors, (line) => lines.push(line))).toBe(0);
    expect(lines.length).toBeGreaterThan(6);
  });
});
