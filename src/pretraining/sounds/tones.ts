/** Tones that begin and end: struck, swelling or held, by their envelope. Pitch, timbre and envelope are identity. */
import type { Random } from '../../random.ts';
import { aboutOne, chance, logBetween, pick } from './draws.ts';
import { audible, drawEnvelope, ENVELOPES, envelopeTrack, stretched } from './envelope.ts';
import { PITCH_DEVIATION } from './hums.ts';
import { startOf } from './placing.ts';

import { emptyScene, track } from './scene.ts';
import type { Thing } from './thing.ts';
import { addTimbre, centreOf, drawTimbre, roughnessOf } from './timbre.ts';
import {
  attackMeasure,
  centreMeasure,
  decayMeasure,
  pitchMeasure,
  rateMeasure,
  slopeMeasure,
} from './vocabulary.ts';

/** A tone of any timbre, with vibrato one time in five. */
export function drawTone(source: Random): Thing {
  const timbre = drawTimbre(source);
  const hz = logBetween(source, 80, timbre.name === 'pure' ? 3_500 : 1_500);
  const shape = pick(source, ENVELOPES);
  const envelope = drawEnvelope(source, shape);
  const vibrato = chance(source, 0.2) ? logBetween(source, 4, 9) : null;
  return {
    kind: `tone-${shape}`,
    measured: {
      pitch: pitchMeasure(hz),
      slope: slopeMeasure(0),
      centre: centreMeasure(centreOf(timbre, hz)),
      attack: attackMeasure(envelope.attack),
      decay: decayMeasure(envelope.decay),
      roughness: roughnessOf(timbre),
      ...(vibrato !== null && { wobble: rateMeasure(vibrato) }),
    },
    play: (nuisance) => {
      const out = emptyScene();
      const about = hz * aboutOne(nuisance, PITCH_DEVIATION);
      const turn = 2 * Math.PI * (vibrato ?? 0) * aboutOne(nuisance, 0.05);
      const pitch = track((seconds) =>
        vibrato === null ? about : about * (1 + 0.035 * Math.sin(turn * seconds)),
      );
      const heard = stretched(envelope, nuisance);
      addTimbre(out, timbre, pitch, envelopeTrack(heard, startOf(nuisance, audible(heard))), nuisance);
      return out;
    },
  };
}
