/**
 * From a dry scene to the window that the product would have stored: loudness made equal, something else in the distance, a
 * room, noise, a channel, a level, a lossy line, and then the product's own front end. Everything here is nuisance.
 */
import { melOf } from '../../features/mel.ts';
import type { Random } from '../../random.ts';
import type { SoundWindow } from '../instance.ts';
import { addBackground } from './background.ts';
import { throughChannel } from './channel.ts';
import { between, chance, decibels } from './draws.ts';
import { intoRoom } from './room.ts';
import { LEAD, type Scene } from './scene.ts';
import type { DrawThing } from './thing.ts';

const HOP = 400; // 25 ms
const HOPS = 4;
/** How often something else sounds in the distance. */
const BYSTANDERS = 0.12;

/** How loud something is: deviation of its loudest tenth of a second within the window, looked for every 25 ms. */
export function loudness(scene: Scene): number {
  const sums: number[] = [];
  let loudest = 0;
  for (let from = LEAD; from + HOP <= scene.length; from += HOP) {
    let sum = 0;
    for (let n = from; n < from + HOP; n++) sum += scene[n]! * scene[n]!;
    sums.push(sum);
    loudest = Math.max(
      loudest,
      sums.slice(-HOPS).reduce((a, b) => a + b, 0),
    );
  }
  return Math.sqrt(loudest / (HOPS * HOP));
}

/** Brings a scene's loudest tenth of a second to this deviation, in place; silence stays. */
function bringTo(scene: Scene, level: number): void {
  const loud = loudness(scene);
  if (loud === 0) return;
  for (let n = 0; n < scene.length; n++) scene[n]! *= level / loud;
}

/** Adds another thing, 10 to 30 dB below the loudness 1 that the scene has. */
function addBystander(scene: Scene, drawThing: DrawThing, source: Random): void {
  const other = drawThing(source).play(source);
  bringTo(other, decibels(between(source, -30, -10)));
  for (let n = 0; n < scene.length; n++) scene[n]! += other[n]!;
}

/** Brings the scene to its level in the recording; what passes full scale is cut, and a few are driven into that. In place. */
function digitize(scene: Scene, source: Random): void {
  const level = decibels(Math.max(-44, Math.min(-9, -24 + 7 * source.normal())));
  const gain = level * (chance(source, 0.04) ? 4 : 1);
  for (let n = 0; n < scene.length; n++) scene[n] = Math.max(-1, Math.min(1, gain * scene[n]!));
}

/** Loses up to three packets of 20 ms now and then, as a network does. In place. */
function lose(scene: Scene, source: Random): void {
  if (!chance(source, 0.04)) return;
  for (let lost = 1 + source.integer(3); lost > 0; lost--) {
    const from = source.integer(scene.length);
    scene.fill(0, from, from + 320);
  }
}

/** Records a dry scene, which it uses up. The caller owns the result. */
export function record(scene: Scene, source: Random, drawBystander: DrawThing): SoundWindow {
  bringTo(scene, 1);
  if (chance(source, BYSTANDERS)) addBystander(scene, drawBystander, source);
  intoRoom(scene, source);
  addBackground(scene, source);
  throughChannel(scene, source);
  digitize(scene, source);
  lose(scene, source);
  return { mel: melOf(scene.subarray(LEAD)) };
}
