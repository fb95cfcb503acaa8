/** Two to five notes of one timbre: doorbells, jingles, calls. Intervals, rhythm and pitch are identity. */
import { AUDIO_RATE } from '../../features/spec.ts';
import type { Random } from '../../random.ts';
import { aboutOne, between, chance, logBetween, pick } from './draws.ts';
import { drawEnvelope, ENVELOPES, envelopeTrack, stretched } from './envelope.ts';
import { PITCH_DEVIATION } from './hums.ts';
import { startOf } from './placing.ts';
import { emptyScene, steady } from './scene.ts';
import type { Thing } from './thing.ts';
import { addTimbre, centreOf, drawTimbre, roughnessOf } from './timbre.ts';
import { centreMeasure, pitchMeasure, rateMeasure, slopeMeasure } from './vocabulary.ts';

/** A note's pitch over the first one's, and how long after the one before it starts, of the tune's step. */
type Note = { readonly ratio: number; readonly after: number };

function drawNotes(source: Random): readonly Note[] {
  let semitones = 0;
  return Array.from({ length: 2 + source.integer(4) }, (_, k): Note => {
    if (k === 0) return { ratio: 1, after: 0 };
    semitones += (chance(source, 0.5) ? 1 : -1) * (1 + source.integer(9));
    return { ratio: 2 ** (semitones / 12), after: pick(source, [1, 1, 1, 0.5, 1.5]) };
  });
}

/** A tune of at most about 0.9 s, so that a window can hold it. */
export function drawMelody(source: Random): Thing {
  const timbre = drawTimbre(source);
  const notes = drawNotes(source);
  const hz = logBetween(source, 200, 1_400);
  const steps = notes.reduce((sum, { after }) => sum + after, 0);
  const step = Math.min(between(source, 0.09, 0.3), 0.7 / steps);
  const drawn = drawEnvelope(source, pick(source, ENVELOPES));
  const envelope = {
    attack: Math.min(drawn.attack, step / 3),
    stay: Math.min(drawn.stay, step / 2),
    decay: drawn.decay,
  };
  const last = notes.at(-1)?.ratio ?? 1;
  return {
    kind: 'melody',
    measured: {
      pitch: pitchMeasure(hz),
      slope: slopeMeasure(Math.log2(last)),
      centre: centreMeasure(centreOf(timbre, hz)),
      roughness: roughnessOf(timbre),
      rate: rateMeasure(1 / step),
    },
    play: (nuisance) => {
      const out = emptyScene();
      const about = hz * aboutOne(nuisance, PITCH_DEVIATION);
      const pace = step * aboutOne(nuisance, 0.08);
      const heard = stretched(envelope, nuisance);
      let start = startOf(nuisance, pace * (steps + 1));
      for (const { ratio, after } of notes) {
        start += pace * after + nuisance.normal() * (80 / AUDIO_RATE);
        const loud = aboutOne(nuisance, 0.12);
        const amplitude = envelopeTrack(heard, start).map((value) => loud * value);
        addTimbre(out, timbre, steady(about * ratio), amplitude, nuisance);
      }
      return out;
    },
  };
}
