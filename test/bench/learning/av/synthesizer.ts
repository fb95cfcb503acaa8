/**
 * A small formant synthesizer of our own: a pulse train or noise through three resonators, phoneme by phoneme. For machines
 * without espeak-ng, and for tests that must not depend on one. Mono, 16 kHz; no attempt at beauty.
 *
 * Formants after Peterson and Barney (1952), rounded; the resonator is Klatt's (1980), `y = a x + b y1 + c y2`.
 */
import type { Random } from '../../../../src/random.ts';

const RATE = 16_000;

/** A speaker: formants times `tract`, pitch in Hz, phoneme length times `tempo`, share of noise in the voice. */
export type Voice = {
  readonly pitch: number;
  readonly tract: number;
  readonly tempo: number;
  readonly breath: number;
};

type Phoneme = {
  readonly ms: number;
  /** Centres of three resonators, Hz. */
  readonly formants: readonly [number, number, number];
  /** Loudness of pulses and of noise. */
  readonly voiced: number;
  readonly noise: number;
};

const vowel = (ms: number, ...formants: readonly [number, number, number]): Phoneme => ({
  ...{ ms, formants },
  ...{ voiced: 1, noise: 0 },
});
const hiss = (ms: number, low: number, noise: number, voiced = 0): Phoneme => ({
  ...{ ms, formants: [low, low * 1.4, low * 1.9] },
  ...{ voiced, noise },
});
const SILENCE: Phoneme = { ms: 45, formants: [500, 1500, 2500], voiced: 0, noise: 0 };

const PHONEMES: Readonly<Record<string, Phoneme>> = {
  a: vowel(130, 730, 1090, 2440),
  e: vowel(110, 530, 1840, 2480),
  i: vowel(120, 270, 2290, 3010),
  o: vowel(130, 570, 840, 2410),
  u: vowel(120, 300, 870, 2240),
  y: vowel(90, 390, 1990, 2550),
  r: vowel(80, 490, 1350, 1690),
  l: vowel(80, 360, 1200, 2900),
  m: vowel(80, 250, 1000, 2200),
  n: vowel(80, 250, 1500, 2500),
  w: vowel(60, 300, 700, 2200),
  s: hiss(110, 3600, 0.5),
  f: hiss(90, 2200, 0.25),
  v: hiss(70, 1500, 0.12, 0.5),
  h: hiss(60, 900, 0.2),
  t: hiss(30, 3000, 0.7),
  k: hiss(35, 1600, 0.6),
  d: hiss(30, 2400, 0.3, 0.5),
  g: hiss(35, 1300, 0.3, 0.5),
};
const STOPS = 'tkdg'; // a moment of silence comes before each

/** Phonemes of a spelling, one a letter. @throws {TypeError} for a letter that has none */
function phonemesOf(spelling: string): readonly Phoneme[] {
  return [...spelling].flatMap((letter) => {
    const phoneme = PHONEMES[letter];
    if (!phoneme)
      throw new TypeError(
        `no phoneme "${letter}" in "${spelling}", expected some of ${Object.keys(PHONEMES).join('')}`,
      );
    return STOPS.includes(letter) ? [SILENCE, phoneme] : [phoneme];
  });
}

/** Two-pole resonator at a frequency that moves. */
class Resonator {
  #one = 0;
  #two = 0;

  next(x: number, hertz: number, width: number): number {
    const c = -Math.exp((-2 * Math.PI * width) / RATE);
    const b =
      2 * Math.exp((-Math.PI * width) / RATE) * Math.cos((2 * Math.PI * Math.min(hertz, 7000)) / RATE);
    const y = (1 - b - c) * x + b * this.#one + c * this.#two;
    this.#two = this.#one;
    this.#one = y;
    return y;
  }
}

const GLIDE_MS = 25; // formants move from one phoneme to the next
const WIDTHS = [80, 110, 160] as const;

/** One word; not normalized. The same draws give the same samples. */
export function synthesize(spelling: string, voice: Voice, draw: Random): Float32Array {
  const filters = WIDTHS.map(() => new Resonator());
  const out: number[] = [];
  let before: Phoneme | null = null;
  let phase = 0;
  for (const phoneme of phonemesOf(spelling)) {
    const length = Math.round((phoneme.ms * voice.tempo * RATE) / 1000);
    for (let n = 0; n < length; n++) {
      const share = Math.min(1, (1000 * n) / (GLIDE_MS * RATE));
      const mix = (now: number, old: number | undefined): number => now * share + (old ?? now) * (1 - share);
      phase += (voice.pitch * (1 + 0.1 * Math.cos((6 * n) / length))) / RATE;
      const pulse = phase >= 1 ? 1 : 0;
      phase %= 1;
      const voiced = mix(phoneme.voiced, before?.voiced) * (8 * pulse + voice.breath * draw.normal());
      const source = voiced + mix(phoneme.noise, before?.noise) * draw.normal();
      out.push(
        filters.reduce((sum, filter, f) => {
          const hertz = mix(phoneme.formants[f] ?? 0, before?.formants[f]) * voice.tract;
          return sum + filter.next(source, hertz, WIDTHS[f] ?? 100) / (f + 1);
        }, 0),
      );
    }
    before = phoneme;
  }
  return Float32Array.from(out);
}
