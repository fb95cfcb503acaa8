import { describe, expect, it } from 'vitest';
import { addPong, pingEstimate, watchedMediaTime } from '../../../client/ping-clock.ts';
import type { Pong } from '../../../proto/messages.ts';
import { micros } from '../../../proto/units.ts';

const pong = (clientUs: number, serverUs: number, media: number | null = null): Pong => ({
  type: 'pong',
  id: 1,
  clientUs,
  serverUs,
  media: media === null ? null : micros(media),
});

describe('pingEstimate', () => {
  it('knows nothing without a sample', () => {
    expect(pingEstimate([])).toBeNull();
  });

  it('takes offset and round trip from the shortest round trip', () => {
    const slow = addPong([], pong(1000, 900_000), micros(1000 + 80_000));
    const both = addPong(slow, pong(200_000, 700_000), micros(200_000 + 4000));
    expect(pingEstimate(both)).toEqual({ rtt: 4, offsetUs: 700_000 - (200_000 + 2000), mediaShiftUs: null });
  });

  it('forgets samples older than the last eight', () => {
    let samples = addPong([], pong(0, 50), micros(10));
    for (let i = 1; i <= 8; i++) samples = addPong(samples, pong(i * 1e6, 0), micros(i * 1e6 + 500));
    expect(samples).toHaveLength(8);
    expect(pingEstimate(samples)?.rtt).toBe(0.5);
  });
});

describe('watchedMediaTime', () => {
  it('places the watched session on the page clock at the middle of the round trip', () => {
    const samples = addPong([], pong(1_000_000, 0, 60_000_000), micros(1_004_000));
    expect(watchedMediaTime(pingEstimate(samples), micros(1_002_000 + 500_000))).toBe(60_000_000 + 500_000);
  });

  it('is null where the server does not know', () => {
    expect(watchedMediaTime(pingEstimate(addPong([], pong(1, 1), micros(2))), micros(3))).toBeNull();
    expect(watchedMediaTime(null, micros(3))).toBeNull();
  });
});
