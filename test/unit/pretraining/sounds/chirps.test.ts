import { describe, expect, it } from 'vitest';

import { drawChirp, drawGlide, glideTrack } from '../../../../src/pretraining/sounds/chirps.ts';
import { trackTime } from '../../../../src/pretraining/sounds/scene.ts';
import { random } from '../../../../src/random.ts';
import { centroid, magnitudes } from './hearing.ts';

/** Centroids of the columns in which something sounds. */
function course(seed: number): { readonly kind: string; readonly bands: readonly number[] } {
  const source = random(seed);
  const chirp = drawChirp(source);
  const columns = magnitudes(chirp.play(source));
  const loudest = Math.max(...columns.flat());
  return {
    kind: chirp.kind,
    bands: columns.filter((column) => Math.max(...column) > 0.3 * loudest).map(centroid),
  };
}

describe('drawChirp', () => {
  it('shows its direction in the centroid', () => {
    const courses = Array.from({ length: 60 }, (_, seed) => course(seed)).filter(
      ({ bands }) => bands.length > 8,
    );
    const rises = (name: string): number[] =>
      courses.filter(({ kind }) => kind === name).map(({ bands }) => (bands.at(-2) ?? 0) - (bands[1] ?? 0));
    const [up, down] = [rises('chirp-up'), rises('chirp-down')];
    expect(Math.min(up.length, down.length)).toBeGreaterThan(5);
    expect(up.filter((rise) => rise > 0).length / up.length).toBeGreaterThan(0.9);
    expect(down.filter((rise) => rise < 0).length / down.length).toBeGreaterThan(0.9);
  });
});

describe('glideTrack', () => {
  it('goes from the lowest pitch over its octaves in its time, and stays outside of it', () => {
    const chirp = {
      ...drawGlide(random(1)),
      glide: 'up',
      lowest: 400,
      octaves: 2,
      seconds: 0.4,
      bend: 1,
    } as const;
    const pitch = glideTrack(chirp, 0.2);
    const at = (seconds: number): number => pitch.findIndex((_, point) => trackTime(point) >= seconds - 1e-9);
    expect(pitch[at(0.1)]).toBeCloseTo(400, 1);
    expect(pitch[at(0.4)]).toBeCloseTo(400 * 2, 1); // half the way, in the logarithm
    expect(pitch[at(0.9)]).toBeCloseTo(400 * 4, 1);
    const arch = glideTrack({ ...chirp, glide: 'arch' }, 0.2);
    expect(arch[at(0.4)]).toBeCloseTo(400 * 4, 1);
    expect(arch[at(0.9)]).toBeCloseTo(400, 1);
  });
});
