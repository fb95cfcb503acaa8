/** Speech-like strings of syllables. What is said is identity; who says it, how fast and in which melody is not. */
import type { Random } from '../../random.ts';
import { between, chance } from './draws.ts';
import { startOf } from './placing.ts';
import { SCENE_START } from './scene.ts';
import { speak, type Timing } from './speech/speak.ts';
import { drawSpeaker } from './speech/speaker.ts';
import { utter } from './speech/utter.ts';
import { drawWord, kindOf, measuredWord } from './speech/words.ts';
import type { Thing } from './thing.ts';

/** Half the time said once, about the window's middle; else again and again with short pauses, entered anywhere. */
function drawTiming(source: Random, seconds: number): Timing {
  if (chance(source, 0.5)) return { start: startOf(source, seconds), period: null };
  const period = seconds + between(source, 0.05, 0.25);
  return { start: SCENE_START - period * source.uniform(), period };
}

/** A word, spoken by somebody else each time. */
export function drawSyllables(source: Random): Thing {
  const word = drawWord(source);
  return {
    kind: kindOf(word),
    measured: measuredWord(word),
    play: (nuisance) => {
      const speaker = drawSpeaker(nuisance);
      const utterance = utter(word, speaker, nuisance);
      return speak(utterance, speaker, drawTiming(nuisance, utterance.seconds), nuisance);
    },
  };
}
