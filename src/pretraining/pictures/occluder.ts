/** Things that get between the camera and the scene. */
import type { Random } from '../../random.ts';
import { chain, rotation, translation } from './affine.ts';
import { between, chance, drawColour } from './colour.ts';
import { paintRegion, plainPaint, type Raster } from './raster.ts';

const FAR = 4; // beyond every corner of the frame

/** Mostly nothing; else a bar across or a finger's edge from a side, still, over at most a fifth of the frame. */
export function drawOccluder(source: Random): (to: Raster) => void {
  if (!chance(source, 0.15)) return () => undefined;
  const paint = { ...plainPaint(drawColour(source)), edge: between(source, 1, 6) };
  const turned = rotation(between(source, 0, 2 * Math.PI));
  if (chance(source, 0.4)) {
    const half = between(source, 0.03, 0.12);
    const place = chain(turned, translation(between(source, -0.7, 0.7), 0));
    return (to) => paintRegion(to, place, { distance: (x) => Math.abs(x) - half, reach: FAR }, paint);
  }
  const place = chain(turned, translation(between(source, 0.8, 1.1), between(source, -0.5, 0.5)));
  const [wide, high] = [between(source, 0.1, 0.35), between(source, 0.15, 0.5)];
  const distance = (x: number, y: number): number =>
    (Math.hypot(x / wide, y / high) - 1) * Math.min(wide, high);
  return (to) => paintRegion(to, place, { distance, reach: 0.5 }, paint);
}
