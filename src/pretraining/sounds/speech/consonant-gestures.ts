/** What each manner of consonant does with voice, breath, noise and mouth. */
import { type Consonant, locusBeside } from './consonants.ts';
import { knot } from './lanes.ts';
import type { Speaker } from './speaker.ts';
import { mouth, type Utterance } from './utterance.ts';
import type { Formants } from './vowels.ts';

/** When a sound is held, in seconds. */
export type Span = { readonly start: number; readonly end: number };

/** Above this the vowel decides where a consonant's noise is made: k, g and their like. */
const COMPACT = 0.75;

/** A closure, perhaps with a bar of voice; a burst; breath until the voice sets in. */
function plosive(
  to: Utterance,
  { seconds, breath = 0, voiced, hiss }: Consonant,
  { start, end }: Span,
): void {
  const release = start + ((end - start) * seconds) / (seconds + breath);
  const bar = voiced ? 0.2 : 0;
  const level = hiss?.[2] ?? 0;
  knot(to.voice, start + 0.008, bar);
  knot(to.voice, voiced ? release : end, bar);
  knot(to.hiss, release - 0.004, 0);
  knot(to.hiss, release + 0.001, 1.6 * level);
  knot(to.hiss, release + 0.012, 0.5 * level);
  knot(to.hiss, Math.max(release + 0.016, release + 0.6 * (end - release)), 0);
  if (voiced) return;
  knot(to.breath, release - 0.002, 0);
  knot(to.breath, release + 0.006, 0.5);
  knot(to.breath, end, 0.25);
  knot(to.breath, end + 0.015, 0);
}

/** Noise that swells and fades. An h has none of its own: it is breath in the vowel's shape. */
function fricative(to: Utterance, { hiss, voiced }: Consonant, { start, end }: Span): void {
  const bar = voiced ? 0.35 : 0;
  knot(to.voice, start + 0.01, bar);
  knot(to.voice, end - 0.003, bar);
  const noise = hiss ? to.hiss : to.breath;
  const level = hiss?.[2] ?? 0.5;
  const ramp = Math.min(0.03, 0.4 * (end - start));
  knot(noise, start - 0.005, 0);
  knot(noise, start + ramp, level);
  knot(noise, end - ramp, level);
  knot(noise, end + 0.005, 0);
}

/** The mouth is shut within 10 ms; the vowels beside it are nasal for 50. */
function nasal(to: Utterance, speaker: Speaker, shape: Formants, { start, end }: Span): void {
  const open: Formants = [450, shape[1], shape[2]];
  mouth(to, speaker, start, open);
  mouth(to, speaker, start + 0.01, shape);
  mouth(to, speaker, end - 0.01, shape);
  mouth(to, speaker, end, open);
  knot(to.voice, start + 0.01, 0.5);
  knot(to.voice, end - 0.01, 0.5);
  knot(to.nasality, start - 0.05, 0);
  knot(to.nasality, start, 1);
  knot(to.nasality, end, 1);
  knot(to.nasality, end + 0.05, 0);
}

function glide(to: Utterance, speaker: Speaker, shape: Formants, { start, end }: Span): void {
  mouth(to, speaker, start + 0.35 * (end - start), shape);
  mouth(to, speaker, start + 0.65 * (end - start), shape);
  knot(to.voice, (start + end) / 2, 0.7);
}

/** Sets the band of noise for as long as the consonant is held. */
function putBand(
  to: Utterance,
  { tract }: Speaker,
  centre: number,
  width: number,
  { start, end }: Span,
): void {
  for (const seconds of [start - 0.005, end]) {
    knot(to.hissCentre, seconds, centre * tract ** 0.7); // the cavity in front of the narrowing is less than the tract
    knot(to.hissWidth, seconds, width);
  }
}

/** Adds a consonant beside a vowel, which colours it. */
export function putConsonant(
  to: Utterance,
  speaker: Speaker,
  consonant: Consonant,
  beside: Formants,
  span: Span,
): void {
  const shape = locusBeside(consonant, beside);
  if (consonant.hiss) {
    const [centre, width] = consonant.hiss;
    putBand(to, speaker, consonant.yields > COMPACT ? 1.05 * shape[1] : centre, width, span);
  }
  if (consonant.manner === 'nasal') nasal(to, speaker, shape, span);
  else if (consonant.manner === 'glide') glide(to, speaker, shape, span);
  else {
    mouth(to, speaker, span.start, shape);
    mouth(to, speaker, span.end, shape);
    if (consonant.manner === 'plosive') plosive(to, consonant, span);
    else fricative(to, consonant, span);
  }
}
