import { describe, expect, it } from 'vitest';
import { parseLabels } from '../../../../server/cli/labels-csv.ts';

describe('parseLabels', () => {
  it('reads spans in order of time, scope both unless it is said', () => {
    const text = 'start_s,end_s,class,scope\n3,5.4,clap,audio\n0.5,2.9,wave\n';
    expect(parseLabels(text)).toEqual([
      { start: 500_000, end: 2_900_000, className: 'wave', scope: 'both' },
      { start: 3_000_000, end: 5_400_000, className: 'clap', scope: 'audio' },
    ]);
  });

  it('takes quoted names with commas and quotes, Windows line ends and a byte order mark', () => {
    const text = '\uFEFFstart_s,end_s,class\r\n0,1,"red, ""bright"""\r\n';
    expect(parseLabels(text).map(({ className }) => className)).toEqual(['red, "bright"']);
  });

  it.each([
    ['a,b\n1,2,x', 'line 1'],
    ['start_s,end_s,class\n1,2,x\nfoo,2,x', 'line 3'],
    ['start_s,end_s,class\n2,1,x', 'line 2'],
    ['start_s,end_s,class\n1,,x', 'line 2'],
    ['start_s,end_s,class\n1,2,', 'the name of a class'],
    ['start_s,end_s,class,scope\n1,2,x,smell', 'a scope of both, audio or video'],
    ['', 'line 1'],
  ])('refuses %j and names the line', (text, hint) => {
    expect(() => parseLabels(text)).toThrow(expect.objectContaining({ code: 'ERR_CLI_LABELS' }));
    expect(() => parseLabels(text)).toThrow(hint);
  });
});
