import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type Judged, judgeCandidate, signTest } from '../../../src/training/gate.ts';

const judged = (classId: string, fused: boolean, logProbability = fused ? -0.1 : -3): Judged => ({
  classId,
  fused,
  audio: fused,
  video: null,
  logProbability,
});
const row = (classId: string, right: number, wrong: number): Judged[] => [
  ...Array.from({ length: right }, () => judged(classId, true)),
  ...Array.from({ length: wrong }, () => judged(classId, false)),
];
const judge = (
  candidate: readonly Judged[],
  champion: readonly Judged[],
  thinClassIds: readonly string[] = [],
) => judgeCandidate({ candidate, champion, thinClassIds, weak: null, nameOf: (id) => `the ${id}` });

describe('signTest', () => {
  it.each([
    [0, 0, 1],
    [3, 0, 1],
    [0, 3, 1 / 8],
    [1, 3, 5 / 16],
    [0, 4, 1 / 16],
    [2, 2, 11 / 16],
  ])('of %i wins and %i losses is %f', (wins, losses, expected) => {
    expect(signTest(wins, losses)).toBeCloseTo(expected, 12);
  });

  it('stays a probability for many samples', () => {
    expect(signTest(500, 500)).toBeGreaterThan(0.5);
    expect(signTest(400, 600)).toBeLessThan(1e-8);
  });
});

