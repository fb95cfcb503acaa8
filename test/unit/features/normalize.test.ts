import { describe, expect, it } from 'vitest';

import {
  audioPlanes,
  audioPlanesInto,
  videoPlanes,
  videoPlanesInto,
} from '../../../src/features/normalize.ts';
import { SILENT_MEL } from '../../../src/features/spec.ts';

const plane = (values: Float32Array, planes: number, which: number): number[] =>
  [...values].filter((_, i) => i % planes === which);
const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
const mel = Float32Array.from({ length: 96 * 64 }, (_, i) => (i % 64) / 10 + Math.sin(i * i));
const rgb = Uint8Array.from({ length: 96 * 96 * 3 }, (_, i) => (i * i * 7) % 251);
const older = Uint8Array.from({ length: 3 * 96 * 96 }, (_, i) => (i * 13) % 256);

describe('audioPlanes', () => {
  it('keeps level in plane 0', () => {
    const louder = audioPlanes(mel.map((x) => x + 1));
    const quiet = audioPlanes(mel);
    expect((louder[0] ?? 0) - (quiet[0] ?? 0)).toBeCloseTo(1 / 2, 5);
    expect(quiet[0]).toBeCloseTo(((mel[0] ?? 0) + 1.5) / 2 - 1, 5);
  });

  it('shows in plane 0 how high a band is, from -1 to 1', () => {
    const flat = plane(audioPlanes(new Float32Array(96 * 64).fill(-1.5)), 2, 0);
    expect([flat[0], flat[63], flat[64]]).toEqual([-1, 1, -1]);
    expect((flat[21] ?? 0) - (flat[20] ?? 0)).toBeCloseTo(2 / 63, 5);
  });

  it('ignores gain and channel in plane 1, which has no mean and one deviation of 1', () => {
    const other = audioPlanes(mel.map((x, i) => x + 2 - (i % 64) / 20));
    const values = plane(audioPlanes(mel), 2, 1);
    plane(other, 2, 1).forEach((x, i) => {
      expect(x).toBeCloseTo(values[i] ?? Number.NaN, 4);
    });
    expect(mean(values)).toBeCloseTo(0, 5);
    expect(mean(values.map((x) => x * x))).toBeCloseTo(1, 5);
  });

  it('does not blow silence up', () => {
    const breath = new Float32Array(96 * 64).fill(SILENT_MEL);
    breath[0] = SILENT_MEL + 0.03;
    expect(plane(audioPlanes(breath), 2, 1)[0]).toBeCloseTo((0.03 * (95 / 96)) / 0.3, 4);
  });

  it('writes one window of a batch and nothing else', () => {
    const batch = new Float32Array(3 * 96 * 64 * 2).fill(7);
    audioPlanesInto(batch, 96 * 64 * 2, mel);
    expect(batch.slice(96 * 64 * 2, 2 * 96 * 64 * 2)).toEqual(audioPlanes(mel));
    expect([batch[96 * 64 * 2 - 1], batch[2 * 96 * 64 * 2]]).toEqual([7, 7]);
  });

  it('rejects another shape with ERR_SHAPE', () => {
    const code = expect.objectContaining({ code: 'ERR_SHAPE' });
    expect(() => audioPlanes(new Float32Array(96))).toThrow(code);
    expect(() => audioPlanesInto(new Float32Array(96 * 64 * 2), 1, mel)).toThrow(code);
  });
});

describe('videoPlanes', () => {
  it('takes each channel mean off and divides by one deviation', () => {
    const values = videoPlanes(rgb, older);
    const colours = [0, 1, 2].map((c) => plane(values, 6, c));
    // Deviation 72: of a mean 2 below the middle, 5 * 2 / 127.5 * (7.65 / 72)^3 = 0.0001 is left.
    for (const colour of colours) expect(Math.abs(mean(colour))).toBeLessThan(0.001);
    expect(mean(colours.flat().map((x) => x * x))).toBeCloseTo(1, 4);
  });

  it('shows the colour of the whole frame where there is nothing else', () => {
    const plain = Uint8Array.from({ length: 96 * 96 * 3 }, (_, i) => [255, 0, 51][i % 3] ?? 0);
    const values = videoPlanes(plain, older);
    expect([...values.subarray(0, 3)]).toEqual([5, -5, 5 * (51 / 127.5 - 1)].map(Math.fround));
    expect([...values.subarray(6, 9)]).toEqual([...values.subarray(0, 3)]);
  });

  it('lets the colour of the whole frame fade with the third power of contrast', () => {
    const contrast = (deviation: number): number => {
      const checks = Uint8Array.from({ length: 96 * 96 * 3 }, (_, i) =>
        Math.floor(i / 3) % 2 === 0 ? 204 - deviation : 204 + deviation,
      );
      return mean(plane(videoPlanes(checks, older), 6, 0));
    };
    expect(contrast(0)).toBeCloseTo(5 * 0.6, 5); // 204 / 127.5 - 1 = 0.6
    expect(contrast(15)).toBeCloseTo(5 * 0.6 * (7.65 / 15) ** 3, 5);
    expect(contrast(30)).toBeCloseTo(5 * 0.6 * (7.65 / 30) ** 3, 5);
  });

  it('gives signed luma steps, newest first, over the same deviation', () => {
    const checks = Uint8Array.from({ length: 96 * 96 * 3 }, (_, i) =>
      Math.floor(i / 3) % 2 === 0 ? 100 : 200,
    ); // deviation 50
    const steps = new Uint8Array(3 * 96 * 96);
    steps
      .fill(90, 0, 96 * 96)
      .fill(70, 96 * 96, 2 * 96 * 96)
      .fill(40, 2 * 96 * 96);
    const values = videoPlanes(checks, steps);
    expect([...values.subarray(3, 6)]).toEqual([10 / 50, 20 / 50, 30 / 50].map(Math.fround));
    expect([...values.subarray(9, 12)]).toEqual([110 / 50, 20 / 50, 30 / 50].map(Math.fround));
  });

  it('does not blow a dark picture up', () => {
    const dark = new Uint8Array(96 * 96 * 3);
    dark[0] = 2;
    const values = videoPlanes(dark, new Uint8Array(3 * 96 * 96));
    expect((values[0] ?? 0) - (values[6] ?? 0)).toBeCloseTo(2 / (0.03 * 255), 3);
  });

  it('writes one window of a batch and reads its arguments only', () => {
    const [before, old] = [rgb.slice(), older.slice()];
    const batch = new Float32Array(2 * 96 * 96 * 6).fill(7);
    videoPlanesInto(batch, 96 * 96 * 6, rgb, older);
    expect(batch.slice(96 * 96 * 6)).toEqual(videoPlanes(rgb, older));
    expect(batch[96 * 96 * 6 - 1]).toBe(7);
    expect([rgb, older]).toEqual([before, old]);
  });

  it('rejects another shape with ERR_SHAPE', () => {
    const code = expect.objectContaining({ code: 'ERR_SHAPE' });
    expect(() => videoPlanes(rgb.subarray(1), older)).toThrow(code);
    expect(() => videoPlanes(rgb, older.subarray(1))).toThrow(code);
    expect(() => videoPlanesInto(new Float32Array(5), 0, rgb, older)).toThrow(code);
  });
});
