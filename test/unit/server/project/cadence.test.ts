import { describe, expect, it } from 'vitest';
import { type Ended, following, type Left } from '../../../../server/project/cadence.ts';

/** How many rounds run when they end like this one after another, the last ending repeated. */
function rounds(endings: readonly Ended[], start: Left): number {
  let left = start;
  let count = 0;
  for (let again = true; again; count++) {
    const next = following(endings[Math.min(count, endings.length - 1)] ?? 'nothing', left);
    again = next.again;
    left = next;
  }
  return count;
}

describe('following', () => {
  const start = { followUps: 3, retries: 1 };
  it.each([
    [['promoted'], 1 + 3],
    [['rejected'], 1 + 1],
    [['nothing'], 1],
    [['rejected', 'promoted'], 1 + 1 + 3],
    [['promoted', 'rejected'], 1 + 1], // what was promoted leaves no retry
    [['promoted', 'nothing'], 2],
  ] as const)('after rounds that end %j, %i have run', (endings, expected) => {
    expect(rounds(endings, start)).toBe(expected);
  });
});
