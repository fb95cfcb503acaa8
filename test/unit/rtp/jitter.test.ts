import { describe, expect, it } from 'vitest';
import { type Micros, micros } from '../../../proto/units.ts';
import { JitterMeter } from '../../../src/rtp/jitter.ts';

const RATE = 1000; // a tick is a millisecond
const at = (ms: number): Micros => micros(ms * 1e3);

function jitterOf(...packets: readonly (readonly [timestamp: number, arrivalMs: number])[]): number {
  const meter = new JitterMeter({ clockRateHz: RATE });
  for (const [timestamp, arrival] of packets) meter.measure(timestamp, at(arrival));
  return meter.jitter;
}

describe('JitterMeter', () => {
  it('is 0 for packets that come as they were sent, whatever the clocks', () => {
    expect(jitterOf([0, 500], [20, 520], [40, 540])).toBe(0);
  });

  it('moves by a sixteenth of the difference', () => {
    expect(jitterOf([0, 0], [20, 36])).toBe(16_000 / 16);
    // then 16 ms earlier than the one before: J = 1000 + (16000 - 1000) / 16
    expect(jitterOf([0, 0], [20, 36], [40, 40])).toBe(1000 + 15_000 / 16);
  });

  it('measures the first packet of a frame alone, and none that is out of order', () => {
    expect(jitterOf([0, 0], [20, 20], [20, 29], [10, 30], [40, 40])).toBe(0);
  });

  it('leaves out pauses of more than 5 s', () => {
    expect(jitterOf([0, 0], [20, 20], [40, 6000], [60, 6020])).toBe(0);
  });

  it('goes on when the timestamps begin anew further back', () => {
    expect(jitterOf([100_000, 0], [0, 20], [20, 56])).toBe(16_000 / 16);
  });
});
