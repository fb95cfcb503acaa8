/** All the sounds that the audio encoder is pretrained on. Everything is computed; no recording and no foreign synthesizer. */
import type { SoundWindow, Source } from '../instance.ts';
import { CHIRPS } from './chirps.ts';
import { HUMS } from './hums.ts';
import { IMPACTS } from './impacts.ts';
import { NOISES } from './noises.ts';
import { RHYTHMS } from './rhythms.ts';
import { SYLLABLES } from './syllables.ts';
import { TONES } from './tones.ts';
import { KINDS, MEASURES } from './vocabulary.ts';

/** Eight draws in fourteen are syllable strings. */
export const SOUNDS: Source<SoundWindow> = {
  kinds: KINDS,
  measures: MEASURES,
  families: [SYLLABLES, HUMS, TONES, CHIRPS, IMPACTS, NOISES, RHYTHMS],
};
