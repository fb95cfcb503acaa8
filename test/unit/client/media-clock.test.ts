import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mediaClock } from '../../../client/media-clock.ts';
import { micros } from '../../../proto/units.ts';

describe('mediaClock', () => {
  it('reads the welcome media time at the moment of the welcome, and runs on from there', () => {
    const clock = mediaClock(micros(5_000_000), micros(1_200_000));
    expect(clock.fromPage(micros(1_200_000))).toBe(5_000_000);
    expect(clock.fromPage(micros(1_200_000 + 250))).toBe(5_000_000 + 250);
  });

  it('maps back what it mapped', () => {
    const time = fc.integer({ min: 0, max: 1e12 });
    fc.assert(
      fc.property(time, time, time, (media, page, at) => {
        const clock = mediaClock(micros(media), micros(page));
        expect(clock.toPage(clock.fromPage(micros(at)))).toBe(at);
      }),
    );
  });
});
