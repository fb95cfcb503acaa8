import { describe, expect, it } from 'vitest';
import type { AssembledFrame } from '../../../src/rtp/payload-format.ts';
import { UnclockedFrames } from '../../../src/rtp/unclocked-frames.ts';

const RATE = 1000;
const frame = (timestamp: number, key: boolean, bytes = 1): AssembledFrame => ({
  timestamp,
  key,
  temporalId: 0,
  data: new Uint8Array(bytes),
});
const held = (frames: UnclockedFrames): number[] => frames.take().map(({ timestamp }) => timestamp);

describe('UnclockedFrames', () => {
  it('gives what it holds once, oldest first', () => {
    const frames = new UnclockedFrames({ clockRateHz: RATE });
    expect([frames.hold(frame(0, true)), frames.hold(frame(20, false))]).toEqual([0, 0]);
    expect([held(frames), held(frames)]).toEqual([[0, 20], []]);
  });

  it('drops the oldest over 3 s', () => {
    const frames = new UnclockedFrames({ clockRateHz: RATE });
    expect([0, 1500, 3000, 3001].map((at) => frames.hold(frame(at, true)))).toEqual([0, 0, 0, 1]);
    expect(held(frames)).toEqual([1500, 3000, 3001]);
  });

  it('drops the oldest over 512 frames', () => {
    const frames = new UnclockedFrames({ clockRateHz: RATE });
    const dropped = Array.from({ length: 600 }, (_, i) => frames.hold(frame(i, true)));
    expect(dropped.reduce((sum, count) => sum + count)).toBe(600 - 512);
    expect(held(frames).length).toBe(512);
  });

  it('drops the oldest over 8 MiB', () => {
    const frames = new UnclockedFrames({ clockRateHz: RATE });
    const large = 3 * 1024 * 1024;
    expect([0, 1, 2].map((at) => frames.hold(frame(at, true, large)))).toEqual([0, 0, 1]);
    expect(frames.hold(frame(3, true, 2 * 1024 * 1024))).toBe(0); // 3 + 3 + 2 MiB
    expect(held(frames)).toEqual([1, 2, 3]);
    expect([4, 5].map((at) => frames.hold(frame(at, true, large)))).toEqual([0, 0]);
  });

  it('drops with a key frame all that need it', () => {
    const frames = new UnclockedFrames({ clockRateHz: RATE });
    for (const at of [0, 1000, 2000]) frames.hold(frame(at, at === 0));
    expect(frames.hold(frame(2500, true))).toBe(0);
    expect(frames.hold(frame(3500, false))).toBe(3);
    expect([frames.needsKey, held(frames)]).toEqual([false, [2500, 3500]]);
  });

  it('takes nothing up to the next key frame where none is left', () => {
    const frames = new UnclockedFrames({ clockRateHz: RATE });
    for (const at of [0, 1000, 2000, 3000]) frames.hold(frame(at, at === 0));
    expect(frames.hold(frame(4000, false))).toBe(5);
    expect([frames.needsKey, frames.hold(frame(4500, false))]).toEqual([true, 1]);
    expect([frames.hold(frame(5000, true)), frames.needsKey, held(frames)]).toEqual([0, false, [5000]]);
  });

  it('does not keep what lies before a jump of the timestamps', () => {
    const frames = new UnclockedFrames({ clockRateHz: RATE });
    frames.hold(frame(1e6, true));
    expect(frames.hold(frame(0, true))).toBe(1);
    expect(held(frames)).toEqual([0]);
  });
});
