import { describe, expect, it } from 'vitest';

import * as spec from '../../../src/features/spec.ts';

describe('featureHashInput', () => {
  it('names every number that a representation depends on, in one fixed text', () => {
    expect(spec.featureHashInput()).toBe(spec.featureHashInput());
    expect(JSON.parse(spec.featureHashInput())).toEqual(spec.featureSpec);
  });
});

describe('featureSpec', () => {
  it('holds together: columns fill the window, windows start on columns, a step is two pictures', () => {
    expect(spec.WINDOW_COLUMNS * spec.COLUMN).toBe(spec.WINDOW);
    expect(spec.HOP % spec.COLUMN).toBe(0);
    expect(spec.COLUMN_SAMPLES / spec.AUDIO_RATE).toBe(spec.COLUMN / 1e6);
    expect(Math.abs(spec.LUMA_STEP - 2e6 / spec.PICTURE_RATE)).toBeLessThan(1);
    expect([spec.AUDIO_INPUT, spec.VIDEO_INPUT]).toEqual([96 * 64 * 2, 96 * 96 * 6]);
  });
});
