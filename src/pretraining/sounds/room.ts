/** Reverberation: a few early reflections, then Schroeder's damped combs and allpasses (1962). No long convolution. */
import { AUDIO_RATE } from '../../features/spec.ts';
import type { Random } from '../../random.ts';
import { between, chance, decibels, logBetween } from './draws.ts';
import { addShare, type Scene } from './scene.ts';

/** Comb delays in seconds, spread so that no two echo together. */
const COMBS: readonly (readonly [low: number, high: number])[] = [
  [0.021, 0.026],
  [0.027, 0.032],
  [0.033, 0.038],
  [0.039, 0.046],
];
const ALLPASSES: readonly (readonly [low: number, high: number])[] = [
  [0.004, 0.006],
  [0.0012, 0.0022],
];
const ALLPASS_GAIN = 0.7;
const REFLECTIONS = 6;

const samplesIn = (seconds: number): number => Math.max(1, Math.round(seconds * AUDIO_RATE));

/** Adds `y[n] = x[n] + g·lowpass(y[n - delay])`, read at the delay, to `out`. */
function comb(out: Scene, dry: Scene, delay: number, gain: number, damping: number): void {
  const line = new Float32Array(delay);
  let held = 0;
  let at = 0;
  for (let n = 0; n < dry.length; n++) {
    const late = line[at]!;
    held = late + damping * (held - late);
    line[at] = dry[n]! + gain * held;
    out[n]! += late;
    if (++at === delay) at = 0;
  }
}

/** All frequencies pass alike, but not at the same time. In place. */
function allpass(samples: Scene, delay: number): void {
  const line = new Float32Array(delay);
  let at = 0;
  for (let n = 0; n < samples.length; n++) {
    const late = line[at]!;
    const entering = samples[n]! + ALLPASS_GAIN * late;
    line[at] = entering;
    samples[n] = late - ALLPASS_GAIN * entering;
    if (++at === delay) at = 0;
  }
}

function reflect(out: Scene, dry: Scene, source: Random): void {
  for (let k = 0; k < REFLECTIONS; k++) {
    const delay = samplesIn(between(source, 0.003, 0.045));
    const gain = between(source, -0.5, 0.5);
    for (let n = delay; n < dry.length; n++) out[n]! += gain * dry[n - delay]!;
  }
}

/** Puts the scene into a room of 0.1 to 0.9 s whose echo is 20 to 2 dB below the sound itself; half the time, into none. In place. */
export function intoRoom(scene: Scene, source: Random): void {
  if (chance(source, 0.45)) return;
  const seconds = logBetween(source, 0.1, 0.9);
  const damping = between(source, 0.05, 0.5);
  const wet = new Float32Array(scene.length);
  for (const [low, high] of COMBS) {
    const delay = between(source, low, high);
    comb(wet, scene, samplesIn(delay), 10 ** ((-3 * delay) / seconds), damping);
  }
  for (const [low, high] of ALLPASSES) allpass(wet, samplesIn(between(source, low, high)));
  reflect(wet, scene, source);
  addShare(scene, wet, decibels(between(source, -20, -2)) ** 2);
}
