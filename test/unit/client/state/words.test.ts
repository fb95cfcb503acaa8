import { describe, expect, it } from 'vitest';
import { percent, phaseText, seconds, sentence, signalText, size } from '../../../../client/state/words.ts';

describe('words', () => {
  it('writes numbers for people', () => {
    expect([percent(0.874), percent(null), seconds(2_440_000)]).toEqual(['87 %', '–', '2.4 s']);
    expect([size(0), size(999), size(3_440_000), size(412e6)]).toEqual(['0 B', '999 B', '3.4 MB', '412 MB']);
  });

  it('makes a sentence of the server’s words', () => {
    expect([sentence('too few labels'), sentence('Off.'), sentence('')]).toEqual([
      'Too few labels.',
      'Off.',
      '',
    ]);
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
