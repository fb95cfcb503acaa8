/** Textures made of fractional Brownian motion. */
import type { Random } from '../../../random.ts';
import { axis } from '../attributes.ts';
import { between } from '../colour.ts';
import { brownian } from '../noise.ts';
import type { Field } from '../surface.ts';
import { fieldTexture, sizeMeasure, type Texture } from './texture.ts';

const OCTAVES = 4;
const ROAM = 60; // of the lattice's 128: elsewhere, alike
const drawFrequency = (source: Random): number => Math.exp(between(source, Math.log(0.8), Math.log(5)));
const drawGain = (source: Random): number => between(source, 0.3, 0.75);
const measuredBy = (frequency: number, gain: number) => ({
  size: sizeMeasure(2 * frequency),
  roughness: (gain - 0.525) / 0.225,
});
/** Value noise keeps to the middle; this brings it to the ends. */
const stretch = (value: number): number => (value - 0.5) * 1.9 + 0.5;

export function drawClouds(source: Random): Texture {
  const [frequency, gain] = [drawFrequency(source), drawGain(source)];
  const field: Field = (x, y) => stretch(brownian(x, y, OCTAVES, gain));
  const measured = measuredBy(frequency, gain);
  return fieldTexture(source, { kind: 'clouds', field, frequency, angle: 0, measured, roam: ROAM });
}

/** Bright creases where the noise passes its middle. */
export function drawRidges(source: Random): Texture {
  const [frequency, gain] = [drawFrequency(source), drawGain(source)];
  const sharpness = between(source, 3, 8);
  const field: Field = (x, y) => 1 - Math.abs(brownian(x, y, OCTAVES, gain) - 0.5) * sharpness;
  const measured = measuredBy(frequency, gain);
  return fieldTexture(source, { kind: 'ridges', field, frequency, angle: 0, measured, roam: ROAM });
}

/** Parallel veins, bent by noise. */
export function drawMarble(source: Random): Texture {
  const [frequency, angle] = [between(source, 0.8, 3), between(source, 0, Math.PI)];
  const [bend, gain] = [between(source, 4, 12), drawGain(source)];
  const field: Field = (x, y) => 0.5 + 0.5 * Math.sin(6 * x + bend * brownian(x, y, 3, gain));
  const measured = { ...axis(angle), ...measuredBy(frequency, gain) };
  return fieldTexture(source, { kind: 'marble', field, frequency, angle, measured, roam: ROAM });
}

/** Noise drawn out along one direction: wood, cloth, brushed metal. */
export function drawStreaks(source: Random): Texture {
  const [frequency, angle] = [between(source, 0.4, 1.2), between(source, 0, Math.PI)];
  const [stretched, gain] = [between(source, 5, 14), drawGain(source)];
  const field: Field = (x, y) => stretch(brownian(x * stretched, y, 3, gain));
  const measured = { ...axis(angle), ...measuredBy((frequency * stretched) / 2, gain) };
  return fieldTexture(source, { kind: 'streaks', field, frequency, angle, measured, roam: ROAM });
}
