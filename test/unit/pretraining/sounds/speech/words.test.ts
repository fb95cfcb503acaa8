import { describe, expect, it } from 'vitest';

import { CONSONANTS } from '../../../../../src/pretraining/sounds/speech/consonants.ts';
import { VOWELS } from '../../../../../src/pretraining/sounds/speech/vowels.ts';
import {
  drawWord,
  kindOf,
  measuredWord,
  type Word,
} from '../../../../../src/pretraining/sounds/speech/words.ts';
import { random } from '../../../../../src/random.ts';

const source = random(1);
const words = Array.from({ length: 2_000 }, () => drawWord(source));

describe('drawWord', () => {
  it('has one to four syllables, one of them stressed', () => {
    expect(new Set(words.map(({ syllables }) => syllables.length))).toEqual(new Set([1, 2, 3, 4]));
    for (const { syllables } of words) expect(syllables.filter(({ stressed }) => stressed).length).toBe(1);
  });

  it('uses every vowel and every consonant', () => {
    const said = words.flatMap(({ syllables }) =>
      syllables.flatMap(({ onset, vowel, coda }) => [...onset, vowel, ...coda].map(({ name }) => name)),
    );
    expect(new Set(said).size).toBe(VOWELS.length + CONSONANTS.length);
  });
});

describe('measuredWord', () => {
  const [s, m] = ['s', 'm'].map((name) => CONSONANTS.filter((consonant) => consonant.name === name));
  const [i] = VOWELS.filter(({ name }) => name === 'i');
  if (!s || !m || !i) throw new Error('phones missing');
  const word = (onset: Word['syllables'][number]['onset']): Word => ({
    syllables: [{ onset, vowel: i, coda: [], stressed: true }],
  });

  it('names the word by its beginning', () => {
    expect([kindOf(word(s)), kindOf(word(m)), kindOf(word([]))]).toEqual([
      'speech-fricative',
      'speech-nasal',
      'speech-vowel',
    ]);
  });

  it('tells voice from frication, and the vowels by their formants', () => {
    const share = 0.12 / (0.12 + 0.15); // s and i, in seconds
    expect(measuredWord(word(s)).frication).toBeCloseTo((2 * share) / 0.6 - 1, 9);
    expect(measuredWord(word(s)).voiced).toBeCloseTo((2 * (1 - share - 0.3)) / 0.7 - 1, 9);
    expect(measuredWord(word(m)).voiced).toBe(1);
    expect(measuredWord(word(m))['first-front']).toBeGreaterThan(0.9);
    expect(measuredWord(word(m))['first-open']).toBeLessThan(-0.7);
  });
});
