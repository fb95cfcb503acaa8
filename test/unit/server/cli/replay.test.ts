import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { POLICY_NAMES } from '../../../../proto/policies.ts';
import { parseReplay } from '../../../../server/cli/replay.ts';

describe('parseReplay', () => {
  it('takes policies in the order in which they are named, each once', () => {
    const args = ['--policy', 'joint,pmr-stream,joint', '--data', '/d', '--json', 'r.json', '--every', '4'];
    expect(parseReplay(args)).toMatchObject({
      source: { dataFolder: '/d', until: null },
      policies: ['joint', 'pmr-stream'],
      every: 4,
      json: resolve('r.json'),
    });
    expect(parseReplay(['--policy', 'all'])).toMatchObject({
      policies: POLICY_NAMES,
      every: null,
      json: null,
    });
  });

  it.each([
    [[], '--policy is not given'],
    [['--policy', ','], '--policy is not given'],
    [['--policy', 'joint,magic'], '--policy names "magic"'],
    [['--policy', 'joint', '--every', '0'], '--every is "0"'],
    [['--policy', 'joint', '--nonsense'], '--nonsense'],
  ])('refuses %j with ERR_CLI_OPTION and says what was seen', (args, hint) => {
    expect(() => parseReplay(args)).toThrow(expect.objectContaining({ code: 'ERR_CLI_OPTION' }));
    expect(() => parseReplay(args)).toThrow(hint);
  });
});
