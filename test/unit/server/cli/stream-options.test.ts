import { describe, expect, it } from 'vitest';
import { parseStreamOptions } from '../../../../server/cli/stream-options.ts';

const server = { url: 'ws://127.0.0.1:7600/ws', token: null };
const parse = (...args: string[]) => parseStreamOptions(args, server);

describe('parseStreamOptions', () => {
  it('has the defaults that the help names', async () => {
    expect(await parse('--video', 'a.y4m')).toEqual({
      video: 'a.y4m',
      audio: null,
      spans: [],
      teachUntil: 0,
      learning: 'whole',
      fast: false,
      settleSeconds: 30,
      url: 'ws://127.0.0.1:7600/ws',
      token: null,
      out: null,
      name: 'stream',
    });
  });

  it.each([
    [[], 'neither --video nor --audio'],
    [['--video', 'a', '--speed', '2'], '--speed is "2", expected 1 or max'],
    [['--video', 'a', '--teach-until', '-1'], '--teach-until'],
    [['--video', 'a', '--settle', 'soon'], '--settle is "soon", expected seconds'],
    [['--video', 'a', '--learning', 'some'], 'whole or prototypes or frozen'],
    [['--nonsense'], '--nonsense'],
  ])('refuses %j with ERR_CLI_OPTION and says what was seen', async (args, hint) => {
    await expect(parse(...args)).rejects.toMatchObject({ code: 'ERR_CLI_OPTION' });
    await expect(parse(...args)).rejects.toThrow(hint);
  });

  it('refuses a table of labels that is not there with ERR_CLI_LABELS', async () => {
    const missing = parse('--video', 'a', '--labels', 'no-such-file.csv');
    await expect(missing).rejects.toMatchObject({ code: 'ERR_CLI_LABELS' });
  });
});
