import { describe, expect, it } from 'vitest';
import { parseForget } from '../../../../server/cli/forget.ts';

const SERVER = { url: 'ws://127.0.0.1:7600/ws', token: null };
const parse = (...args: readonly string[]) => parseForget(args, SERVER);

describe('parseForget', () => {
  it('reads a span of a session, and where the server is', () => {
    expect(parse('--session', 's1', '--from', '1.5', '--to', '90')).toEqual({
      ...{ sessionId: 's1', start: 1_500_000, end: 90_000_000 },
      ...SERVER,
    });
    const line = ['--session', 's1', '--from', '0', '--to', '1', '--url', 'ws://other:1', '--token', 't'];
    expect(parse(...line)).toMatchObject({ url: 'ws://other:1', token: 't' });
  });

  it.each([
    [['--from', '0', '--to', '1'], '--session is not given'],
    [['--session', 's', '--to', '1'], '--from is not given'],
    [['--session', 's', '--from', '-1', '--to', '1'], '--from'],
    [['--session', 's', '--from', 'soon', '--to', '1'], '--from is "soon"'],
    [['--session', 's', '--from', '2', '--to', '2'], '--to is 2'],
    [['--session', 's', '--from', '0', '--to', '1', '--all'], '--all'],
  ])('refuses %j with ERR_CLI_OPTION and says what was seen', (args, hint) => {
    expect(() => parse(...args)).toThrow(expect.objectContaining({ code: 'ERR_CLI_OPTION' }));
    expect(() => parse(...args)).toThrow(hint);
  });
});
