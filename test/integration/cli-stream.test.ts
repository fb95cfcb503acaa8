/**
 * The central proof: a clip is taught for its first half and scored on its second, in other voices, other renderings and with
 * noise, from random weights, through the command line's own client.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIP_PATIENCE_MS, TaughtClip } from '../support/taught-clip.ts';

let clip: TaughtClip;

beforeAll(async () => {
  clip = await TaughtClip.make();
});
afterAll(() => clip?.remove());

describe('counterpoise stream', { timeout: CLIP_PATIENCE_MS }, () => {
  let whole = 0;

  it('learns four classes from the first half: fused 0.95, sound 0.85, picture 0.9 on the second', async () => {
    const { summary, printed } = await clip.taught('whole', 'random');
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
    const { summary } = await clip.taught('prototypes', 'random');
    expect(summary.modelVersion).toBe(0);
    expect(summary.labels).toBe(24);
    expect(summary.accuracy?.fused).toBeLessThan(0.9);
    expect(whole).toBeGreaterThanOrEqual(summary.accuracy?.fused ?? 1);
  });

  it('is not worse than one frozen label of each class', async () => {
    const { summary } = await clip.taught('frozen', 'random');
    expect(summary.labels).toBe(4);
    expect(summary.modelVersion).toBe(0);
    expect(whole).toBeGreaterThanOrEqual(summary.accuracy?.fused ?? 1);
  });
});
