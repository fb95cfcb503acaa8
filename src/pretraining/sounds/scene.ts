/**
 * The time line on which a sound is put together: one window and 0.2 s before it, so that what sounded earlier still rings.
 *
 * Seconds are counted from the window's start: a scene spans -0.2 to 0.975. Slowly moving quantities are tracks: one value
 * every 5 ms, straight lines between them.
 */
import { AUDIO_RATE, COLUMN_SAMPLES, FRAME_SAMPLES, WINDOW_COLUMNS } from '../../features/spec.ts';

/** Samples from one track value to the next: 5 ms, a formant synthesizer's usual step. */
export const BLOCK = 80;
/** Samples before the window. */
export const LEAD = 3_200;
/** Samples from which the product's front end makes 96 columns: 0.975 s. */
export const WINDOW_SAMPLES = (WINDOW_COLUMNS - 1) * COLUMN_SAMPLES + FRAME_SAMPLES;
export const SCENE_SAMPLES = LEAD + WINDOW_SAMPLES;
export const BLOCKS = SCENE_SAMPLES / BLOCK;
export const TRACK_POINTS = BLOCKS + 1;
/** When a scene begins and ends, in seconds. */
export const SCENE_START = -LEAD / AUDIO_RATE;
export const SCENE_END = WINDOW_SAMPLES / AUDIO_RATE;

/** Mono at 16 kHz [SCENE_SAMPLES]. */
export type Scene = Float32Array;
/** One value every `BLOCK` samples from the scene's start on [TRACK_POINTS]. */
export type Track = Float32Array;

/** Silence. */
export const emptyScene = (): Scene => new Float32Array(SCENE_SAMPLES);

/** When a track's value stands, in seconds. */
export const trackTime = (point: number): number => SCENE_START + (point * BLOCK) / AUDIO_RATE;

/** A track from its value at each time in seconds. */
export function track(at: (seconds: number) => number): Track {
  const values = new Float32Array(TRACK_POINTS);
  for (let point = 0; point < TRACK_POINTS; point++) values[point] = at(trackTime(point));
  return values;
}

/** A track that never moves. */
export const steady = (value: number): Track => new Float32Array(TRACK_POINTS).fill(value);

/** Multiplies samples by a track. */
export function shape(samples: Scene, amplitude: Track): void {
  for (let block = 0; block < BLOCKS; block++) {
    let gain = amplitude[block]!;
    const step = (amplitude[block + 1]! - gain) / BLOCK;
    for (let n = block * BLOCK; n < (block + 1) * BLOCK; n++) {
      samples[n]! *= gain;
      gain += step;
    }
  }
}

/** Sum of squares. */
export function energy(samples: Scene): number {
  let sum = 0;
  for (let n = 0; n < samples.length; n++) sum += samples[n]! * samples[n]!;
  return sum;
}

/** Adds a scene whose energy comes to `share` of that of the other one. */
export function addShare(out: Scene, other: Scene, share: number): void {
  const power = energy(other);
  if (power === 0) return;
  const gain = Math.sqrt((share * energy(out)) / power);
  for (let n = 0; n < out.length; n++) out[n]! += gain * other[n]!;
}
