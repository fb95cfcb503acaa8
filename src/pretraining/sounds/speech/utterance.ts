/** A word in one speaker's mouth: what each organ does when. Neighbours colour each other (co-articulation). */
import type { Random } from '../../../random.ts';
import { aboutOne } from '../draws.ts';
import { knot, type Lane, lane } from './lanes.ts';
import { type Consonant, type Formants, NEUTRAL, type Vowel } from './phones.ts';
import type { Speaker } from './speaker.ts';
import { unstressedShare, type Word } from './words.ts';

/** Lanes of an utterance. Amplitudes are 0 at both ends. */
export type Utterance = {
  readonly seconds: number;
  readonly formants: readonly [Lane, Lane, Lane]; // Hz
  readonly voice: Lane;
  readonly breath: Lane; // noise that goes through the tract
  readonly hiss: Lane; // noise that is made in front of it
  readonly hissCentre: Lane; // Hz
  readonly hissWidth: Lane; // Hz
  readonly nasality: Lane; // 0..1: damps the first formant
  readonly pitch: Lane; // octaves from the speaker's middle
};

type Segment = { readonly seconds: number; readonly stressed: boolean } & (
  | { readonly type: 'vowel'; readonly vowel: Vowel }
  | { readonly type: 'consonant'; readonly consonant: Consonant; readonly beside: Formants }
);

const TRANSITION = 0.045; // seconds, beside an obstruent
const WIDE_TRANSITION = 0.07; // beside a glide
const EDGE = 0.012; // of the voice
const DYING_AWAY = 0.06;
const PALE = 0.22; // how much further an unstressed vowel is drawn to the neutral one
const UNSTRESSED_VOICE = 0.65;

const mixed = (a: Formants, b: Formants, share: number): Formants => [
  a[0] + share * (b[0] - a[0]),
  a[1] + share * (b[1] - a[1]),
  a[2] + share * (b[2] - a[2]),
];

function segmentsOf(word: Word, speaker: Speaker, source: Random): readonly Segment[] {
  const time = (seconds: number): number => seconds * speaker.slowness * aboutOne(source, speaker.unevenness);
  return word.syllables.flatMap(({ onset, vowel, coda, stressed }): Segment[] => {
    const held = (consonant: Consonant, beside: Formants): Segment => ({
      type: 'consonant',
      consonant,
      beside,
      stressed,
      seconds: time(consonant.seconds) + time(consonant.breath),
    });
    const sounding = time(vowel.seconds) * (stressed ? 1 : unstressedShare(source));
    return [
      ...onset.map((consonant) => held(consonant, vowel.formants)),
      { type: 'vowel', vowel, stressed, seconds: sounding },
      ...coda.map((consonant) => held(consonant, vowel.glide ?? vowel.formants)),
    ];
  });
}

function emptyUtterance(seconds: number): Utterance {
  return {
    seconds,
    formants: [lane(), lane(), lane()],
    voice: lane(),
    breath: lane(),
    hiss: lane(),
    hissCentre: lane(),
    hissWidth: lane(),
    nasality: lane(),
    pitch: lane(),
  };
}

/** Puts a knot for all three formants, as this speaker's tract has them. */
function mouth({ formants }: Utterance, { tract, strays }: Speaker, seconds: number, shape: Formants): void {
  formants.forEach((own, k) => {
    knot(own, seconds, shape[k]! * tract * strays[k]!);
  });
}

const isGlide = (segment: Segment | undefined): boolean =>
  segment?.type === 'consonant' && segment.consonant.manner === 'glide';

type Place = {
  readonly start: number;
  readonly end: number;
  readonly before: Segment | undefined;
  readonly after: Segment | undefined;
};

function putVowel(
  to: Utterance,
  speaker: Speaker,
  { vowel, stressed }: { vowel: Vowel; stressed: boolean },
  place: Place,
): void {
  const { start, end, before, after } = place;
  const reach = (beside: Segment | undefined): number =>
    Math.min(0.4 * (end - start), (isGlide(beside) ? WIDE_TRANSITION : TRANSITION) * speaker.lag);
  const pale = speaker.laziness + (stressed ? 0 : PALE);
  mouth(to, speaker, start + reach(before), mixed(vowel.formants, NEUTRAL, pale));
  mouth(to, speaker, end - reach(after), mixed(vowel.glide ?? vowel.formants, NEUTRAL, pale));
  const loud = stressed ? 1 : UNSTRESSED_VOICE;
  knot(to.voice, start + EDGE, loud);
  if (after) knot(to.voice, end - EDGE, loud);
  else knot(to.voice, Math.max(start + EDGE, end - DYING_AWAY), loud);
}

/** Where the formants point in a consonant beside this vowel. */
const locusOf = ({ locus, yields }: Consonant, beside: Formants): Formants => [
  locus[0],
  locus[1] + yields * (beside[1] - locus[1]),
  locus[2] + 0.5 * yields * (beside[2] - locus[2]),
];

