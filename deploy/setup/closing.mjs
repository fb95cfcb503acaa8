/** The closing line of `npm test`: what passed, failed and was skipped, over checks and test projects alike. */

/**
 * @typedef {{passed: number, failed: number, skipped: number}} Counts
 * @typedef {{status: string, assertionResults?: {status: string}[]}} FileResult
 * @typedef {{testResults?: FileResult[]}} VitestReport
 */

/**
 * One test project. A file that failed before its tests counts as one failure, and so does a run that ended badly with
 * no test to blame (an unhandled rejection, a crash, a missing report) or that had no test at all.
 * @param {VitestReport | undefined} report vitest's JSON report, undefined when there is none
 * @param {boolean} endedWell vitest's exit code was 0
 * @returns {Counts}
 */
export function countTests(report, endedWell) {
  const files = report?.testResults ?? [];
  const states = files.flatMap((file) => {
    const tests = (file.assertionResults ?? []).map((test) => test.status);
    return file.status === 'failed' && !tests.includes('failed') ? [...tests, 'failed'] : tests;
  });
  const passed = states.filter((state) => state === 'passed').length;
  const failed = states.filter((state) => state === 'failed').length;
  const skipped = states.length - passed - failed;
  const unexplained = failed === 0 && (!endedWell || passed === 0);
  return { passed, failed: unexplained ? 1 : failed, skipped };
}

/**
 * @param {boolean} ok of a check such as types or lint
 * @returns {Counts} the check counted as one test
 */
export function countCheck(ok) {
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
}

/**
 * @param {readonly Counts[]} counts
 * @returns {Counts}
 */
export function sum(counts) {
  const zero = { passed: 0, failed: 0, skipped: 0 };
  return counts.reduce(
    (total, one) => ({
      passed: total.passed + one.passed,
      failed: total.failed + one.failed,
      skipped: total.skipped + one.skipped,
    }),
    zero,
  );
}

/** @param {Counts} counts */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/**
 * @param {Counts} counts
 * @returns {number} 0 only when something passed and nothing failed
 */
export function exitCode({ passed, failed }) {
  return failed === 0 && passed > 0 ? 0 : 1;
}
