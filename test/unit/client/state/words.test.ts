import { describe, expect, it } from 'vitest';
import { percent, phaseText, seconds, signalText, size } from '../../../../client/state/words.ts';

describe('words', () => {
  it('writes numbers for people', () => {
    expect([percent(0.874), percent(null), seconds(2_440_000)]).toEqual(['87 %', '–', '2.4 s']);
    expect([size(0), size(999), size(3_440_000), size(412e6)]).toEqual(['0 B', '999 B', '3.4 MB', '412 MB']);
  });

  it('has words for states', () => {
    expect([
      signalText('missing', 'audio'),
      signalText('missing', 'video'),
      signalText('dark', 'video'),
    ]).toEqual(['no sound', 'no picture', 'dark']);
    expect(phaseText('judging')).toBe('Judging the candidate');
  });
});
