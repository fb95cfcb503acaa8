import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { micros } from '../../../proto/units.ts';
import { bandWidths, MAX_FILL, MelStream, melOf } from '../../../src/features/mel.ts';
import { SILENT_MEL } from '../../../src/features/spec.ts';
import type { MelColumns, PcmChunk } from '../../../src/media.ts';

const at = (sample: number) => micros(Math.round((sample * 1e6) / 16_000));
const noise = (count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, n) => Math.sin(n * n * 0.37));

/** Pushes, and keeps what comes: the stream writes its columns over the ones before. */
function take(stream: MelStream, chunk: PcmChunk): MelColumns | null {
  const columns = stream.push(chunk);
  return columns && { ...columns, values: columns.values.slice() };
}

function join(parts: readonly (MelColumns | null)[]): Float32Array {
  return Float32Array.from(parts.flatMap((part) => [...(part?.values ?? [])]));
}

describe('melOf', () => {
  it('gives silence its floor, ln 0.01', () => {
    expect(melOf(new Float32Array(400))).toEqual(new Float32Array(64).fill(SILENT_MEL));
  });

  it('puts a sine where its mel band is, at a quarter of the frame length a unit of amplitude', () => {
    // Band 20 tops at mel 185.2 + 21 * 40.5: its loudest bin is the one nearest to that frequency.
    const low = 1127 * Math.log1p(125 / 700);
    const step = (1127 * Math.log1p(7500 / 700) - low) / 65;
    const hz = Math.round((700 * Math.expm1((low + 21 * step) / 1127)) / 31.25) * 31.25;
    const values = melOf(
      Float32Array.from({ length: 400 }, (_, n) => Math.sin((2 * Math.PI * hz * n) / 16_000)),
    );
    expect(values.indexOf(Math.max(...values))).toBe(20);
    // Peak magnitude is sum(hann) / 2 = 100; leakage inside the band adds to it, none takes away.
    expect(Math.exp(values[20] ?? 0)).toBeGreaterThan(80);
    expect(Math.exp(values[20] ?? 0)).toBeLessThan(200);
  });

  it('needs 25 ms for the first column and 10 ms for each further one', () => {
    expect([399, 400, 559, 560].map((count) => melOf(noise(count)).length / 64)).toEqual([0, 1, 1, 2]);
  });
});

describe('bandWidths', () => {
  it('leaves no band empty', () => {
    expect(Math.min(...bandWidths)).toBeGreaterThan(0.2);
    expect(bandWidths.length).toBe(64);
  });
});

describe('MelStream', () => {
  it('gives the same columns and times for any cutting into chunks', () => {
    const samples = noise(4_000);
    const whole = melOf(samples);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4_000 }), { maxLength: 10 }), (places) => {
        const cuts = [0, ...places.toSorted((a, b) => a - b), 4_000];
        const stream = new MelStream();
        const parts = cuts
          .slice(1)
          .map((end, i) => take(stream, { at: at(cuts[i] ?? 0), samples: samples.subarray(cuts[i], end) }));
        expect(join(parts)).toEqual(whole);
        let expected = 0;
        for (const part of parts) {
          if (part) expect(part.at).toBe(expected);
          expected += (part?.count ?? 0) * 10_000;
        }
      }),
      { numRuns: 40 },
    );
  });

  it('fills a hole with silence of its exact length', () => {
    const samples = noise(4_800);
    const holed = samples.slice().fill(0, 1_600, 2_400);
    const stream = new MelStream();
    const parts = [
      take(stream, { at: at(0), samples: samples.subarray(0, 1_600) }),
      take(stream, { at: at(2_400), samples: samples.subarray(2_400) }),
    ];
    expect(join(parts)).toEqual(melOf(holed));
  });

  it('cuts off what overlaps', () => {
    const samples = noise(4_800);
    const stream = new MelStream();
    const parts = [
      take(stream, { at: at(0), samples: samples.subarray(0, 3_200) }),
      take(stream, { at: at(1_600), samples: samples.subarray(1_600, 2_400) }),
      take(stream, { at: at(1_600), samples: samples.subarray(1_600) }),
    ];
    expect(parts[1]).toBeNull();
    expect(join(parts)).toEqual(melOf(samples));
  });

  it('ignores stamps that stray by less than 8 ms', () => {
    const samples = noise(3_200);
    const stream = new MelStream();
    const parts = [0, 1, 2, 3].map((k) =>
      take(stream, {
        at: micros(at(800 * k) + (k % 2) * 7_900),
        samples: samples.subarray(800 * k, 800 * (k + 1)),
      }),
    );
    expect(join(parts)).toEqual(melOf(samples));
  });

  it('starts anew behind a hole that is longer than a second', () => {
    const stream = new MelStream();
    stream.push({ at: micros(0), samples: noise(700) });
    const later = micros(700 * 62.5 + MAX_FILL + 10_000);
    const after = stream.push({ at: later, samples: noise(560) });
    expect(after?.at).toBe(later);
    expect(after?.values).toEqual(melOf(noise(560)));
  });

  it('writes its columns over the ones before: none is made for a chunk as long as the last', () => {
    const stream = new MelStream();
    const first = stream.push({ at: at(0), samples: noise(400) });
    const second = stream.push({ at: at(400), samples: noise(160) });
    expect(second?.values).toBe(first?.values);
  });

  it('forgets everything at reset', () => {
    const stream = new MelStream();
    stream.push({ at: micros(0), samples: noise(700) });
    stream.reset();
    expect(stream.push({ at: micros(77), samples: noise(400) })?.at).toBe(77);
  });
});
