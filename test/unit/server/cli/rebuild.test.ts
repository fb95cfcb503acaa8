import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lineOf, parseRebuild, summaryOf } from '../../../../server/cli/rebuild.ts';
import type { Rebuilt } from '../../../../server/replay/rebuild.ts';

describe('parseRebuild', () => {
  it('takes each round’s own backend and keeps nothing, unless it is told otherwise', () => {
    expect(parseRebuild(['--data', '/d', '--project', 'p'])).toMatchObject({
      source: { dataFolder: '/d', project: 'p', until: null },
      backend: null,
      out: null,
    });
    expect(parseRebuild(['--backend', 'wasm', '--out', 'o', '--until', 'v2'])).toMatchObject({
      source: { until: 'v2' },
      backend: 'wasm',
      out: resolve('o'),
    });
  });

  it.each([
    [['--nonsense'], 'ERR_CLI_OPTION'],
    [['folder'], 'ERR_CLI_OPTION'],
    [['--backend', 'gpu'], 'ERR_CONFIG_VALUE'],
    [['--project', '../other'], 'ERR_CONFIG_VALUE'],
  ])('refuses %j with %s', (args, code) => {
    expect(() => parseRebuild(args)).toThrow(expect.objectContaining({ code }));
  });
});

const SAME: Rebuilt = {
  type: 'version',
  version: 1,
  round: 1,
  comparison: { type: 'identical', by: 'digest' },
  weights: 'ab',
  from: null,
};
const OTHER: Rebuilt = {
  ...SAME,
  version: 2,
  round: 3,
  comparison: { type: 'differs', reason: 'weights.bin is another', largest: 0.25 },
};
const REJECTED: Rebuilt = { type: 'rejection', round: 2, reason: null };
const BEGUN: readonly Rebuilt[] = (['random', 'starter', 'kept'] as const).map((from) => ({
  ...SAME,
  ...{ version: 0, round: null, comparison: { type: 'identical', by: 'files' }, from },
}));
const GONE: Rebuilt = { type: 'skipped', round: null, version: 0, reason: 'it is gone' };
const SKIPPED: Rebuilt = { type: 'skipped', round: 4, version: 3, reason: 'its base, version 2, is gone' };

describe('lineOf', () => {
  it('says what came out of each', () => {
    expect([SAME, OTHER, REJECTED, SKIPPED].map(lineOf)).toEqual([
      'version 1    round 1     identical  weights sha-256 ab, by the digest in the journal: the version is not kept',
      'version 2    round 3     DIFFERS    weights.bin is another, largest absolute difference 2.500e-1',
      'rejected     round 2     identical  rejected again',
      'version 3    round 4     skipped    its base, version 2, is gone',
    ]);
  });

  it('says where version 0 comes from', () => {
    expect([...BEGUN, GONE].map(lineOf)).toEqual([
      'version 0    the seed    identical  weights sha-256 ab',
      'version 0    the starter identical  weights sha-256 ab',
      'version 0    a starter   identical  weights sha-256 ab, taken from the project: this program ships another starter',
      'version 0    its start   skipped    it is gone',
    ]);
  });
});

describe('summaryOf', () => {
  it('counts versions, rejections and what was skipped', () => {
    expect(summaryOf([SAME, OTHER, REJECTED, SKIPPED])).toBe(
      '1 of 2 versions identical, 1 of 1 rejections repeated, 1 skipped',
    );
    expect(summaryOf([SAME])).toBe('1 of 1 versions identical');
  });
});
