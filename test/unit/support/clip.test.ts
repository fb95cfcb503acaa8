import { describe, expect, it } from 'vitest';

import { parseWavHeader } from '../../../server/cli/media/wav.ts';
import { random } from '../../../src/random.ts';
import { planClip, wavBytes } from '../../support/clip.ts';
import { Painter } from '../../support/clip-picture.ts';

describe('planClip', () => {
  const plan = planClip({ seed: 4, spansPerClass: 5 });

  it('gives every class its spans in each half, apart from one another', () => {
    for (const half of ['first', 'second'] as const)
      for (const classIndex of [0, 1, 2, 3])
        expect(plan.spans.filter((span) => span.half === half && span.classIndex === classIndex).length).toBe(
          5,
        );
    for (const [i, { start, end }] of plan.spans.entries()) {
      expect(end - start).toBeGreaterThanOrEqual(2.4);
      expect(end - start).toBeLessThanOrEqual(3);
      expect(start - (plan.spans[i - 1]?.end ?? 0)).toBeGreaterThanOrEqual(0.4);
      expect(start >= plan.teachUntil).toBe(plan.spans[i]?.half === 'second');
    }
  });

  it('lets no voice of the first half speak in the second, and gives each class several', () => {
    const voices = (half: string, classIndex: number) =>
      plan.spans
        .filter((span) => span.half === half && span.classIndex === classIndex)
        .map(({ speech }) => speech.voice);
    const all = (half: string) => new Set([0, 1, 2, 3].flatMap((classIndex) => voices(half, classIndex)));
    expect([...all('first')].filter((voice) => all('second').has(voice))).toEqual([]);
    expect(new Set(voices('first', 0)).size).toBe(5);
  });

  it('is the same for the same seed and another for another', () => {
    expect(planClip({ seed: 4, spansPerClass: 5 })).toEqual(plan);
    expect(planClip({ seed: 5, spansPerClass: 5 })).not.toEqual(plan);
  });
});

describe('Painter', () => {
  it('moves the shape and nothing else where there is no noise', () => {
    const scene = planClip({ seed: 1 }).spans[0]?.scene;
    if (!scene) throw new TypeError('a plan has spans');
    const painter = new Painter(random(1));
    const still = { fixed: 0, moving: 0 };
    const [empty, first, later] = [
      painter.paint(scene, 0, false, still).data,
      painter.paint(scene, 0, true, still).data,
      painter.paint(scene, 0.3, true, still).data,
    ];
    const share = (a: Uint8Array, b: Uint8Array) => a.filter((value, i) => value !== b[i]).length / a.length;
    expect(share(empty, first)).toBeGreaterThan(0.005);
    expect(share(empty, first)).toBeLessThan(0.5);
    expect(share(first, later)).toBeGreaterThan(0.002);
  });
});

describe('wavBytes', () => {
  it('writes what the command line reads', () => {
    const bytes = wavBytes(new Float32Array(100), 16_000);
    const expected = { encoding: 'pcm16', channels: 1, rateHz: 16_000, dataOffset: 44, dataBytes: 200 };
    expect(parseWavHeader(bytes, bytes.length)).toEqual(expected);
    expect(bytes.length).toBe(44 + 200);
  });
});