function putPlosive(to: Utterance, consonant: Consonant, start: number, end: number): void {
  const release = start + ((end - start) * consonant.seconds) / (consonant.seconds + consonant.breath);
  const bar = consonant.voiced ? 0.2 : 0;
  knot(to.voice, start + 0.008, bar);
  knot(to.voice, consonant.voiced ? release : end, bar);
  const level = consonant.hiss?.level ?? 0;
  knot(to.hiss, release - 0.004, 0);
  knot(to.hiss, release + 0.001, 1.6 * level);
  knot(to.hiss, release + 0.012, 0.5 * level);
  knot(to.hiss, Math.max(release + 0.016, release + 0.6 * (end - release)), 0);
  if (consonant.voiced) return;
  knot(to.breath, release - 0.002, 0);
  knot(to.breath, release + 0.006, 0.5);
  knot(to.breath, end, 0.25);
  knot(to.breath, end + 0.015, 0);
}

function putFricative(to: Utterance, { hiss, voiced }: Consonant, start: number, end: number): void {
  const bar = voiced ? 0.35 : 0;
  knot(to.voice, start + 0.01, bar);
  knot(to.voice, end - 0.003, bar);
  const noise = hiss ? to.hiss : to.breath; // an h has no noise of its own: it is breath in the vowel's shape
  const ramp = Math.min(0.03, 0.4 * (end - start));
  knot(noise, start - 0.005, 0);
  knot(noise, start + ramp, hiss?.level ?? 0.5);
  knot(noise, end - ramp, hiss?.level ?? 0.5);
  knot(noise, end + 0.005, 0);
}

function putNasal(to: Utterance, speaker: Speaker, shape: Formants, start: number, end: number): void {
  const open: Formants = [450, shape[1], shape[2]];
  for (const [seconds, held] of [
    [start, open],
    [start + 0.01, shape],
    [end - 0.01, shape],
    [end, open],
  ] as const)
    mouth(to, speaker, seconds, held);
  knot(to.voice, start + 0.01, 0.55);
  knot(to.voice, end - 0.01, 0.55);
  knot(to.nasality, start - 0.05, 0);
  knot(to.nasality, start, 1);
  knot(to.nasality, end, 1);
  knot(to.nasality, end + 0.05, 0);
}

function putConsonant(
  to: Utterance,
  speaker: Speaker,
  consonant: Consonant,
  beside: Formants,
  { start, end }: Place,
): void {
  const shape = locusOf(consonant, beside);
  if (consonant.hiss) {
    const compact = consonant.yields > 0.75; // made at the palate, where the vowel decides the place
    const centre = (compact ? 1.05 * shape[1] : consonant.hiss.centre) * speaker.tract ** 0.7;
    for (const seconds of [start - 0.005, end]) {
      knot(to.hissCentre, seconds, centre);
      knot(to.hissWidth, seconds, consonant.hiss.width);
    }
  }
  if (consonant.manner === 'nasal') putNasal(to, speaker, shape, start, end);
  else if (consonant.manner === 'glide') {
    mouth(to, speaker, start + 0.35 * (end - start), shape);
    mouth(to, speaker, start + 0.65 * (end - start), shape);
    knot(to.voice, (start + end) / 2, 0.7);
  } else {
    mouth(to, speaker, start, shape);
    mouth(to, speaker, end, shape);
    if (consonant.manner === 'plosive') putPlosive(to, consonant, start, end);
    else putFricative(to, consonant, start, end);
  }
}

/** The melody: a fall or rise over the whole, and a bump on the stressed syllable. */
function putPitch(to: Utterance, { fall, accent }: Speaker, stressAt: number): void {
  const at = (seconds: number): number => fall * (seconds / to.seconds - 0.5);
  knot(to.pitch, 0, at(0));
  knot(to.pitch, Math.max(0.01, stressAt - 0.08), at(stressAt));
  knot(to.pitch, Math.max(0.02, stressAt), at(stressAt) + accent);
  knot(to.pitch, Math.min(to.seconds, stressAt + 0.12), at(stressAt + 0.12));
  knot(to.pitch, to.seconds, at(to.seconds));
}

/** Says a word once. */
export function utter(word: Word, speaker: Speaker, source: Random): Utterance {
  const segments = segmentsOf(word, speaker, source);
  const to = emptyUtterance(segments.reduce((sum, { seconds }) => sum + seconds, 0));
  let start = 0;
  let stressAt = 0;
  for (const amplitude of [to.voice, to.breath, to.hiss, to.nasality]) knot(amplitude, 0, 0);
  segments.forEach((segment, k) => {
    const end = start + segment.seconds;
    const place = { start, end, before: segments[k - 1], after: segments[k + 1] };
    if (segment.type === 'vowel') {
      putVowel(to, speaker, segment, place);
      if (segment.stressed) stressAt = (start + end) / 2;
    } else putConsonant(to, speaker, segment.consonant, segment.beside, place);
    start = end;
  });
  for (const amplitude of [to.voice, to.breath, to.hiss, to.nasality]) knot(amplitude, to.seconds + 0.015, 0);
  putPitch(to, speaker, stressAt);
  return to;
}
