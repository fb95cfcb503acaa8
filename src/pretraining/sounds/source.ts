/** All the sounds that the audio encoder is pretrained on. Everything is computed; no recording and no foreign synthesizer. */
import type { Random } from '../../random.ts';
import type { Family, SoundWindow, Source } from '../instance.ts';
import { drawCall } from './calls.ts';
import { drawChirp } from './chirps.ts';
import { pick } from './draws.ts';
import { drawHum } from './hums.ts';
import { drawImpact } from './impacts.ts';
import { drawMelody } from './melodies.ts';
import { drawNoise } from './noises.ts';
import { record } from './recording.ts';
import { drawRhythm } from './rhythms.ts';
import { drawSyllables } from './syllables.ts';
import type { DrawThing, Thing } from './thing.ts';
import { drawTone } from './tones.ts';
import { KINDS, MEASURES } from './vocabulary.ts';

/** Families by name and weight; five draws in nine are syllable strings. */
const WAYS: readonly (readonly [name: string, weight: number, drawThing: DrawThing])[] = [
  ['syllables', 9.5, drawSyllables],
  ['hums', 1.2, drawHum],
  ['tones', 1, drawTone],
  ['melodies', 0.8, drawMelody],
  ['chirps', 1, drawChirp],
  ['calls', 0.7, drawCall],
  ['impacts', 1, drawImpact],
  ['noises', 1, drawNoise],
  ['rhythms', 1, drawRhythm],
];

/** What sounds in the distance is of any family alike. */
const drawBystander = (source: Random): Thing => pick(source, WAYS)[2](source);

function familyOf(name: string, weight: number, drawThing: DrawThing): Family<SoundWindow> {
  return {
    name,
    weight,
    draw: (source) => {
      const { kind, measured, play } = drawThing(source);
      return {
        family: name,
        attributes: {
          kind: KINDS.indexOf(kind),
          measures: MEASURES.map((measure) => measured[measure] ?? null),
        },
        render: (nuisance) => record(play(nuisance), nuisance, drawBystander),
      };
    },
  };
}

/** Every draw, and every window, is a function of the `Random` that it is handed. */
export const SOUNDS: Source<SoundWindow> = {
  kinds: KINDS,
  measures: MEASURES,
  families: WAYS.map((way) => familyOf(...way)),
};
