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
    expect(quiet[0]).toBeCloseTo(((mel[0] ?? 0) + 1.5) / 2, 5);
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
    for (const colour of colours) expect(mean(colour)).toBeCloseTo(0, 4);
    expect(mean(colours.flat().map((x) => x * x))).toBeCloseTo(1, 4);
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
    expect(videoPlanes(dark, new Uint8Array(3 * 96 * 96))[0]).toBeCloseTo(2 / (0.03 * 255), 3);
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
