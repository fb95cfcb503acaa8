/** Filtered noises: steady, sweeping or in one burst. Centre, width and course are identity. */
import type { Random } from '../../random.ts';
import { aboutOne, between, chance, logBetween, pick } from './draws.ts';
import { audible, drawEnvelope, ENVELOPES, envelopeTrack, stretched } from './envelope.ts';
import { bandPass, filter, sweep } from './filters.ts';
import { whiteNoise } from './noise.ts';
import { startOf } from './placing.ts';
import { addShare, SCENE_SAMPLES, type Scene, shape, steady, type Track, track } from './scene.ts';
import type { Thing } from './thing.ts';
import {
  attackMeasure,
  centreMeasure,
  decayMeasure,
  rateMeasure,
  slopeMeasure,
  widthMeasure,
} from './vocabulary.ts';

const COURSES = ['narrow', 'broad', 'rising', 'falling', 'burst'] as const;

/** A band's quality from its width in octaves. */
export const qualityOf = (octaves: number): number => 1 / (2 * Math.sinh((Math.LN2 / 2) * octaves));

/** Noise of one band, steep at its sides: two second-order passes. */
export function bandNoise(source: Random, hz: number, octaves: number): Scene {
  const noise = whiteNoise(source, SCENE_SAMPLES);
  const band = bandPass(hz, qualityOf(octaves));
  filter(noise, band);
  filter(noise, band);
  return noise;
}

function sweptNoise(source: Random, centre: Track, octaves: number): Scene {
  const noise = whiteNoise(source, SCENE_SAMPLES);
  const quality = steady(qualityOf(octaves));
  sweep(noise, centre, quality);
  sweep(noise, centre, quality);
  return noise;
}

/** A weaker band beside the first one: what tells two broad noises of one centre apart. */
type Second = { readonly hz: number; readonly octaves: number; readonly share: number };

const drawSecond = (source: Random): Second => ({
  hz: logBetween(source, 150, 6_500),
  octaves: between(source, 0.15, 1),
  share: between(source, 0.1, 0.7),
});

/** Noise that stays, perhaps beating, perhaps in two bands. */
function drawSteady(source: Random, course: 'narrow' | 'broad'): Thing {
  const hz = logBetween(source, 150, 5_500);
  const octaves = course === 'narrow' ? between(source, 0.15, 0.6) : between(source, 1, 3.5);
  const wobble = chance(source, 0.3) ? logBetween(source, 2, 16) : null;
  const second = chance(source, 0.35) ? drawSecond(source) : null;
  return {
    kind: `noise-${course}`,
    measured: {
      slope: slopeMeasure(0),
      centre: centreMeasure(hz),
      width: widthMeasure(octaves),
      ...(wobble !== null && { wobble: rateMeasure(wobble) }),
    },
    play: (nuisance) => {
      const noise = bandNoise(nuisance, hz * aboutOne(nuisance, 0.03), octaves * aboutOne(nuisance, 0.06));
      if (second)
        addShare(
          noise,
          bandNoise(nuisance, second.hz * aboutOne(nuisance, 0.03), second.octaves),
          second.share,
        );
      const [turn, phase] = [2 * Math.PI * (wobble ?? 0) * aboutOne(nuisance, 0.05), between(nuisance, 0, 6)];
      if (wobble !== null)
        shape(
          noise,
          track((at) => 0.55 + 0.45 * Math.sin(turn * at + phase)),
        );
      return noise;
    },
  };
}

/** A whoosh: noise that moves by octaves while it swells and fades. */
function drawSweep(source: Random, course: 'rising' | 'falling'): Thing {
  const octaves = between(source, 1, 3);
  const lowest = logBetween(source, 200, 6_000 / 2 ** octaves);
  const width = between(source, 0.3, 1.2);
  const seconds = logBetween(source, 0.2, 0.8);
  const way = course === 'rising' ? 1 : -1;
  return {
    kind: `noise-${course}`,
    measured: {
      slope: slopeMeasure(way * octaves),
      centre: centreMeasure(lowest * 2 ** (octaves / 2)),
      width: widthMeasure(width),
      decay: decayMeasure(seconds),
    },
    play: (nuisance) => {
      const long = seconds * aboutOne(nuisance, 0.1);
      const start = startOf(nuisance, long);
      const low = lowest * aboutOne(nuisance, 0.05);
      const share = (at: number): number => Math.max(0, Math.min(1, (at - start) / long));
      const centre = track((at) => low * 2 ** (octaves * (way > 0 ? share(at) : 1 - share(at))));
      const noise = sweptNoise(nuisance, centre, width);
      shape(
        noise,
        track((at) => Math.sin(Math.PI * share(at))),
      );
      return noise;
    },
  };
}

function drawBurst(source: Random): Thing {
  const hz = logBetween(source, 200, 5_500);
  const octaves = between(source, 0.3, 3);
  const envelope = drawEnvelope(source, pick(source, ENVELOPES));
  return {
    kind: 'noise-burst',
    measured: {
      slope: slopeMeasure(0),
      centre: centreMeasure(hz),
      width: widthMeasure(octaves),
      attack: attackMeasure(envelope.attack),
      decay: decayMeasure(envelope.decay),
    },
    play: (nuisance) => {
      const noise = bandNoise(nuisance, hz * aboutOne(nuisance, 0.03), octaves * aboutOne(nuisance, 0.06));
      const heard = stretched(envelope, nuisance);
      shape(noise, envelopeTrack(heard, startOf(nuisance, audible(heard))));
      return noise;
    },
  };
}

/** A noise of any course. */
export function drawNoise(source: Random): Thing {
  const course = pick(source, COURSES);
  if (course === 'burst') return drawBurst(source);
  return course === 'narrow' || course === 'broad' ? drawSteady(source, course) : drawSweep(source, course);
}
