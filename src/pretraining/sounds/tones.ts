/** Tones that begin and end: struck, swelling or held, by their envelope. Pitch, timbre and envelope are identity. */
import type { Random } from '../../random.ts';
import { aboutOne, chance, logBetween, pick } from './draws.ts';
import { PITCH_DEVIATION } from './hums.ts';
import { startOf } from './placing.ts';
import { soundFamily, type Thing } from './recording.ts';
import { emptyScene, type Track, track } from './scene.ts';
import { addTimbre, centreOf, drawTimbre, roughnessOf } from './timbre.ts';
import {
  attackMeasure,
  centreMeasure,
  decayMeasure,
  pitchMeasure,
  rateMeasure,
  slopeMeasure,
} from './vocabulary.ts';

const SHAPES = ['struck', 'swelling', 'held'] as const;
/** Natural logarithm of 60 dB. */
const SIXTY_DECIBELS = Math.log(1_000);

/** Loudness over time: rises for `attack`, stays, then dies away by 60 dB in `decay`. All in seconds. */
export type Envelope = { readonly attack: number; readonly stay: number; readonly decay: number };

export function drawEnvelope(source: Random, shape: (typeof SHAPES)[number]): Envelope {
  if (shape === 'struck')
    return { attack: logBetween(source, 0.002, 0.012), stay: 0, decay: logBetween(source, 0.15, 2) };
  if (shape === 'swelling')
    return { attack: logBetween(source, 0.1, 0.4), stay: 0, decay: logBetween(source, 0.08, 0.5) };
  return {
    attack: logBetween(source, 0.005, 0.04),
    stay: logBetween(source, 0.08, 0.6),
    decay: logBetween(source, 0.04, 0.2),
  };
}

/** The envelope from its start at `start` seconds on; 0 once it is 80 dB down. */
export function envelopeTrack({ attack, stay, decay }: Envelope, start: number): Track {
  return track((seconds) => {
    const since = seconds - start;
    if (since <= 0) return 0;
    if (since < attack) return Math.sin((Math.PI * since) / (2 * attack));
    const falling = since - attack - stay;
    if (falling <= 0) return 1;
    const value = Math.exp((-SIXTY_DECIBELS * falling) / decay);
    return value > 1e-4 ? value : 0;
  });
}

/** The part of an envelope that is heard well, in seconds: until it is about 20 dB down. */
export const audible = ({ attack, stay, decay }: Envelope): number => attack + stay + decay / 3;

const stretched = ({ attack, stay, decay }: Envelope, source: Random): Envelope => ({
  attack: attack * aboutOne(source, 0.12),
  stay: stay * aboutOne(source, 0.08),
  decay: decay * aboutOne(source, 0.12),
});

/** A tone of any timbre, with vibrato one time in five. */
export function drawTone(source: Random): Thing {
  const timbre = drawTimbre(source);
  const hz = logBetween(source, 80, timbre.name === 'pure' ? 3_500 : 1_500);
  const shape = pick(source, SHAPES);
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

export const TONES = soundFamily('tones', 1, drawTone);