describe('judgeCandidate', () => {
  it('promotes a candidate that wins, and says how', () => {
    const result = judge(row('door', 47, 1), [...row('door', 39, 9)]);
    expect(result).toMatchObject({
      promoted: true,
      verdict: 'promoted: 47 of 48 held-out windows right, was 39',
      thinEvidence: false,
      heldOut: { fused: 47 / 48, audio: 47 / 48, video: 0 },
      championHeldOut: { fused: 39 / 48 },
    });
  });

  it('rejects one that gains nothing', () => {
    expect(judge(row('door', 5, 1), row('door', 5, 1))).toMatchObject({
      promoted: false,
      verdict: 'not promoted, it gains nothing: 5 of 6 held-out windows right, was 5',
    });
  });

  it('promotes a tie that knows more of the weaker sense by two points, or of the one that was pushed', () => {
    const tie = (audio: number, video: number): Judged[] =>
      Array.from({ length: 50 }, (_, i) => ({
        ...judged('door', i < 40),
        audio: i < audio,
        video: i < video,
      }));
    expect(judge(tie(21, 40), tie(20, 40))).toMatchObject({
      promoted: true,
      verdict: 'promoted: 40 of 50 held-out windows right, was 40, and the weaker sense knows more',
    });
    expect(judge(tie(20, 41), tie(20, 40)).promoted).toBe(false);
    const champion = tie(20, 40);
    const pushed = { candidate: tie(20, 41), champion, thinClassIds: [], nameOf: (id: string) => id };
    expect(judgeCandidate({ ...pushed, weak: 'video' }).promoted).toBe(true);
    expect(judgeCandidate({ ...pushed, weak: 'audio' }).promoted).toBe(false);
  });

  it('promotes a tie that is surer on the whole', () => {
    const surer = [judged('door', true, -0.05), ...row('door', 4, 1)];
    expect(judge(surer, row('door', 5, 1))).toMatchObject({
      promoted: true,
      verdict: 'promoted: 5 of 6 held-out windows right, was 5, and surer on the whole',
    });
  });

  it('rejects one that loses more often than it wins', () => {
    const result = judge(row('door', 5, 3), row('door', 6, 2));
    expect(result).toMatchObject({
      promoted: false,
      verdict: 'not promoted, it answers worse: 5 of 8 held-out windows right, was 6',
    });
  });

  it('says that evidence is thin', () => {
    expect(judge(row('door', 4, 0), row('door', 1, 3), ['door'])).toMatchObject({
      thinEvidence: true,
      verdict: 'promoted: 4 of 4 held-out windows right, was 1 (thin evidence)',
    });
  });

  it('promotes one that loses a window more but is surer on the whole, on thin evidence only', () => {
    const champion = Array.from({ length: 8 }, () => judged('door', true, -0.9));
    const candidate = [
      ...Array.from({ length: 7 }, () => judged('door', true, -0.1)),
      judged('door', false, -2),
    ];
    expect(judge(candidate, champion, ['door'])).toMatchObject({
      promoted: true,
      verdict: 'promoted: 7 of 8 held-out windows right, was 8, and surer on the whole (thin evidence)',
    });
    expect(judge(candidate, champion).promoted).toBe(false);
    // Four losses and no win: P = 1/16, the sign test finds it worse.
    const worse = [...candidate.slice(0, 4), ...Array.from({ length: 4 }, () => judged('door', false, -0.2))];
    expect(judge(worse, champion, ['door']).promoted).toBe(false);
  });

  it('rejects one that gives up more than ten points of a class with ten samples', () => {
    const champion = [...row('door', 10, 0), ...row('cat', 0, 10)];
    const candidate = [...row('door', 8, 2), ...row('cat', 10, 0)];
    expect(judge(candidate, champion)).toMatchObject({
      promoted: false,
      verdict:
        "not promoted, 'the door' would fall from 100 % to 80 %: 18 of 20 held-out windows right, was 10",
    });
    const tenPoints = [...row('door', 9, 1), ...row('cat', 10, 0)];
    expect(judge(tenPoints, champion).promoted).toBe(true);
  });

  it('lets a class of nine samples fall', () => {
    const champion = [...row('door', 9, 0), ...row('cat', 0, 10)];
    expect(judge([...row('door', 5, 4), ...row('cat', 10, 0)], champion).promoted).toBe(true);
  });

  it('promotes nothing without a held-out sample', () => {
    expect(judge([], [])).toMatchObject({
      promoted: false,
      verdict: 'not promoted: no held-out windows to judge by',
    });
  });

  it('never promotes a candidate with fewer right answers than the champion on good evidence', () => {
    const answers = fc.array(fc.tuple(fc.boolean(), fc.boolean(), fc.constantFrom('a', 'b')), {
      minLength: 1,
    });
    fc.assert(
      fc.property(answers, (pairs) => {
        const candidate = pairs.map(([right, , id]) => judged(id, right));
        const champion = pairs.map(([, right, id]) => judged(id, right));
        const rightOf = (rows: readonly Judged[]): number => rows.filter(({ fused }) => fused).length;
        if (judge(candidate, champion).promoted) {
          expect(rightOf(candidate)).toBeGreaterThanOrEqual(rightOf(champion));
        }
      }),
    );
  });

  it('never lets a class of ten samples lose more than ten points, on any evidence', () => {
    const windows = fc.array(
      fc.record({
        classId: fc.constantFrom('a', 'b'),
        before: fc.boolean(),
        after: fc.boolean(),
        log: fc.double({ min: -9, max: 0, noNaN: true }),
      }),
      { minLength: 1, maxLength: 60 },
    );
    fc.assert(
      fc.property(windows, fc.boolean(), (rows, thin) => {
        const candidate = rows.map(({ classId, after, log }) => judged(classId, after, log));
        const champion = rows.map(({ classId, before }) => judged(classId, before));
        const { promoted } = judge(candidate, champion, thin ? ['a', 'b'] : []);
        for (const classId of ['a', 'b']) {
          const own = rows.filter((one) => one.classId === classId);
          const lost = own.filter(({ before }) => before).length - own.filter(({ after }) => after).length;
          if (promoted && own.length >= 10) expect(lost / own.length).toBeLessThanOrEqual(0.1 + 1e-9);
        }
      }),
    );
  });

  it('gives the figures of each condition', () => {
    const candidate = [...row('door', 9, 1), ...row('cat', 3, 1)];
    const champion = [...row('door', 10, 0), ...row('cat', 1, 3)];
    expect(judge(candidate, champion, ['cat']).evidence).toMatchObject({
      ...{ windows: 14, thin: true, finite: true, notWorse: true, gain: 'more-right', keepsClasses: true },
      ...{ wins: 2, losses: 1, probability: 1 / 2 + 3 / 8 },
      ...{ weak: 'video', weakBefore: 0, weakAfter: 0 },
      classes: [
        { classId: 'door', windows: 10, before: 1, after: 0.9 },
        { classId: 'cat', windows: 4, before: 1 / 4, after: 3 / 4 },
      ],
    });
  });

  it('marks the condition that was not met', () => {
    const fallen = judge(
      [...row('door', 8, 2), ...row('cat', 9, 0)],
      [...row('door', 10, 0), ...row('cat', 0, 9)],
    );
    expect(fallen).toMatchObject({ promoted: false, evidence: { notWorse: true, keepsClasses: false } });
    const worse = judge(row('door', 5, 5), row('door', 10, 0));
    expect(worse.evidence).toMatchObject({ notWorse: false, gain: 'none' });
    expect(judge(row('door', 5, 1), row('door', 5, 1)).evidence).toMatchObject({
      notWorse: true,
      gain: 'none',
    });
  });
});
