import { describe, expect, it } from 'vitest';
import {
  classTable,
  policyTable,
  type RunRecord,
  reportOf,
  type ScoredSpan,
  tableOf,
} from '../../../src/evaluation/report.ts';

const span = (
  classId: string,
  fused: readonly (string | null)[],
  change: Partial<ScoredSpan> = {},
): ScoredSpan => ({
  classId,
  hears: true,
  sees: true,
  samples: fused.map((answer) => ({
    fused: answer,
    audio: answer,
    video: 'b',
    audioScore: 0.5,
    videoScore: 0.5,
  })),
  ...change,
});

const RUN: RunRecord = {
  policy: 'joint',
  spans: [span('a', [null, null]), span('b', ['b', 'b', 'b', 'a'], { hears: false }), span('a', ['a', 'b'])],
  rounds: [
    { round: 1, afterLabels: 2, ended: 'promoted', version: 1, verdict: 'promoted', heldOut: null },
    { round: 2, afterLabels: 2, ended: 'rejected', version: null, verdict: 'no', heldOut: null },
    { round: 3, afterLabels: 3, ended: 'nothing', version: null, verdict: 'no', heldOut: null },
  ],
  rollbacks: 1,
  heldOut: { fused: 0.9, audio: 0.8, video: 0.7 },
  heldOutSamples: 20,
};

describe('reportOf', () => {
  const report = reportOf(RUN);

  it('counts each span once, however long it was held', () => {
    expect(report.prequential.fused).toBeCloseTo((0 + 3 / 4 + 1 / 2) / 3, 12);
    expect(report).toMatchObject({ spans: 3, samples: 8 });
  });

  it('does not hold against a sense that it was not there', () => {
    expect(report.prequential.audio).toBeCloseTo((0 + 1 / 2) / 2, 12);
    expect(report.curves.audio).toEqual([0, 0, expect.closeTo(0.5 / (0.98 + 1), 12)]);
    const deaf = reportOf({ ...RUN, spans: [span('a', ['a'], { hears: false })] });
    expect(deaf.prequential).toEqual({ fused: 1, audio: null, video: 0 });
    expect(deaf.faded.audio).toBeNull();
  });

  it('fades older spans by 0.98 each', () => {
    const faded = (0.98 ** 2 * 0 + 0.98 * (3 / 4) + 1 / 2) / (0.98 ** 2 + 0.98 + 1);
    expect(report.faded.fused).toBeCloseTo(faded, 12);
    expect(report.curves.fused.at(-1)).toBe(report.faded.fused);
  });

  it('reports classes in the order in which they were first taught, and counts how rounds ended', () => {
    expect(report.perClass).toEqual([
      { classId: 'a', spans: 2, fused: 0.25, audio: 0.25, video: 0 },
      { classId: 'b', spans: 1, fused: 0.75, audio: null, video: 1 },
    ]);
    expect(report).toMatchObject({ promoted: 1, rejected: 1, rollbacks: 1 });
  });

  it('has nothing to say of a run without labels', () => {
    const empty = reportOf({ ...RUN, spans: [], heldOut: null, heldOutSamples: 0 });
    expect(empty.prequential).toEqual({ fused: null, audio: null, video: null });
    expect(empty.perClass).toEqual([]);
  });
});

describe('tableOf', () => {
  it('makes columns as wide as their widest cell, the first to the left', () => {
    const rows = [
      ['a', '1'],
      ['longer', '100'],
    ];
    const expected = ['| name   |   n |', '| ------ | --: |', '| a      |   1 |', '| longer | 100 |'];
    expect(tableOf(['name', 'n'], rows)).toEqual(expected);
  });
});

describe('policyTable and classTable', () => {
  it('give percent, and a dash where there is nothing', () => {
    const reports = [reportOf({ ...RUN, heldOut: null, heldOutSamples: 0 })];
    expect(policyTable(reports)).toEqual([
      '| policy | fused | sound | picture | last | promoted | rejected | left | held out | of |',
      '| ------ | ----: | ----: | ------: | ---: | -------: | -------: | ---: | -------: | -: |',
      '| joint  |  41.7 |  25.0 |    33.3 | 42.0 |        1 |        1 |    1 |        - |  0 |',
    ]);
    expect(classTable(reports, (id) => `class ${id}`).slice(2)).toEqual([
      '| class a | joint  |  25.0 |  25.0 |     0.0 |     2 |',
      '| class b | joint  |  75.0 |     - |   100.0 |     1 |',
    ]);
  });
});
