/** Syllable strings: what is said. Drawn once, spoken by many. */
import type { Random } from '../../../random.ts';
import { between, chance, pick } from '../draws.ts';
import { type Kind, logSpread, type Measured, spread } from '../vocabulary.ts';
import { CONSONANTS, type Consonant } from './consonants.ts';
import { VOWELS, type Vowel } from './vowels.ts';

/** Consonants, a vowel, consonants. */
export type Syllable = {
  readonly onset: readonly Consonant[];
  readonly vowel: Vowel;
  readonly coda: readonly Consonant[];
  readonly stressed: boolean;
};

/** What is said. */
export type Word = { readonly syllables: readonly Syllable[] };

/** Manners as often as they stand here: each is heard often, though there are few nasals and glides. */
const MANNERS = ['plosive', 'plosive', 'fricative', 'fricative', 'nasal', 'glide'] as const;
const ONSETS = CONSONANTS.filter(({ name }) => name !== 'ng');
const CODAS = CONSONANTS.filter(({ name }) => !['h', 'w', 'j'].includes(name));
const STOPS = CONSONANTS.filter(({ name }) => ['p', 't', 'k', 'b', 'd', 'g', 'f'].includes(name));
const LIQUIDS = CONSONANTS.filter(({ name }) => name === 'l' || name === 'r');
const S = CONSONANTS.filter(({ name }) => name === 's');
const AFTER_S = CONSONANTS.filter(({ name }) => ['p', 't', 'k', 'm', 'n', 'l', 'w'].includes(name));

function drawConsonant(source: Random, among: readonly Consonant[]): Consonant {
  const manner = pick(source, MANNERS);
  return pick(
    source,
    among.filter((consonant) => consonant.manner === manner),
  );
}

function drawOnset(source: Random, first: boolean): readonly Consonant[] {
  const u = source.uniform();
  if (u < (first ? 0.16 : 0.06)) return [];
  if (u < 0.84) return [drawConsonant(source, ONSETS)];
  return u < 0.93 ? [pick(source, STOPS), pick(source, LIQUIDS)] : [pick(source, S), pick(source, AFTER_S)];
}

/** Numbers of syllables, as often as they stand here. */
const COUNTS = [1, 1, 1, 2, 2, 2, 2, 3, 3, 4] as const;

/** Any word of one to four syllables, one of them stressed. */
export function drawWord(source: Random): Word {
  const count = pick(source, COUNTS);
  const stressed = source.integer(count);
  const syllables = Array.from({ length: count }, (_, k): Syllable => {
    const closed = chance(source, k === count - 1 ? 0.5 : 0.2);
    return {
      onset: drawOnset(source, k === 0),
      vowel: pick(source, VOWELS),
      coda: closed ? [drawConsonant(source, CODAS)] : [],
      stressed: k === stressed,
    };
  });
  return { syllables };
}

/** How the word begins decides its kind. */
export const kindOf = ({ syllables }: Word): Kind => `speech-${syllables[0]?.onset[0]?.manner ?? 'vowel'}`;

const openness = ({ formants }: Vowel): number => logSpread(formants[0], 250, 800);
const frontness = ({ formants }: Vowel): number => logSpread(formants[1], 800, 2_400);

/** What can be measured of a word at a middling pace, whoever says it. */
export function measuredWord({ syllables }: Word): Measured {
  const consonants = syllables.flatMap(({ onset, coda }) => [...onset, ...coda]);
  const time = (of: readonly { readonly seconds: number }[]): number =>
    of.reduce((sum, { seconds }) => sum + seconds, 0);
  const vowels = time(syllables.map(({ vowel }) => vowel));
  const whole = vowels + time(consonants);
  const [first, last] = [syllables[0], syllables.at(-1)];
  return {
    syllables: spread(syllables.length, 1, 4),
    voiced: spread((vowels + time(consonants.filter(({ voiced }) => voiced))) / whole, 0.3, 1),
    frication: spread(time(consonants.filter(({ manner }) => manner === 'fricative')) / whole, 0, 0.6),
    ...(first && { 'first-open': openness(first.vowel), 'first-front': frontness(first.vowel) }),
    ...(last && { 'last-open': openness(last.vowel), 'last-front': frontness(last.vowel) }),
  };
}

/** A vowel's share of its full length where it is not stressed. */
export const unstressedShare = (source: Random): number => between(source, 0.55, 0.8);
