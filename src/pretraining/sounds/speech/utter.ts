/** A word in one speaker's mouth: what each organ does when. Neighbours colour each other (co-articulation). */
import type { Random } from '../../../random.ts';
import { aboutOne } from '../draws.ts';
import { putConsonant, type Span } from './consonant-gestures.ts';
import type { Consonant } from './consonants.ts';
import { knot } from './lanes.ts';
import type { Speaker } from './speaker.ts';
import { emptyUtterance, mouth, silent, type Utterance } from './utterance.ts';
import { type Formants, mixed, NEUTRAL, type Vowel } from './vowels.ts';
import { unstressedShare, type Word } from './words.ts';

type Sounding = { readonly type: 'vowel'; readonly vowel: Vowel; readonly stressed: boolean };
type Closing = { readonly type: 'consonant'; readonly consonant: Consonant; readonly beside: Formants };
type Segment = { readonly seconds: number } & (Sounding | Closing);

const TRANSITION = 0.045; // seconds, beside an obstruent
const WIDE_TRANSITION = 0.07; // beside a glide
const EDGE = 0.012; // of the voice
const DYING_AWAY = 0.06;
const PALE = 0.22; // how much further an unstressed vowel is drawn to the neutral one
const UNSTRESSED_VOICE = 0.65;

/** The word's sounds in order, each as long as this speaker holds it this time. */
function segmentsOf(word: Word, speaker: Speaker, source: Random): readonly Segment[] {
  const time = (seconds: number): number => seconds * speaker.slowness * aboutOne(source, speaker.unevenness);
  const held = (consonant: Consonant, beside: Formants): Segment => ({
    type: 'consonant',
    consonant,
    beside,
    seconds: time(consonant.seconds) + time(consonant.breath ?? 0),
  });
  return word.syllables.flatMap(({ onset, vowel, coda, stressed }): Segment[] => [
    ...onset.map((consonant) => held(consonant, vowel.formants)),
    {
      type: 'vowel',
      vowel,
      stressed,
      seconds: time(vowel.seconds) * (stressed ? 1 : unstressedShare(source)),
    },
    ...coda.map((consonant) => held(consonant, vowel.glide ?? vowel.formants)),
  ]);
}

const isGlide = (segment: Segment | undefined): boolean =>
  segment?.type === 'consonant' && segment.consonant.manner === 'glide';

type Place = Span & { readonly before: Segment | undefined; readonly after: Segment | undefined };

function putVowel(to: Utterance, speaker: Speaker, { vowel, stressed }: Sounding, place: Place): void {
  const { start, end, before, after } = place;
  const reach = (beside: Segment | undefined): number =>
    Math.min(0.4 * (end - start), (isGlide(beside) ? WIDE_TRANSITION : TRANSITION) * speaker.lag);
  const pale = speaker.laziness + (stressed ? 0 : PALE);
  mouth(to, speaker, start + reach(before), mixed(vowel.formants, NEUTRAL, pale));
  mouth(to, speaker, end - reach(after), mixed(vowel.glide ?? vowel.formants, NEUTRAL, pale));
  const loud = stressed ? 1 : UNSTRESSED_VOICE;
  knot(to.voice, start + EDGE, loud);
  knot(to.voice, after ? end - EDGE : Math.max(start + EDGE, end - DYING_AWAY), loud);
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

/** Says a word once; how long each sound is held is drawn. */
export function utter(word: Word, speaker: Speaker, source: Random): Utterance {
  const segments = segmentsOf(word, speaker, source);
  const to = emptyUtterance(segments.reduce((sum, { seconds }) => sum + seconds, 0));
  let start = 0;
  let stressAt = 0;
  silent(to, 0);
  segments.forEach((segment, k) => {
    const end = start + segment.seconds;
    if (segment.type === 'vowel') {
      putVowel(to, speaker, segment, { start, end, before: segments[k - 1], after: segments[k + 1] });
      if (segment.stressed) stressAt = (start + end) / 2;
    } else putConsonant(to, speaker, segment.consonant, segment.beside, { start, end });
    start = end;
  });
  silent(to, to.seconds + 0.015);
  putPitch(to, speaker, stressAt);
  return to;
}
