/** An utterance and a speaker to sound. */
import { AUDIO_RATE } from '../../../features/spec.ts';
import type { Random } from '../../../random.ts';
import { aboutOne } from '../draws.ts';
import { sweep } from '../filters.ts';
import { whiteNoise } from '../noise.ts';
import { emptyScene, SCENE_SAMPLES, type Scene, shape, steady, type Track, track } from '../scene.ts';
import { addWave } from '../waves.ts';
import { glottalWave } from './glottis.ts';
import { type Lane, valueAt } from './lanes.ts';
import type { Speaker } from './speaker.ts';
import { resonate } from './tract.ts';
import type { Utterance } from './utterance.ts';

/** When it starts, in seconds from the window's start, and after how many seconds it is said again; null: never. */
export type Timing = { readonly start: number; readonly period: number | null };

/** Bandwidths of the first three formants of a middling voice, in Hz. */
const BANDWIDTHS = [70, 90, 130] as const;
/** The formants that no vowel moves, one about every kilohertz up to the highest frequency: centre and bandwidth in Hz. */
const FIXED = [
  [3_500, 200],
  [4_500, 260],
  [5_500, 340],
  [6_500, 420],
] as const;
/** A formant above this one is beyond what is heard. */
const HIGHEST_HZ = 7_400;
/** How much wider the first formant is in a nasal. */
const NASAL_DAMPING = 2.5;
/** From one 5 ms to the next, in nats. */
const SHIMMER = 0.05;
/** The tract's resonances raise a voice of deviation 1 by about so much. */
const TRACT_GAIN = 3;

/** Reads a lane on the scene's time line. */
function laid(lane: Lane, { start, period }: Timing): Track {
  return track((seconds) => {
    const since = seconds - start;
    return valueAt(lane, period === null ? since : since - period * Math.floor(since / period));
  });
}

/** One pole: falls by 6 dB an octave above `hz`. */
function soften(samples: Scene, hz: number): void {
  const pole = Math.exp((-2 * Math.PI * hz) / AUDIO_RATE);
  let state = 0;
  for (let n = 0; n < samples.length; n++) {
    state += (1 - pole) * (samples[n]! - state);
    samples[n] = state;
  }
}

/** What enters the tract: the voice, and breath. */
function source(utterance: Utterance, speaker: Speaker, timing: Timing, random: Random): Scene {
  const out = emptyScene();
  const loud = laid(utterance.voice, timing).map((value) => value * aboutOne(random, SHIMMER));
  const breath = laid(utterance.breath, timing).map(
    (value, k) => value + loud[k]! * (speaker.whispered ? 0.6 : speaker.breath),
  );
  if (!speaker.whispered) {
    const pitch = laid(utterance.pitch, timing).map(
      (octaves) => speaker.pitch * 2 ** octaves * aboutOne(random, speaker.jitter),
    );
    const highest = pitch.reduce((most, hz) => Math.max(most, hz), 0);
    addWave(out, glottalWave(highest), pitch, loud, random.uniform());
    soften(out, speaker.brightness);
  }
  const noise = whiteNoise(random, SCENE_SAMPLES);
  shape(noise, breath);
  for (let n = 0; n < out.length; n++) out[n]! += noise[n]!;
  return out;
}

function throughTract(samples: Scene, utterance: Utterance, speaker: Speaker, timing: Timing): void {
  const nasality = laid(utterance.nasality, timing);
  const width = (k: number): number => BANDWIDTHS[k]! * speaker.damping;
  utterance.formants.forEach((lane, k) => {
    const bandwidth =
      k === 0 ? nasality.map((nasal) => width(0) * (1 + (NASAL_DAMPING - 1) * nasal)) : steady(width(k));
    resonate(samples, laid(lane, timing), bandwidth);
  });
  for (const [middling, bandwidth] of FIXED) {
    const hz = middling * speaker.tract * speaker.upper;
    if (hz < HIGHEST_HZ) resonate(samples, steady(hz), steady(bandwidth * speaker.damping));
  }
}

function addHiss(out: Scene, utterance: Utterance, speaker: Speaker, timing: Timing, random: Random): void {
  if (utterance.hissCentre.times.length === 0) return;
  const noise = whiteNoise(random, SCENE_SAMPLES);
  const centre = laid(utterance.hissCentre, timing);
  const width = laid(utterance.hissWidth, timing);
  sweep(
    noise,
    centre,
    centre.map((hz, k) => hz / width[k]!),
  );
  shape(noise, laid(utterance.hiss, timing));
  const gain = speaker.hiss * TRACT_GAIN;
  for (let n = 0; n < out.length; n++) out[n]! += gain * noise[n]!;
}

/** Speaks. The scene is the caller's. */
export function speak(utterance: Utterance, speaker: Speaker, timing: Timing, random: Random): Scene {
  const out = source(utterance, speaker, timing, random);
  throughTract(out, utterance, speaker, timing);
  addHiss(out, utterance, speaker, timing, random);
  return out;
}
