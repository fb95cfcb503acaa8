import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { micros } from '../../../proto/units.ts';
import { ShapeError } from '../../../src/errors.ts';
import { downmix, pcm16ToFloat, Resampler } from '../../../src/features/resample.ts';

const sine = (hz: number, rate: number, count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, n) => Math.sin((2 * Math.PI * hz * n) / rate));

const rms = (samples: Float32Array): number =>
  Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);

function all(rate: number, samples: Float32Array, cuts: readonly number[]): Float32Array {
  const resampler = new Resampler(rate);
  const out: number[] = [];
  let start = 0;
  for (const end of [...cuts, samples.length]) {
    out.push(...(resampler.push(micros(0), samples.subarray(start, end))?.samples ?? []));
    start = end;
  }
  return Float32Array.from(out);
}

describe('Resampler', () => {
  it.each([8_000, 24_000, 32_000, 44_100, 48_000])(
    'keeps a 1 kHz sine from %i Hz in place and level',
    (rate) => {
      const chunk = new Resampler(rate).push(micros(0), sine(1000, rate, rate));
      const { at, samples } = chunk ?? { at: micros(0), samples: new Float32Array() };
      expect(samples.length).toBe(16_000);
      // The first 200 outputs and the last hold the filter's edges; 50 dB of ripple is 0.003.
      const expected = Float32Array.from(
        { length: 15_600 },
        (_, n) => samples[n + 200]! - Math.sin(2 * Math.PI * 1000 * (at / 1e6 + (n + 200) / 16_000)),
      );
      expect(rms(expected)).toBeLessThan(0.004); // plus half a microsecond of stamp rounding: 0.003 rad
    },
  );

  it('takes 23.5 samples of group delay off the stamp at 48 kHz', () => {
    expect(new Resampler(48_000).push(micros(20_000), new Float32Array(960))?.at).toBe(20_000 - 490); // 23.5 / 48 ms
  });

  it('lets nothing above 9 kHz fold back by more than 0.5 %', () => {
    const chunk = new Resampler(48_000).push(micros(0), sine(10_000, 48_000, 48_000));
    expect(rms(chunk?.samples.subarray(100) ?? new Float32Array([1]))).toBeLessThan(0.005 * Math.SQRT1_2);
  });

  it('hands 16 kHz through', () => {
    const samples = sine(440, 16_000, 320);
    expect(new Resampler(16_000).push(micros(5), samples)).toEqual({ at: micros(5), samples });
  });

  it('gives the same samples for any cutting into blocks', () => {
    const rates = fc.constantFrom(8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000);
    const cuts = fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 12 });
    fc.assert(
      fc.property(rates, cuts, (rate, places) => {
        const noise = Float32Array.from({ length: 3_000 }, (_, n) => Math.sin(n * n * 0.37));
        const sorted = places.toSorted((a, b) => a - b);
        expect(all(rate, noise, sorted)).toEqual(all(rate, noise, []));
      }),
      { numRuns: 40 },
    );
  });

  it('stamps every block as if it had been one', () => {
    const resampler = new Resampler(44_100);
    let position = 0;
    let expected: number | null = null;
    for (const length of [441, 100, 7, 1_000, 1, 1, 30, 882]) {
      const at = micros(Math.round((position / 44_100) * 1e6));
      const chunk = resampler.push(at, new Float32Array(length));
      if (chunk) {
        if (expected !== null) expect(Math.abs(chunk.at - expected)).toBeLessThanOrEqual(2); // two roundings
        expected = chunk.at + (chunk.samples.length / 16_000) * 1e6;
      }
      position += length;
    }
    expect(expected).not.toBeNull();
  });

  it('writes its samples over the ones before: none is made for a block as long as the last', () => {
    const resampler = new Resampler(48_000);
    const first = resampler.push(micros(0), sine(300, 48_000, 960));
    expect(resampler.push(micros(20_000), sine(300, 48_000, 960))?.samples).toBe(first?.samples);
  });

  it('starts anew after reset', () => {
    const resampler = new Resampler(48_000);
    const first = structuredClone(resampler.push(micros(0), sine(300, 48_000, 1_000)));
    resampler.reset();
    expect(resampler.push(micros(0), sine(300, 48_000, 1_000))).toEqual(first);
  });

  it.each([0, 7_999, 44_100.5, 192_001, Number.NaN])('rejects a rate of %d Hz with ERR_RANGE', (rate) => {
    expect(() => new Resampler(rate)).toThrow(expect.objectContaining({ code: 'ERR_RANGE' }));
    expect(() => new Resampler(rate)).toThrow(ShapeError);
  });
});

describe('downmix', () => {
  it('takes the mean of the channels', () => {
    expect(downmix([Float32Array.of(1, 0, 0.5), Float32Array.of(0, -1, 0.5)])).toEqual(
      Float32Array.of(0.5, -0.5, 0.5),
    );
  });

  it('writes into a scratch of the right length, over whatever is there', () => {
    const scratch = Float32Array.of(7, 7);
    expect(downmix([Float32Array.of(1, 0), Float32Array.of(0, -1)], scratch)).toBe(scratch);
    expect(scratch).toEqual(Float32Array.of(0.5, -0.5));
    const short = new Float32Array(1);
    expect(downmix([Float32Array.of(1, 0), Float32Array.of(0, -1)], short)).toEqual(scratch);
  });

  it('rejects channels of unequal length with ERR_SHAPE', () => {
    expect(() => downmix([new Float32Array(2), new Float32Array(3)])).toThrow(
      expect.objectContaining({ code: 'ERR_SHAPE' }),
    );
    expect(() => downmix([])).toThrow(expect.objectContaining({ code: 'ERR_SHAPE' }));
  });
});

describe('pcm16ToFloat', () => {
  it('reads little-endian samples from any byte offset and ignores an odd last byte', () => {
    const bytes = Uint8Array.of(9, 0x00, 0x80, 0xff, 0x7f, 0x00, 0x40, 7).subarray(1);
    expect(pcm16ToFloat(bytes)).toEqual(Float32Array.of(-1, 32_767 / 32_768, 0.5));
  });
});
