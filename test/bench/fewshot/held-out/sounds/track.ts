/** One window's worth of sound to write into, and what stands between it and the encoder: level, channel, noise. */
import { melOf } from '../../../../../src/features/mel.ts';
import { COLUMN_SAMPLES, FRAME_SAMPLES, WINDOW_COLUMNS } from '../../../../../src/features/spec.ts';
import type { SoundWindow } from '../../../../../src/pretraining/instance.ts';
import type { Random } from '../../../../../src/random.ts';
import { addNoise } from '../../../../support/clip-sound.ts';
import { type Range, within } from '../draws.ts';

export const RATE = 16_000;
export const SAMPLES = (WINDOW_COLUMNS - 1) * COLUMN_SAMPLES + FRAME_SAMPLES;

/** Writes a thing's sound over one window; every draw of chance is nuisance: phase, pitch, pace. */
export type Voice = (draw: Random) => Float32Array;

/** A factor of up to `semitones` either way. */
export const detuned = (draw: Random, semitones: number): number =>
  2 ** (within(draw, [-semitones, semitones]) / 12);

/** Adds samples from a place on, which may lie before the window or reach beyond it. */
export function mixInto(track: Float32Array, sound: Float32Array, from: number, gain = 1): void {
  const first = Math.round(from);
  for (let n = Math.max(0, -first); n < sound.length && first + n < track.length; n++)
    track[first + n] = track[first + n]! + gain * sound[n]!;
}

/** Two poles at a frequency: `y = x + b y1 + c y2`, scaled to a gain of about 1 at it. */
export function ringing(input: Float32Array, hertz: number, decayS: number): Float32Array {
  const radius = Math.exp(-1 / (decayS * RATE));
  const b = 2 * radius * Math.cos((2 * Math.PI * hertz) / RATE);
  const c = -radius * radius;
  const scale = (1 - radius) * 2;
  const out = new Float32Array(input.length);
  let [one, two] = [0, 0];
  for (let n = 0; n < input.length; n++) {
    const y = scale * input[n]! + b * one + c * two;
    out[n] = y;
    two = one;
    one = y;
  }
  return out;
}

/** Sums what several resonances make of one excitation. */
export function body(
  input: Float32Array,
  modes: readonly { readonly hertz: number; readonly decayS: number; readonly gain: number }[],
): Float32Array {
  const out = new Float32Array(input.length);
  for (const { hertz, decayS, gain } of modes) mixInto(out, ringing(input, hertz, decayS), 0, gain);
  return out;
}

/** First-order tilt: above 0 brighter (a zero), below 0 darker (a pole). */
function tilted(track: Float32Array, tilt: number): Float32Array {
  let before = 0;
  return track.map((x) => {
    const y = x - tilt * before; // the last input, or the last output
    before = tilt > 0 ? x : y;
    return y;
  });
}

const LEVEL = 0.07; // rms, of full scale

/** Nuisance between a thing and the encoder. */
export type Hearing = {
  /** Of the channel: above 0 brighter, below darker. */
  readonly tilt: Range;
  readonly gainDb: Range;
  /** Sound over coloured noise. */
  readonly snrDb: Range;
};
const ANY_ROOM: Hearing = { tilt: [-0.4, 0.4], gainDb: [-8, 6], snrDb: [6, 24] };

/** What a microphone in a room hands over: a channel, gain, coloured noise. */
export function heard(
  track: Float32Array,
  draw: Random,
  { tilt, gainDb, snrDb }: Hearing = ANY_ROOM,
): SoundWindow {
  const shaped = tilted(track, within(draw, tilt));
  const rms = LEVEL * 10 ** (within(draw, gainDb) / 20);
  const power = Math.sqrt(shaped.reduce((sum, x) => sum + x * x, 0) / shaped.length);
  const out = shaped.map((x) => (x * rms) / Math.max(1e-9, power));
  addNoise(out, draw, 0, out.length, rms / 10 ** (within(draw, snrDb) / 20));
  return { mel: melOf(out) };
}
