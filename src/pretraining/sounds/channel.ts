/** What a microphone, its place and a line do to a sound: tilt, humps and holes, an end below and above. */
import type { Random } from '../../random.ts';
import { between, chance, logBetween } from './draws.ts';
import { filter, highPass, lowPass, peak } from './filters.ts';
import type { Scene } from './scene.ts';

/** Sends the scene through a random channel, in place. Now and then it is a telephone. */
export function throughChannel(scene: Scene, source: Random): void {
  if (chance(source, 0.1)) return;
  const humps = source.integer(4);
  for (let k = 0; k < humps; k++)
    filter(scene, peak(logBetween(source, 150, 6_000), logBetween(source, 0.4, 2), between(source, -9, 9)));
  if (chance(source, 0.5)) filter(scene, highPass(logBetween(source, 40, 250)));
  if (chance(source, 0.35)) filter(scene, lowPass(logBetween(source, 3_000, 7_500)));
  if (chance(source, 0.06)) {
    filter(scene, highPass(300));
    filter(scene, lowPass(3_400, 1));
  }
}
