/**
 * Consonants by manner, place and noise. Loci are Delattre's, bands of noise what spectrograms of any language show; which of
 * them a language has does not matter here.
 */
import type { Formants } from './vowels.ts';

/** How the breath is held up: shut off, narrowed, let through the nose, hardly. */
export type Manner = 'plosive' | 'fricative' | 'nasal' | 'glide';

/** Noise made at a narrowing: where it lies and how wide it is in Hz, its amplitude beside a vowel's 1. */
export type Hiss = readonly [centre: number, width: number, level: number];

type Held = {
  readonly name: string;
  /** Where formants point while it is held; for nasals and glides, what is heard. */
  readonly locus: Formants;
  /** How much of the neighbouring vowel's second formant shows through, 0 to 1 (locus equations). */
  readonly yields: number;
  /** Burst of a plosive, frication of a fricative; none for the others. */
  readonly hiss?: Hiss;
  /** How long it is held, in seconds. */
  readonly seconds: number;
  /** From a plosive's release to the voice's onset, in seconds. */
  readonly breath?: number;
};

/** One consonant: what is held, how, and whether the voice goes on. */
export type Consonant = Held & { readonly manner: Manner; readonly voiced: boolean };

const made = (manner: Manner, voiced: boolean, held: readonly Held[]): readonly Consonant[] =>
  held.map((consonant) => ({ ...consonant, manner, voiced }));

/** Two dozen of them. */
export const CONSONANTS: readonly Consonant[] = [
  ...made('plosive', false, [
    {
      name: 'p',
      locus: [250, 850, 2200],
      yields: 0.7,
      hiss: [1100, 1600, 0.35],
      seconds: 0.08,
      breath: 0.045,
    },
    {
      name: 't',
      locus: [250, 1780, 2700],
      yields: 0.35,
      hiss: [4200, 2400, 0.8],
      seconds: 0.075,
      breath: 0.055,
    },
    {
      name: 'k',
      locus: [250, 1700, 2300],
      yields: 0.85,
      hiss: [2000, 700, 0.7],
      seconds: 0.07,
      breath: 0.065,
    },
    {
      name: 'ch',
      locus: [250, 1850, 2550],
      yields: 0.4,
      hiss: [3200, 1800, 0.7],
      seconds: 0.06,
      breath: 0.085,
    },
  ]),
  ...made('plosive', true, [
    { name: 'b', locus: [220, 800, 2150], yields: 0.7, hiss: [900, 1400, 0.2], seconds: 0.07, breath: 0.006 },
    {
      name: 'd',
      locus: [220, 1780, 2700],
      yields: 0.35,
      hiss: [4000, 2400, 0.45],
      seconds: 0.06,
      breath: 0.01,
    },
    {
      name: 'g',
      locus: [220, 1700, 2250],
      yields: 0.85,
      hiss: [1900, 700, 0.45],
      seconds: 0.06,
      breath: 0.018,
    },
    {
      name: 'dj',
      locus: [220, 1850, 2550],
      yields: 0.4,
      hiss: [3100, 1800, 0.45],
      seconds: 0.055,
      breath: 0.05,
    },
  ]),
  ...made('fricative', false, [
    { name: 's', locus: [300, 1750, 2650], yields: 0.35, hiss: [5800, 2600, 0.5], seconds: 0.12 },
    { name: 'sh', locus: [300, 1850, 2500], yields: 0.4, hiss: [3100, 1700, 0.55], seconds: 0.12 },
    { name: 'f', locus: [300, 950, 2250], yields: 0.65, hiss: [4500, 6000, 0.14], seconds: 0.11 },
    { name: 'th', locus: [300, 1450, 2550], yields: 0.45, hiss: [6200, 5000, 0.11], seconds: 0.1 },
    { name: 'kh', locus: [350, 1450, 2300], yields: 0.8, hiss: [1800, 900, 0.35], seconds: 0.1 },
    { name: 'h', locus: [500, 1450, 2480], yields: 1, seconds: 0.07 },
  ]),
  ...made('fricative', true, [
    { name: 'z', locus: [260, 1750, 2650], yields: 0.35, hiss: [5700, 2600, 0.26], seconds: 0.085 },
    { name: 'zh', locus: [260, 1850, 2500], yields: 0.4, hiss: [3000, 1700, 0.3], seconds: 0.085 },
    { name: 'v', locus: [250, 950, 2250], yields: 0.65, hiss: [4200, 6000, 0.07], seconds: 0.07 },
  ]),
  ...made('nasal', true, [
    { name: 'm', locus: [260, 1000, 2150], yields: 0.5, seconds: 0.075 },
    { name: 'n', locus: [270, 1600, 2550], yields: 0.3, seconds: 0.07 },
    { name: 'ng', locus: [270, 1950, 2350], yields: 0.5, seconds: 0.075 },
  ]),
  ...made('glide', true, [
    { name: 'w', locus: [300, 680, 2200], yields: 0.1, seconds: 0.07 },
    { name: 'j', locus: [270, 2250, 3000], yields: 0.1, seconds: 0.07 },
    { name: 'l', locus: [360, 1200, 2700], yields: 0.3, seconds: 0.065 },
    { name: 'r', locus: [370, 1200, 1600], yields: 0.2, seconds: 0.07 },
  ]),
];

/** Where the formants point in a consonant beside this vowel. */
export const locusBeside = ({ locus, yields }: Consonant, beside: Formants): Formants => [
  locus[0],
  locus[1] + yields * (beside[1] - locus[1]),
  locus[2] + 0.5 * yields * (beside[2] - locus[2]),
];
