/** Steady sounds: hums, whistles, whines, beeps that do not end. Pitch is identity: users teach two hums that differ in it. */
import type { Random } from '../../random.ts';
import { aboutOne, between, chance, decibels, logBetween, pick } from './draws.ts';
import { bandNoise } from './noises.ts';
import { addShare, emptyScene, type Track, track } from './scene.ts';
import type { Thing } from './thing.ts';
import { addTimbre, centreOf, drawTimbre, roughnessOf, TIMBRES, type Timbre } from './timbre.ts';
import { centreMeasure, pitchMeasure, rateMeasure, slopeMeasure } from './vocabulary.ts';

/** From one rendering to the next, in nats: a quarter of a semitone. */
export const PITCH_DEVIATION = 0.015;

/** Pitches in Hz by timbre. The lowest mel band begins at 125 Hz: what has nothing above it cannot be heard there. */
const RANGES = {
  pure: [150, 4_000],
  rich: [60, 1_500],
  hollow: [70, 1_500],
  inharmonic: [120, 1_500],
} as const;

/** Slow beating in loudness, as of fans and alarms. */
type Wobble = { readonly hz: number; readonly depth: number };

/** The air that some machines blow besides: a band of noise, its energy beside the hum's. */
type Air = { readonly hz: number; readonly octaves: number; readonly share: number };

function drawAir(source: Random): Air | null {
  if (!chance(source, 0.3)) return null;
  return {
    hz: logBetween(source, 300, 5_000),
    octaves: between(source, 0.5, 3),
    share: decibels(between(source, -20, 3)) ** 2,
  };
}

function amplitudeOf(wobble: Wobble | null, source: Random): Track {
  const phase = between(source, 0, 2 * Math.PI);
  const [slow, drift] = [between(source, 0.2, 1.5), between(source, 0, 0.15)];
  return track((seconds) => {
    const beat =
      wobble === null
        ? 1
        : 1 - wobble.depth * (0.5 + 0.5 * Math.sin(2 * Math.PI * wobble.hz * seconds + phase));
    return beat * (1 + drift * Math.sin(2 * Math.PI * slow * seconds + 2 * phase));
  });
}

function pitchTrack(hz: number, source: Random): Track {
  const about = hz * aboutOne(source, PITCH_DEVIATION);
  const [slow, drift, phase] = [between(source, 0.2, 2), between(source, 0, 0.006), between(source, 0, 6)];
  return track((seconds) => about * (1 + drift * Math.sin(2 * Math.PI * slow * seconds + phase)));
}

function measured(timbre: Timbre, hz: number, wobble: Wobble | null): Thing['measured'] {
  return {
    pitch: pitchMeasure(hz),
    slope: slopeMeasure(0),
    centre: centreMeasure(centreOf(timbre, hz)),
    roughness: roughnessOf(timbre),
    ...(wobble && { wobble: rateMeasure(wobble.hz) }),
  };
}

/** A hum of any timbre and pitch, beating one time in three, with air one time in three. */
export function drawHum(source: Random): Thing {
  const timbre = drawTimbre(source, pick(source, TIMBRES));
  const [low, high] = RANGES[timbre.name];
  const hz = logBetween(source, low, high);
  const wobble = chance(source, 0.3)
    ? { hz: logBetween(source, 2, 16), depth: between(source, 0.4, 1) }
    : null;
  const air = drawAir(source);
  return {
    kind: `hum-${timbre.name}`,
    measured: measured(timbre, hz, wobble),
    play: (nuisance) => {
      const out = emptyScene();
      const faster = wobble && { ...wobble, hz: wobble.hz * aboutOne(nuisance, 0.05) };
      addTimbre(out, timbre, pitchTrack(hz, nuisance), amplitudeOf(faster, nuisance), nuisance);
      if (air) addShare(out, bandNoise(nuisance, air.hz * aboutOne(nuisance, 0.03), air.octaves), air.share);
      return out;
    },
  };
}
