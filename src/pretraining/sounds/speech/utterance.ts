/** What the organs of speech do over the time of one utterance. */
import { knot, type Lane, lane } from './lanes.ts';
import type { Speaker } from './speaker.ts';
import type { Formants } from './vowels.ts';

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

/** An utterance of so many seconds in which nothing has been said yet. */
export function emptyUtterance(seconds: number): Utterance {
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

/** Adds a knot to everything that is 0 while nobody speaks. */
export function silent({ voice, breath, hiss, nasality }: Utterance, seconds: number): void {
  for (const amplitude of [voice, breath, hiss, nasality]) knot(amplitude, seconds, 0);
}

/** Adds a knot for all three formants, as this speaker's tract has them. */
export function mouth(
  { formants }: Utterance,
  { tract, strays }: Speaker,
  seconds: number,
  shape: Formants,
): void {
  formants.forEach((own, k) => {
    knot(own, seconds, shape[k]! * tract * strays[k]!);
  });
}
