import { describe, expect, it } from 'vitest';
import { SampleTimeline } from '../../../../client/capture/sample-timeline.ts';

/** `count` blocks of 10 ms at 48 kHz from `fromUs` on. */
function feed(timeline: SampleTimeline, fromUs: number, count: number): number {
  for (let i = 0; i < count; i++) timeline.add(fromUs + i * 10_000, 480, 48_000);
  return fromUs + count * 10_000;
}

describe('SampleTimeline', () => {
  it('goes on through blocks that follow each other', () => {
    const timeline = new SampleTimeline();
    expect(timeline.breaks(123)).toBe(false);
    expect(timeline.breaks(feed(timeline, 5000, 300))).toBe(false);
  });

  it('bears jitter of two blocks and breaks at a gap of half a second', () => {
    const timeline = new SampleTimeline();
    const end = feed(timeline, 0, 30);
    expect(timeline.breaks(end + 20_000)).toBe(false);
    expect(timeline.breaks(end + 500_000)).toBe(true);
  });

  it('adds up small losses until they matter', () => {
    const timeline = new SampleTimeline();
    let end = 0;
    for (let lost = 0; lost < 4; lost++) end = feed(timeline, end, 10) + 10_000;
    expect(timeline.breaks(end)).toBe(false); // 40 ms: the bound itself
    end = feed(timeline, end, 10) + 10_000;
    expect(timeline.breaks(end)).toBe(true);
  });

  it('breaks where time runs backwards, and begins anew after a restart', () => {
    const timeline = new SampleTimeline();
    feed(timeline, 1_000_000, 20);
    expect(timeline.breaks(900_000)).toBe(true);
    timeline.restart();
    expect(timeline.breaks(900_000)).toBe(false);
  });
});
