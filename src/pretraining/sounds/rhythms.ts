/** One short sound again and again in a pattern. What sounds, how fast and in which pattern is identity; where it begins is not. */
import { AUDIO_RATE } from '../../features/spec.ts';
import type { Random } from '../../random.ts';
import { anew, drawGlide, glideLoudness, glideTrack, measuredGlide } from './chirps.ts';
import { aboutOne, between, chance, logBetween, pick } from './draws.ts';
import { envelopeTrack } from './envelope.ts';
import { PITCH_DEVIATION } from './hums.ts';
import { drawBody, measuredBody, strike } from './impacts.ts';
import { bandNoise } from './noises.ts';
import { emptyScene, SCENE_SAMPLES, SCENE_START, type Scene, shape, steady } from './scene.ts';
import type { Thing } from './thing.ts';
import { addTimbre, centreOf, drawTimbre, roughnessOf } from './timbre.ts';
import { centreMeasure, type Kind, pitchMeasure, rateMeasure, widthMeasure } from './vocabulary.ts';

/** A sound of under half a second. `play` puts it at the scene's very start. */
type Beat = { readonly kind: Kind; readonly measured: Thing['measured']; play(source: Random): Scene };

/** Loudness of each step of a cycle, 0 for a rest; steps a second. */
type Pattern = { readonly steps: readonly number[]; readonly rate: number };

const LONGEST_BEAT = 0.4 * AUDIO_RATE;

function toneBeat(source: Random): Beat {
  const timbre = drawTimbre(source);
  const hz = logBetween(source, 120, 2_500);
  const envelope = { attack: 0.004, stay: between(source, 0, 0.08), decay: logBetween(source, 0.04, 0.3) };
  return {
    kind: 'rhythm-tone',
    measured: {
      pitch: pitchMeasure(hz),
      centre: centreMeasure(centreOf(timbre, hz)),
      roughness: roughnessOf(timbre),
    },
    play: (nuisance) => {
      const out = emptyScene();
      const pitch = steady(hz * aboutOne(nuisance, PITCH_DEVIATION));
      addTimbre(out, timbre, pitch, envelopeTrack(envelope, SCENE_START), nuisance);
      return out;
    },
  };
}

function chirpBeat(source: Random): Beat {
  const chirp = drawGlide(source, 0.05, 0.2);
  return {
    kind: 'rhythm-chirp',
    measured: measuredGlide(chirp),
    play: (nuisance) => {
      const out = emptyScene();
      const heard = anew(chirp, nuisance);
      addTimbre(
        out,
        heard.timbre,
        glideTrack(heard, SCENE_START),
        glideLoudness(heard, SCENE_START),
        nuisance,
      );
      return out;
    },
  };
}

function impactBeat(source: Random): Beat {
  const body = drawBody(source);
  return {
    kind: 'rhythm-impact',
    measured: measuredBody(body),
    play: (nuisance) => {
      const out = emptyScene();
      strike(out.subarray(0, LONGEST_BEAT), 0, body, nuisance);
      return out;
    },
  };
}

function noiseBeat(source: Random): Beat {
  const hz = logBetween(source, 250, 5_500);
  const octaves = between(source, 0.4, 3);
  const envelope = { attack: 0.004, stay: between(source, 0, 0.1), decay: logBetween(source, 0.04, 0.25) };
  return {
    kind: 'rhythm-noise',
    measured: { centre: centreMeasure(hz), width: widthMeasure(octaves) },
    play: (nuisance) => {
      const noise = bandNoise(nuisance, hz * aboutOne(nuisance, 0.03), octaves);
      shape(noise, envelopeTrack(envelope, SCENE_START));
      return noise;
    },
  };
}

/** One step alone is an even beat; longer cycles have rests and accents, and always a full first step. */
function drawPattern(source: Random): Pattern {
  const length = chance(source, 0.4) ? 1 : 2 + source.integer(5);
  const steps = Array.from({ length }, (_, k) => {
    if (k === 0) return 1;
    return chance(source, 0.35) ? 0 : pick(source, [0.35, 0.7, 1]);
  });
  return { steps, rate: logBetween(source, 2.5, 14) };
}

/** Sounds of one pattern a second. */
const density = ({ steps, rate }: Pattern): number =>
  (rate * steps.filter((gain) => gain > 0).length) / steps.length;

function addAt(out: Scene, beat: Scene, from: number, gain: number): void {
  const first = Math.max(0, -from);
  const last = Math.min(LONGEST_BEAT, out.length - from);
  for (let n = first; n < last; n++) out[from + n]! += gain * beat[n]!;
}

/** Lays a beat out in its pattern, entered anywhere; tempo by 6 % otherwise than last time, each step a little early or late. */
function layOut(beat: Scene, { steps, rate }: Pattern, source: Random): Scene {
  const out = emptyScene();
  const step = AUDIO_RATE / (rate * aboutOne(source, 0.06));
  let place = source.integer(steps.length);
  for (let at = -LONGEST_BEAT - step * source.uniform(); at < SCENE_SAMPLES; at += step) {
    const gain = steps[place % steps.length]!;
    place++;
    if (gain > 0)
      addAt(out, beat, Math.round(at + 0.03 * step * source.normal()), gain * aboutOne(source, 0.12));
  }
  return out;
}

export function drawRhythm(source: Random): Thing {
  const beat = pick(source, [toneBeat, chirpBeat, impactBeat, noiseBeat])(source);
  const pattern = drawPattern(source);
  return {
    kind: beat.kind,
    measured: { ...beat.measured, rate: rateMeasure(density(pattern)) },
    play: (nuisance) => layOut(beat.play(nuisance), pattern, nuisance),
  };
}
