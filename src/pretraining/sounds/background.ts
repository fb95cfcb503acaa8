/** The noise that everything is heard through. */
import { AUDIO_RATE } from '../../features/spec.ts';
import type { Random } from '../../random.ts';
import { between, chance, decibels, logBetween } from './draws.ts';
import { bandPass, filter } from './filters.ts';
import { whiteNoise } from './noise.ts';
import type { Scene } from './scene.ts';

/** One-pole colours: 0 is white, 0.95 falls by 6 dB an octave from 130 Hz on, a negative one rises. */
function colour(noise: Float32Array, pole: number): void {
  let state = 0;
  const scale = Math.sqrt(1 - pole * pole);
  for (let n = 0; n < noise.length; n++) {
    state = pole * state + scale * noise[n]!;
    noise[n] = state;
  }
}

/** A mains hum's first harmonics, at the amplitude of the noise. */
function mains(noise: Float32Array, source: Random): void {
  const step = (2 * Math.PI * (chance(source, 0.5) ? 50 : 60) * 2) / AUDIO_RATE;
  const gain = between(source, 0.3, 1.2);
  let phase = between(source, 0, 6);
  for (let n = 0; n < noise.length; n++) {
    noise[n]! += gain * (Math.sin(phase) + 0.4 * Math.sin(3 * phase));
    phase += step;
  }
}

/**
 * Adds noise to a scene whose loudest part has deviation 1: 3 to 50 dB below it, most often about 25, in many colours;
 * one time in five none at all.
 */
export function addBackground(scene: Scene, source: Random): void {
  if (chance(source, 0.2)) return;
  const ratio = Math.max(3, Math.min(50, 25 + 11 * source.normal()));
  const noise = whiteNoise(source, scene.length);
  if (chance(source, 0.75)) colour(noise, between(source, -0.2, 0.97));
  if (chance(source, 0.2))
    filter(noise, bandPass(logBetween(source, 100, 4_000), logBetween(source, 0.3, 1)));
  if (chance(source, 0.08)) mains(noise, source);
  const gain = decibels(-ratio);
  for (let n = 0; n < scene.length; n++) scene[n]! += gain * noise[n]!;
}
