/**
 * What the mouth can do: vowels as three formants, consonants by manner, place and noise.
 *
 * Hz of a middling voice, after the averages that every phonetics book gives (Peterson and Barney, 1952, for vowels; Delattre's
 * loci for consonants). They need not be any one language's.
 */

/** First three formants in Hz. */
export type Formants = readonly [first: number, second: number, third: number];

export type Vowel = {
  readonly name: string;
  readonly formants: Formants;
  /** Where a diphthong ends. */
  readonly glide?: Formants;
  /** Length in seconds under stress at a middling pace. */
  readonly seconds: number;
};

export const VOWELS: readonly Vowel[] = [
  { name: 'i', formants: [285, 2300, 3000], seconds: 0.15 },
  { name: 'ih', formants: [400, 1980, 2560], seconds: 0.11 },
  { name: 'eh', formants: [550, 1830, 2500], seconds: 0.13 },
  { name: 'ae', formants: [700, 1700, 2430], seconds: 0.17 },
  { name: 'a', formants: [760, 1220, 2480], seconds: 0.16 },
  { name: 'ah', formants: [640, 1180, 2420], seconds: 0.12 },
  { name: 'aw', formants: [580, 860, 2430], seconds: 0.16 },
  { name: 'uh', formants: [440, 1030, 2260], seconds: 0.11 },
  { name: 'u', formants: [310, 860, 2260], seconds: 0.15 },
  { name: 'er', formants: [490, 1350, 1700], seconds: 0.15 },
  { name: 'ue', formants: [290, 1780, 2150], seconds: 0.14 },
  { name: 'o', formants: [460, 830, 2400], seconds: 0.16 },
  { name: 'e', formants: [420, 2080, 2640], seconds: 0.16 },
  { name: 'ai', formants: [740, 1250, 2480], glide: [400, 2000, 2580], seconds: 0.21 },
  { name: 'au', formants: [730, 1300, 2450], glide: [430, 960, 2300], seconds: 0.21 },
  { name: 'ei', formants: [500, 1850, 2520], glide: [340, 2200, 2800], seconds: 0.19 },
  { name: 'ou', formants: [520, 950, 2400], glide: [370, 820, 2280], seconds: 0.19 },
  { name: 'oi', formants: [560, 870, 2430], glide: [390, 2000, 2560], seconds: 0.22 },
];

/** Where an unstressed vowel is drawn to. */
export const NEUTRAL: Formants = [500, 1450, 2480];

export type Manner = 'plosive' | 'fricative' | 'nasal' | 'glide';

/** Noise made at a narrowing: where it lies, how wide it is in Hz, its amplitude beside a vowel's 1. */
export type Hiss = { readonly centre: number; readonly width: number; readonly level: number };

export type Consonant = {
  readonly name: string;
  readonly manner: Manner;
  readonly voiced: boolean;
  /** Where formants point while it is held; for nasals and glides, what is heard. */
  readonly locus: Formants;
  /** How much of the neighbouring vowel's second formant shows through, 0 to 1 (locus equations). */
  readonly yields: number;
  /** Burst of a plosive, frication of a fricative; none for the others. */
  readonly hiss: Hiss | null;
  /** How long it is held, in seconds. */
  readonly seconds: number;
  /** From a plosive's release to the voice's onset, in seconds. */
  readonly breath: number;
};

const quiet = { hiss: null, breath: 0 } as const;

