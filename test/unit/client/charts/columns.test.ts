import { describe, expect, it } from 'vitest';
import { columns } from '../../../../client/charts/columns.ts';
import { micros } from '../../../../proto/units.ts';
import { belief, prediction } from '../fixtures.ts';

const HOP = micros(240_000);
const SPAN = micros(1_200_000); // six columns

describe('columns', () => {
  it('has a fixed length, oldest first, zero at the newest', () => {
    const [x, fused] = columns([], micros(0), SPAN, HOP);
    expect(x).toEqual([-1.2, -0.96, -0.72, -0.48, -0.24, 0].map((value) => expect.closeTo(value, 9)));
    expect(fused).toEqual([null, null, null, null, null, null]);
  });

  it('shows what each sense gives to the fused answer, with gaps where there was none', () => {
    const newest = micros(2_400_000);
    const gone = belief({ probabilities: [] });
    const rows = [prediction(newest), prediction(newest - 2 * HOP, { audio: gone })];
    const [, fused, audio, video] = columns(rows, newest, SPAN, HOP);
    expect(fused).toEqual([null, null, null, 0.8, null, 0.8]);
    expect(audio).toEqual([null, null, null, null, null, 0.7]);
    expect(video).toEqual([null, null, null, 0.4, null, 0.4]);
  });

  it('shows the likeliest class of an unknown, and leaves out what is too old', () => {
    const newest = micros(9_600_000);
    const rows = [prediction(960_000), prediction(newest, { answer: null, fused: [0.3, 0.7] })];
    const [, fused, audio] = columns(rows, newest, SPAN, HOP);
    expect(fused.filter((value) => value !== null)).toEqual([0.7]);
    expect(audio.at(-1)).toBe(0.3);
  });
});
