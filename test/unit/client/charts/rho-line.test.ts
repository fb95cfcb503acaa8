import { describe, expect, it } from 'vitest';
import { LARGEST_RATIO, rhoChart } from '../../../../client/charts/rho-line.ts';
import type { BalancePoint } from '../../../../proto/messages.ts';

const limits = { deadBand: 0.1, enterWeak: 1.25, leaveWeak: 1.1 };
const point = (label: number, rho: number | null): BalancePoint => ({ label, rho, mode: 'balanced' });
const chart = (history: readonly BalancePoint[]) => rhoChart({ history, limits, width: 224, height: 100 });

describe('rhoChart', () => {
  it('draws equal in the middle, and a lead of either sense as far from it', () => {
    const { y } = chart([]);
    expect([y(1), y(LARGEST_RATIO), y(1 / LARGEST_RATIO)]).toEqual([50, 0, 100]);
    expect(y(1.25) + y(1 / 1.25)).toBeCloseTo(100, 9);
    expect([y(1000), y(1 / 1000)]).toEqual([0, 100]);
  });

  it('goes from label to label, and is interrupted where nothing is known', () => {
    const history = [point(1, 1), point(11, LARGEST_RATIO), point(16, null), point(21, 1)];
    expect(chart(history).path).toBe('M0.0 50.0L100.0 0.0M200.0 50.0');
  });

  it('leaves room while there are few labels, and begins with the oldest that is known', () => {
    expect(chart([point(5, 1), point(6, 1)]).path).toBe('M0.0 50.0L10.0 50.0');
    const { x } = chart([point(5, 1), point(25, 1)]);
    expect([x(4), x(5), x(15)]).toEqual([null, 0, 100]);
  });

  it('marks the newest point that is known', () => {
    expect(chart([point(1, 1), point(2, null)]).last).toEqual({ x: 0, y: 50, rho: 1 });
    expect(chart([point(1, null)]).last).toBeNull();
  });

  it('draws the dead band inside the threshold', () => {
    const { bands } = chart([]);
    const widths = [bands.dead, bands.leave, bands.enter].map(([top, bottom]) => bottom - top);
    expect(widths.every((width) => width > 0)).toBe(true);
    expect(bands.enter[0]).toBeLessThan(bands.leave[0]);
    expect(bands.enter[0]).toBeLessThan(bands.dead[0]);
  });
});
