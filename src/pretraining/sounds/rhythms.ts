/** One short sound again and again in a pattern. What sounds, how fast and in which pattern is identity; where it begins is not. */
import { AUDIO_RATE } from '../../features/spec.ts';
import type { Random } from '../../random.ts';
import { anew, drawGlide, glideLoudness, glideTrack, measuredGlide } from './chirps.ts';
import { aboutOne, between, chance, logBetween, pick } from './draws.ts';
import { envelopeTrack } from './envelope.ts';
import { PITCH_DEVIATION } from './hums.ts';
import { drawBody, measuredBody, strike } from './impacts.ts';
import { bandNoise } from './noises.ts';
import { emptyScene, energy, SCENE_SAMPLES, SCENE_START, type Scene, shape, steady } from './scene.ts';
import type { Thing } from './thing.ts';
import { addTimbre, centreOf, drawTimbre, roughnessOf } from './timbre.ts';
import { centreMeasure, type Kind, pitchMeasure, rateMeasure, widthMeasure } from './vocabulary.ts';

/** A sound of under half a second. `play` puts it at the scene's very start. */
type Beat = { readonly kind: Kind; readonly measured: Thing['measured']; play(source: Random): Scene };

/** A step of a cycle: how loud, 0 for a rest, and which of two beats. */
type Step = { readonly gain: number; readonly which: 0 | 1 };

/** Steps, and how many of them a second. */
type Pattern = { readonly steps: readonly Step[]; readonly rate: number };

const LONGEST_BEAT = 0.4 * AUDIO_RATE;
const FADE = 0.03 * AUDIO_RATE;
/** No window may fall into a rest, in seconds. */
const LONGEST_REST = 0.6;

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
  const length = chance(source, 0.3) ? 1 : 2 + source.integer(5);
  const steps = Array.from({ length }, (_, k): Step => {
    if (k === 0) return { gain: 1, which: 0 };
    const gain = chance(source, 0.35) ? 0 : pick(source, [0.35, 0.7, 1]);
    return { gain, which: chance(source, 0.5) ? 1 : 0 };
  });
  const places = steps.flatMap(({ gain }, k) => (gain > 0 ? [k] : []));
  const longest = Math.max(...places.map((place, k) => (places[k + 1] ?? length) - place));
  return { steps, rate: Math.max(logBetween(source, 2.5, 14), longest / LONGEST_REST) };
}

/** Sounds of one pattern a second. */
const density = ({ steps, rate }: Pattern): number =>
  (rate * steps.filter(({ gain }) => gain > 0).length) / steps.length;

function addAt(out: Scene, beat: Scene, from: number, gain: number): void {
  const first = Math.max(0, -from);
  const last = Math.min(LONGEST_BEAT, out.length - from);
  for (let n = first; n < last; n++) out[from + n]! += gain * beat[n]!;
}

/** Brings a beat to the energy of 0.1 s at deviation 1, and ends it softly. In place. */
function trim(beat: Scene): Scene {
  beat.fill(0, LONGEST_BEAT);
  for (let n = 1; n <= FADE; n++) beat[LONGEST_BEAT - n]! *= n / FADE;
  const power = energy(beat);
  return power === 0 ? beat : beat.map((x) => x * Math.sqrt((0.1 * AUDIO_RATE) / power));
}

/** Lays beats out in their pattern, entered anywhere; tempo by 6 % otherwise than last time, each step a little early or late. */
function layOut(beats: readonly [Scene, Scene], { steps, rate }: Pattern, source: Random): Scene {
  const out = emptyScene();
  const pace = AUDIO_RATE / (rate * aboutOne(source, 0.06));
  let place = source.integer(steps.length);
  for (let at = -LONGEST_BEAT - pace * source.uniform(); at < SCENE_SAMPLES; at += pace) {
    const { gain, which } = steps[place % steps.length]!;
    place++;
    if (gain > 0)
      addAt(out, beats[which], Math.round(at + 0.03 * pace * source.normal()), gain * aboutOne(source, 0.12));
  }
  return out;
}

const drawBeat = (source: Random): Beat => pick(source, [toneBeat, chirpBeat, impactBeat, noiseBeat])(source);

/** The first beat of a pattern decides its kind; two rhythms in five have a second one (tick and tock). */
export function drawRhythm(source: Random): Thing {
  const beat = drawBeat(source);
  const other = chance(source, 0.4) ? drawBeat(source) : beat;
  const pattern = drawPattern(source);
  return {
    kind: beat.kind,
    measured: { ...beat.measured, rate: rateMeasure(density(pattern)) },
    play: (nuisance) => {
      const first = trim(beat.play(nuisance));
      const second = other === beat ? first : trim(other.play(nuisance));
      return layOut([first, second], pattern, nuisance);
    },
  };
}