export const CONSONANTS: readonly Consonant[] = [
  {
    name: 'p',
    manner: 'plosive',
    voiced: false,
    locus: [250, 850, 2200],
    yields: 0.7,
    hiss: { centre: 1100, width: 1600, level: 0.35 },
    seconds: 0.08,
    breath: 0.045,
  },
  {
    name: 't',
    manner: 'plosive',
    voiced: false,
    locus: [250, 1780, 2700],
    yields: 0.35,
    hiss: { centre: 4200, width: 2400, level: 0.8 },
    seconds: 0.075,
    breath: 0.055,
  },
  {
    name: 'k',
    manner: 'plosive',
    voiced: false,
    locus: [250, 1700, 2300],
    yields: 0.85,
    hiss: { centre: 2000, width: 700, level: 0.7 },
    seconds: 0.07,
    breath: 0.065,
  },
  {
    name: 'b',
    manner: 'plosive',
    voiced: true,
    locus: [220, 800, 2150],
    yields: 0.7,
    hiss: { centre: 900, width: 1400, level: 0.2 },
    seconds: 0.07,
    breath: 0.006,
  },
  {
    name: 'd',
    manner: 'plosive',
    voiced: true,
    locus: [220, 1780, 2700],
    yields: 0.35,
    hiss: { centre: 4000, width: 2400, level: 0.45 },
    seconds: 0.06,
    breath: 0.01,
  },
  {
    name: 'g',
    manner: 'plosive',
    voiced: true,
    locus: [220, 1700, 2250],
    yields: 0.85,
    hiss: { centre: 1900, width: 700, level: 0.45 },
    seconds: 0.06,
    breath: 0.018,
  },
  {
    name: 's',
    manner: 'fricative',
    voiced: false,
    locus: [300, 1750, 2650],
    yields: 0.35,
    hiss: { centre: 5800, width: 2600, level: 0.5 },
    seconds: 0.12,
    breath: 0,
  },
  {
    name: 'sh',
    manner: 'fricative',
    voiced: false,
    locus: [300, 1850, 2500],
    yields: 0.4,
    hiss: { centre: 3100, width: 1700, level: 0.55 },
    seconds: 0.12,
    breath: 0,
  },
  {
    name: 'f',
    manner: 'fricative',
    voiced: false,
    locus: [300, 950, 2250],
    yields: 0.65,
    hiss: { centre: 4500, width: 6000, level: 0.14 },
    seconds: 0.11,
    breath: 0,
  },
  {
    name: 'th',
    manner: 'fricative',
    voiced: false,
    locus: [300, 1450, 2550],
    yields: 0.45,
    hiss: { centre: 6200, width: 5000, level: 0.11 },
    seconds: 0.1,
    breath: 0,
  },
  {
    name: 'kh',
    manner: 'fricative',
    voiced: false,
    locus: [350, 1450, 2300],
    yields: 0.8,
    hiss: { centre: 1800, width: 900, level: 0.35 },
    seconds: 0.1,
    breath: 0,
  },
  {
    name: 'z',
    manner: 'fricative',
    voiced: true,
    locus: [260, 1750, 2650],
    yields: 0.35,
    hiss: { centre: 5700, width: 2600, level: 0.26 },
    seconds: 0.085,
    breath: 0,
  },
  {
    name: 'zh',
    manner: 'fricative',
    voiced: true,
    locus: [260, 1850, 2500],
    yields: 0.4,
    hiss: { centre: 3000, width: 1700, level: 0.3 },
    seconds: 0.085,
    breath: 0,
  },
  {
    name: 'v',
    manner: 'fricative',
    voiced: true,
    locus: [250, 950, 2250],
    yields: 0.65,
    hiss: { centre: 4200, width: 6000, level: 0.07 },
    seconds: 0.07,
    breath: 0,
  },
  {
    name: 'h',
    manner: 'fricative',
    voiced: false,
    locus: [500, 1450, 2480],
    yields: 1,
    hiss: null,
    seconds: 0.07,
    breath: 0,
  },
  {
    name: 'ch',
    manner: 'plosive',
    voiced: false,
    locus: [250, 1850, 2550],
    yields: 0.4,
    hiss: { centre: 3200, width: 1800, level: 0.7 },
    seconds: 0.06,
    breath: 0.085,
  },
  {
    name: 'm',
    manner: 'nasal',
    voiced: true,
    locus: [260, 1000, 2150],
    yields: 0.5,
    ...quiet,
    seconds: 0.075,
  },
  {
    name: 'n',
    manner: 'nasal',
    voiced: true,
    locus: [270, 1600, 2550],
    yields: 0.3,
    ...quiet,
    seconds: 0.07,
  },
  {
    name: 'ng',
    manner: 'nasal',
    voiced: true,
    locus: [270, 1950, 2350],
    yields: 0.5,
    ...quiet,
    seconds: 0.075,
  },
  { name: 'w', manner: 'glide', voiced: true, locus: [300, 680, 2200], yields: 0.1, ...quiet, seconds: 0.07 },
  {
    name: 'j',
    manner: 'glide',
    voiced: true,
    locus: [270, 2250, 3000],
    yields: 0.1,
    ...quiet,
    seconds: 0.07,
  },
  {
    name: 'l',
    manner: 'glide',
    voiced: true,
    locus: [360, 1200, 2700],
    yields: 0.3,
    ...quiet,
    seconds: 0.065,
  },
  {
    name: 'r',
    manner: 'glide',
    voiced: true,
    locus: [370, 1200, 1600],
    yields: 0.2,
    ...quiet,
    seconds: 0.07,
  },
];
