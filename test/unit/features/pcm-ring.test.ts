import { describe, expect, it } from 'vitest';

import { micros } from '../../../proto/units.ts';
import { MelStream } from '../../../src/features/mel.ts';
import { PcmRing, WINDOW_SAMPLES } from '../../../src/features/pcm-ring.ts';

/** Sample n is n + 1, so that silence can be told from any. */
const counted = (from: number, count: number) => ({
  at: micros((from / 16) * 1000),
  samples: Float32Array.from({ length: count }, (_, i) => from + i + 1),
});
const SECOND = 16_000;

describe('PcmRing', () => {
  it('gives a window’s samples, those that its columns are made of', () => {
    expect(WINDOW_SAMPLES).toBe(15_600); // 95 columns of 160, and 400
    const ring = new PcmRing();
    for (let n = 0; n < 2 * SECOND; n += 320) ring.push(counted(n, 320));
    const window = ring.window(micros(240_000));
    expect([window?.length, window?.[0], window?.at(-1)]).toEqual([15_600, 3841, 3840 + 15_600]);
    const columns = new MelStream().push(counted(0, 15_600));
    expect(columns?.count).toBe(96);
  });

  it('is silence where nothing has come, and null where nothing of a window is there', () => {
    const ring = new PcmRing();
    expect(ring.window(micros(0))).toBeNull();
    ring.push(counted(0, 1600));
    ring.push(counted(4800, 1600)); // 0.2 s are missing
    const window = ring.window(micros(0));
    expect([window?.[1599], window?.[1600], window?.[4799], window?.[4800], window?.[6400]]).toEqual([
      1600, 0, 0, 4801, 0,
    ]);
    expect(ring.window(micros(480_000))).toBeNull();
  });

  it('goes on where the last chunk ended while stamps stray by less than 8 ms', () => {
    const ring = new PcmRing();
    ring.push(counted(0, 1600));
    ring.push({ ...counted(1600, 1600), at: micros(105_000) });
    ring.push({ ...counted(3200, 1600), at: micros(195_000) });
    const window = ring.window(micros(0));
    expect([...(window?.subarray(0, 4800) ?? [])]).toEqual(Array.from({ length: 4800 }, (_, i) => i + 1));
  });

  it('keeps a minute and forgets what is older, across a long hole too', () => {
    const ring = new PcmRing();
    for (let n = 0; n < 70 * SECOND; n += SECOND) ring.push(counted(n, SECOND));
    expect(ring.window(micros(5_000_000))).toBeNull();
    expect(ring.window(micros(10_080_000))?.[0]).toBe(10.08 * SECOND + 1);
    ring.push(counted(300 * SECOND, SECOND));
    expect(ring.window(micros(60_000_000))).toBeNull();
    const after = ring.window(micros(299_520_000));
    expect([after?.[0], after?.[7680]]).toEqual([0, 300 * SECOND + 1]);
  });

  it('starts before the media clock’s zero where a stamp says so', () => {
    const ring = new PcmRing();
    ring.push(counted(-160, 1600));
    expect(ring.window(micros(0))?.[0]).toBe(1);
  });
});
