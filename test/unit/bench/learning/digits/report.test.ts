import { describe, expect, it } from 'vitest';
import type { PolicyName } from '../../../../../proto/policies.ts';
import { digitPlots, digitTable, digitTargets } from '../../../../bench/learning/digits/report.ts';
import type { DigitResult } from '../../../../bench/learning/digits/run.ts';

const result = (policy: PolicyName, seed: number, fused: number, gray: number): DigitResult => ({
  policy,
  seed,
  fused,
  trainFused: 1,
  gray: { prototype: gray, head: 0.3, trainPrototype: 0.9 },
  coloured: { prototype: 0.2, head: 0.1, trainPrototype: 0.8 },
  rho: [0.5, 0.6],
  seconds: 1,
});

const results = [
  result('joint', 1, 0.4, 0.6),
  result('joint', 2, 0.42, 0.62),
  result('paper-pmr', 1, 0.44, 0.8),
  result('paper-pmr', 2, 0.46, 0.82),
  { ...result('audio-only', 1, 0.1, 0.97), rho: [null, null] },
];

describe('digitTable', () => {
  it('puts differences to joint beside the means', () => {
    const row = digitTable(results)
      .split('\n')
      .find((line) => line.includes('paper-pmr'));
    expect(row?.split('|').map((cell) => cell.trim())).toEqual([
      '',
      'paper-pmr',
      '44.0, 46.0',
      '45.0 ± 12.7',
      '+4.0 ± 0.0',
      '81.0 ± 12.7',
      '+20.0 ± 0.0',
      '20.0 ± 0.0',
      '30.0 / 10.0',
      '90.0 / 80.0',
      '0.60',
      '',
    ]);
  });

  it('gives a bound its own view alone', () => {
    const row = digitTable(results)
      .split('\n')
      .find((line) => line.includes('gray alone'));
    expect(
      row
        ?.split('|')
        .map((cell) => cell.trim())
        .filter(Boolean),
    ).toEqual(['gray alone', '97.0', '30.0', '90.0']);
  });
});

describe('digitTargets', () => {
  it('says of each form what is met', () => {
    expect(digitTargets(results).map(({ name, met }) => [name, met])).toEqual([
      ['paper-pmr: gray over joint', true],
      ['paper-pmr: fused over joint', false],
      ['gray alone, by its head', false],
    ]);
  });

  it('meets nothing that was not measured', () => {
    const targets = digitTargets([result('paper-pmr', 1, 0.9, 0.9)]);
    expect(targets.map(({ value, met }) => [value, met])).toEqual([
      [null, false],
      [null, false],
    ]);
  });
});

describe('digitPlots', () => {
  it('draws a group for each policy that sees both views', () => {
    const { accuracy, rho } = digitPlots(results);
    expect(accuracy).toContain('paper-pmr');
    expect(accuracy).not.toContain('gray alone');
    expect(rho.split('stroke-width="2"')).toHaveLength(3);
  });
});
