import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  type ClassScores,
  imbalanceOf,
  NO_SCORES,
  withScores,
} from '../../../../src/pmr/stream/imbalance.ts';
import { STREAM } from '../../../../src/pmr/stream/settings.ts';

type Row = { readonly classId: string; readonly audio: number | null; readonly video: number | null };

const scoresOf = (rows: readonly Row[]): ClassScores =>
  rows.reduce((scores, { classId, ...sides }) => withScores(scores, classId, sides, STREAM), NO_SCORES);
const times = (count: number, row: Row): readonly Row[] => Array.from({ length: count }, () => row);
const pair = (audio: number, video: number, count = 10): ClassScores =>
  scoresOf(['door', 'cat'].flatMap((classId) => times(count, { classId, audio, video })));

const score = fc.option(fc.double({ min: 0.01, max: 1, noNaN: true }), { freq: 6 });
const rows = fc.array(fc.record({ classId: fc.constantFrom('a', 'b', 'c'), audio: score, video: score }), {
  maxLength: 80,
});

describe('withScores', () => {
  it('is the mean of the first ten, then the old by 0.9 and the new by 0.1', () => {
    const first = scoresOf([0.2, 0.4, 0.9].map((audio) => ({ classId: 'door', audio, video: null })));
    expect(first.get('door')?.audio.score).toBeCloseTo((0.2 + 0.4 + 0.9) / 3, 12);
    const ten = scoresOf(times(10, { classId: 'door', audio: 0.5, video: null }));
    const eleven = withScores(ten, 'door', { audio: 1, video: null }, STREAM);
    expect(eleven.get('door')?.audio.score).toBeCloseTo(0.9 * 0.5 + 0.1 * 1, 12);
  });

  it('leaves a modality that took no part as it was', () => {
    const scores = scoresOf([{ classId: 'door', audio: 0.3, video: null }]);
    expect(scores.get('door')).toEqual({
      audio: { score: 0.3, samples: 1 },
      video: { score: 0, samples: 0 },
    });
  });
});

describe('imbalanceOf', () => {
  it('is not known before two classes have ten samples in both modalities', () => {
    expect(imbalanceOf(pair(0.4, 0.8, 9), STREAM)).toEqual({ rho: null, beta: 0, gamma: 0 });
    const one = scoresOf(times(40, { classId: 'door', audio: 0.4, video: 0.8 }));
    expect(imbalanceOf(one, STREAM).rho).toBeNull();
    const mute = scoresOf(
      ['door', 'cat'].flatMap((classId) => times(40, { classId, audio: null, video: 0.8 })),
    );
    expect(imbalanceOf(mute, STREAM).rho).toBeNull();
  });

  it('pushes the slow modality by equation 11', () => {
    const { rho, beta, gamma } = imbalanceOf(pair(0.5, 0.6), STREAM);
    expect(rho).toBeCloseTo(0.5 / 0.6, 12);
    expect(beta).toBeCloseTo(0.6 / 0.5 - 1, 12);
    expect(gamma).toBe(0);
  });

  it('pushes nothing within the dead band', () => {
    // ln(0.54 / 0.5) = 0.077, ln(0.56 / 0.5) = 0.113
    expect(imbalanceOf(pair(0.5, 0.54), STREAM)).toMatchObject({ beta: 0, gamma: 0 });
    expect(imbalanceOf(pair(0.5, 0.56), STREAM).beta).toBeCloseTo(0.06 / 0.5, 9);
  });

  it('counts classes alike, however many samples each has had', () => {
    const many = scoresOf([
      ...times(200, { classId: 'door', audio: 0.9, video: 0.9 }),
      ...times(10, { classId: 'cat', audio: 0.3, video: 0.9 }),
    ]);
    expect(imbalanceOf(many, STREAM).rho).toBeCloseTo((0.9 + 0.3) / (0.9 + 0.9), 9);
  });

  it('leaves out a class of fewer than five samples', () => {
    const scores = [...times(4, { classId: 'tap', audio: 0.01, video: 1 })].reduce(
      (all, { classId, ...sides }) => withScores(all, classId, sides, STREAM),
      pair(0.5, 0.5),
    );
    expect(imbalanceOf(scores, STREAM).rho).toBeCloseTo(1, 12);
  });

  it('exchanging the modalities inverts rho and exchanges beta and gamma', () => {
    fc.assert(
      fc.property(rows, (given) => {
        const here = imbalanceOf(scoresOf(given), STREAM);
        const there = imbalanceOf(
          scoresOf(given.map(({ classId, audio, video }) => ({ classId, audio: video, video: audio }))),
          STREAM,
        );
        expect(there.beta).toBeCloseTo(here.gamma, 9);
        expect(there.gamma).toBeCloseTo(here.beta, 9);
        if (here.rho === null) expect(there.rho).toBeNull();
        else expect((there.rho ?? 0) * here.rho).toBeCloseTo(1, 9);
      }),
    );
  });
});
