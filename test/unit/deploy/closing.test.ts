import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closingLine, countCheck, countTests, exitCode, sum } from '../../../deploy/setup/closing.mjs';

const file = (status: string, ...states: readonly string[]) => ({
  status,
  assertionResults: states.map((state) => ({ status: state })),
});

describe('countTests', () => {
  const passed = file('passed', 'passed', 'passed');
  it.each([
    ['passed and skipped tests', [file('passed', 'passed', 'pending', 'todo')], true, [1, 0, 2]],
    ['a failed test once', [passed, file('failed', 'passed', 'failed')], false, [3, 1, 0]],
    ['a file that could not be loaded', [passed, file('failed')], false, [2, 1, 0]],
    ['a failed hook beside passed tests', [file('failed', 'passed')], false, [1, 1, 0]],
    ['a bad end that no test explains', [passed], false, [2, 1, 0]],
    ['a run without a test as a failure', [], true, [0, 1, 0]],
    ['a run of skipped tests as a failure', [file('passed', 'skipped')], true, [0, 1, 1]],
  ] as const)('counts %s', (_, testResults, endedWell, [good, failed, skipped]) => {
    const report = { testResults: [...testResults] };
    expect(countTests(report, endedWell)).toEqual({ passed: good, failed, skipped });
  });

  it('counts a missing report as a failure', () => {
    expect(countTests(undefined, true)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});

describe('closingLine and exitCode', () => {
  it('says the sum of checks and tests', () => {
    const total = sum([countCheck(true), countCheck(false), { passed: 40, failed: 1, skipped: 3 }]);
    expect(closingLine(total)).toBe('41 passed, 2 failed, 3 skipped');
    expect(exitCode(total)).toBe(1);
  });

  it('fails a run in which nothing passed', () => {
    expect(exitCode(sum([]))).toBe(1);
  });

  it('agrees with the line for any counts', () => {
    const counts = fc.record({ passed: fc.nat(9), failed: fc.nat(2), skipped: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(counts), (many) => {
        const total = sum(many);
        const clean = / 0 failed,/.test(closingLine(total)) && !closingLine(total).startsWith('0 passed');
        expect(exitCode(total)).toBe(clean ? 0 : 1);
      }),
    );
  });
});
