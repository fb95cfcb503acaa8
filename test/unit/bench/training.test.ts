import { describe, expect, it } from 'vitest';

import { MOST_OVER_JOINT, trainingFigures } from '../../bench/training.ts';

const time = (stepMs: number, graphMs: number) => ({ stepMs, graphMs });
const times = new Map([
  ['joint', [time(100, 80), time(200, 160), time(100, 80)]],
  // Beside its own turn's joint step: 1.1, 1.1 and 1.3 times.
  ['pmr-stream, balanced', [time(110, 60), time(220, 120), time(130, 60)]],
  ['joint again', [time(100, 80), time(200, 160), time(100, 80)]],
]);
const named = (name: string, torch: readonly number[] = []) =>
  trainingFigures(times, torch).find((figure) => figure.name === name);

describe('trainingFigures', () => {
  it('compares steps of the same turn, and holds PMR-stream alone to the target', () => {
    expect(named('joint step')?.value).toBe(100);
    const balanced = named('pmr-stream, balanced / joint');
    expect(balanced?.value).toBeCloseTo(1.1, 9);
    expect(balanced?.atMost).toBe(MOST_OVER_JOINT);
    expect(named('pmr-stream, balanced / joint, graph alone')?.value).toBeCloseTo(0.75, 9);
    expect(named('joint again / joint')?.atMost).toBeUndefined();
  });

  it('puts torch beside the graph alone, where there is one', () => {
    expect(named('joint graph / torch', [40, 160, 40])?.value).toBe(2);
    expect(named('torch, joint step', [40, 160, 40])?.value).toBe(40);
    expect(named('joint graph / torch')).toBeUndefined();
  });
});
