/** The same proof from the starter: taught as from random weights, and known by one label of each class without training. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIP_PATIENCE_MS, TaughtClip } from '../support/taught-clip.ts';

let clip: TaughtClip;

beforeAll(async () => {
  clip = await TaughtClip.make();
});
afterAll(() => clip?.remove());

describe('counterpoise stream from the starter', { timeout: CLIP_PATIENCE_MS }, () => {
  it('knows the clip by one label of each class from the starter: fused 0.9', async () => {
    const { summary } = await clip.taught('frozen', 'starter');
    expect(summary.modelVersion).toBe(0);
    expect(summary.labels).toBe(4);
    expect(summary.accuracy?.fused).toBeGreaterThanOrEqual(0.9);
  });

  it('learns from the starter what is asked of random weights', async () => {
    const { summary } = await clip.taught('whole', 'starter');
    expect(summary.modelVersion).toBeGreaterThanOrEqual(1);
    expect(summary.accuracy?.fused).toBeGreaterThanOrEqual(0.95);
    expect(summary.accuracy?.audio).toBeGreaterThanOrEqual(0.85);
    expect(summary.accuracy?.video).toBeGreaterThanOrEqual(0.9);
  });
});
