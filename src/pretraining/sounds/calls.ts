/**
 * Calls as of animals: a voice through two resonances, whose pitch runs a course of its own. Unlike in speech, pitch, course and
 * resonances are all identity.
 */
import type { Random } from '../../random.ts';
import { aboutOne, between, chance, logBetween } from './draws.ts';
import { whiteNoise } from './noise.ts';
import { startOf } from './placing.ts';
import { emptyScene, SCENE_SAMPLES, type Scene, shape, steady, type Track, track } from './scene.ts';
import { glottalWave } from './speech/glottis.ts';
import { knot, type Lane, lane, valueAt } from './speech/lanes.ts';
import { resonate } from './speech/tract.ts';
import type { Thing } from './thing.ts';
import { attackMeasure, centreMeasure, decayMeasure, pitchMeasure, slopeMeasure } from './vocabulary.ts';
import { addWave } from './waves.ts';

type Call = {
  readonly hz: number;
  readonly seconds: number;
  /** Octaves from `hz` over the call's share of time, 0 to 1. */
  readonly course: Lane;
  /** Share of time until full; the rest fades. */
  readonly rise: number;
  /** Hz; each one's bandwidth is a share of it. */
  readonly resonances: readonly { readonly hz: number; readonly width: number }[];
  /** Noise beside the voice's 1. */
  readonly hoarseness: number;
};

const STRAY = 0.03;

/** Two to four pitches, softly joined. */
function drawCourse(source: Random): Lane {
  const course = lane();
  const last = 1 + source.integer(3);
  for (let k = 0; k <= last; k++) knot(course, k / last, between(source, -0.7, 0.7));
  return course;
}

function drawParts(source: Random): Call {
  const first = logBetween(source, 350, 1_500);
  return {
    hz: logBetween(source, 110, 1_400),
    seconds: logBetween(source, 0.1, 0.7),
    course: drawCourse(source),
    rise: between(source, 0.03, 0.6),
    resonances: [first, Math.min(6_500, first * between(source, 1.6, 4))].map((hz) => ({
      hz,
      width: hz * between(source, 0.06, 0.3),
    })),
    hoarseness: chance(source, 0.3) ? between(source, 0.1, 1) : 0.02,
  };
}

/** Loudness over the call: up to full, then down to nothing. */
function loudnessTrack({ seconds, rise }: Call, start: number): Track {
  return track((at) => {
    const share = (at - start) / seconds;
    if (share <= 0 || share >= 1) return 0;
    return Math.sin((Math.PI / 2) * Math.min(share / rise, (1 - share) / (1 - rise)));
  });
}

function sound(call: Call, start: number, source: Random): Scene {
  const out = emptyScene();
  const pitch = track((at) => call.hz * 2 ** valueAt(call.course, (at - start) / call.seconds));
  const loud = loudnessTrack(call, start);
  addWave(out, glottalWave(pitch.reduce((most, hz) => Math.max(most, hz), 0)), pitch, loud, source.uniform());
  const breath = whiteNoise(source, SCENE_SAMPLES);
  shape(breath, loud);
  for (let n = 0; n < out.length; n++) out[n]! += call.hoarseness * breath[n]!;
  for (const { hz, width } of call.resonances) resonate(out, steady(hz), steady(width));
  return out;
}

/** Another rendering of the same call: pitch and resonances by 3 %, time by a tenth. */
const again = (call: Call, source: Random): Call => ({
  ...call,
  hz: call.hz * aboutOne(source, STRAY),
  seconds: call.seconds * aboutOne(source, 0.1),
  rise: Math.min(0.8, call.rise * aboutOne(source, 0.1)),
  resonances: call.resonances.map(({ hz, width }) => ({ hz: hz * aboutOne(source, STRAY), width })),
  hoarseness: call.hoarseness * aboutOne(source, 0.3),
});

/** A call of any pitch, course and colour. */
export function drawCall(source: Random): Thing {
  const call = drawParts(source);
  const [first, second] = call.resonances.map(({ hz }) => hz);
  const octaves = (share: number): number => valueAt(call.course, share);
  return {
    kind: 'call',
    measured: {
      pitch: pitchMeasure(call.hz),
      slope: slopeMeasure(octaves(1) - octaves(0)),
      centre: centreMeasure(Math.sqrt((first ?? 1) * (second ?? 1))),
      attack: attackMeasure(call.rise * call.seconds),
      decay: decayMeasure((1 - call.rise) * call.seconds),
    },
    play: (nuisance) => {
      const heard = again(call, nuisance);
      return sound(heard, startOf(nuisance, heard.seconds), nuisance);
    },
  };
}
