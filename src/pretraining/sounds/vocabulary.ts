/** What is said of a sound: the fixed lists of kinds and measures, and the ranges that come to -1..1. */

/** What a thing is. The order is the classifier's; new kinds go to the end. */
export const KINDS = [
  'hum-pure',
  'hum-rich',
  'hum-hollow',
  'hum-inharmonic',
  'tone-struck',
  'tone-swelling',
  'tone-held',
  'melody',
  'chirp-up',
  'chirp-down',
  'chirp-arch',
  'chirp-bow',
  'impact-wood',
  'impact-metal',
  'impact-glass',
  'impact-skin',
  'noise-narrow',
  'noise-broad',
  'noise-rising',
  'noise-falling',
  'noise-burst',
  'rhythm-tone',
  'rhythm-chirp',
  'rhythm-impact',
  'rhythm-noise',
  'speech-vowel',
  'speech-plosive',
  'speech-fricative',
  'speech-nasal',
  'speech-glide',
  'call',
] as const;
export type Kind = (typeof KINDS)[number];

/** What can be measured of it; a thing has some of them. */
export const MEASURES = [
  /** Logarithm of the pitch where it is identity, 60 to 4000 Hz. */
  'pitch',
  /** Octaves that it moves from start to end, up positive, -2 to 2; 0 for what stays. */
  'slope',
  /** Logarithm of where most of the spectrum lies, 100 to 6000 Hz. */
  'centre',
  /** Octaves that it spans, 0 to 4. */
  'width',
  /** Logarithm of the time until full, 2 to 400 ms. */
  'attack',
  /** Logarithm of the time of a fall by 60 dB, 30 ms to 3 s. */
  'decay',
  /** Logarithm of events a second, 2 to 16. */
  'rate',
  /** Logarithm of waverings a second, 2 to 16. */
  'wobble',
  /** How far partials stray from harmonics, 0 to 1. */
  'roughness',
  /** Syllables, 1 to 4. */
  'syllables',
  /** Share of the time with voice. */
  'voiced',
  /** Share of the time with frication. */
  'frication',
  /** First and last vowel: first formant 250 to 800 Hz, second 800 to 2400, in the logarithm. */
  'first-open',
  'first-front',
  'last-open',
  'last-front',
] as const;
export type Measure = (typeof MEASURES)[number];

/** What is known of a thing. */
export type Measured = Partial<Record<Measure, number>>;

/** Brings `low`..`high` to -1..1, and does not go beyond. */
export const spread = (value: number, low: number, high: number): number =>
  Math.max(-1, Math.min(1, (2 * (value - low)) / (high - low) - 1));

/** As `spread`, in the logarithm. */
export const logSpread = (value: number, low: number, high: number): number =>
  spread(Math.log(value), Math.log(low), Math.log(high));

/** Physical quantities as measures; units and ranges stand at `MEASURES`. */
export const pitchMeasure = (hz: number): number => logSpread(hz, 60, 4_000);
export const slopeMeasure = (octaves: number): number => spread(octaves, -2, 2);
export const centreMeasure = (hz: number): number => logSpread(hz, 100, 6_000);
export const widthMeasure = (octaves: number): number => spread(octaves, 0, 4);
export const attackMeasure = (seconds: number): number => logSpread(seconds, 0.002, 0.4);
export const decayMeasure = (seconds: number): number => logSpread(seconds, 0.03, 3);
export const rateMeasure = (hertz: number): number => logSpread(hertz, 2, 16);
