/**
 * Vowels as three formants in Hz of a middling voice, after the averages that phonetics books give (Peterson and Barney, 1952).
 * They need not be any one language's.
 */

/** First three formants in Hz. */
export type Formants = readonly [first: number, second: number, third: number];

/** One vowel, or diphthong. */
export type Vowel = {
  readonly name: string;
  readonly formants: Formants;
  /** Where a diphthong ends. */
  readonly glide?: Formants;
  /** Length in seconds under stress at a middling pace. */
  readonly seconds: number;
};

/** Thirteen vowels and five diphthongs. */
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

/** From one set of formants to another. */
export const mixed = (a: Formants, b: Formants, share: number): Formants => [
  a[0] + share * (b[0] - a[0]),
  a[1] + share * (b[1] - a[1]),
  a[2] + share * (b[2] - a[2]),
];
