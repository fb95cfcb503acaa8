/**
 * From a thing to the window that the product would have stored: loudness made equal, a room, noise, a channel, a level, and
 * then the product's own front end. Everything here is nuisance.
 */
import { melOf } from '../../features/mel.ts';
import type { Random } from '../../random.ts';
import type { Family, SoundWindow } from '../instance.ts';
import { addBackground } from './background.ts';
import { throughChannel } from './channel.ts';
import { chance, decibels } from './draws.ts';
import { intoRoom } from './room.ts';
import { LEAD, type Scene } from './scene.ts';
import { KINDS, type Kind, MEASURES, type Measured } from './vocabulary.ts';

/** A sound thing without its surroundings. */
export type Thing = {
  readonly kind: Kind;
  readonly measured: Measured;
  /** The thing alone, at any level, with the nuisance that only its family knows (another speaker, another strike). */
  play(source: Random): Scene;
};

/** How loud something is: deviation of its loudest tenth of a second within the window, looked for every 25 ms. */
export function loudness(scene: Scene): number {
  const [span, hop] = [1_600, 400];
  const sums: number[] = [];
  for (let from = LEAD; from + hop <= scene.length; from += hop) {
    let sum = 0;
    for (let n = from; n < from + hop; n++) sum += scene[n]! * scene[n]!;
    sums.push(sum);
  }
  let loudest = 0;
  for (let k = 3; k < sums.length; k++)
    loudest = Math.max(loudest, sums[k]! + sums[k - 1]! + sums[k - 2]! + sums[k - 3]!);
  return Math.sqrt(loudest / span);
}

function scale(scene: Scene, gain: number): void {
  for (let n = 0; n < scene.length; n++) scene[n]! *= gain;
}

/** Clips at full scale as a recorder does; a few are driven into it. */
function limit(scene: Scene, source: Random): void {
  const drive = chance(source, 0.04) ? decibels(12) : 1;
  for (let n = 0; n < scene.length; n++) scene[n] = Math.max(-1, Math.min(1, drive * scene[n]!));
}

/** Records a dry scene, which it uses up. The caller owns the result. */
export function record(scene: Scene, source: Random): SoundWindow {
  const loud = loudness(scene);
  if (loud > 0) scale(scene, 1 / loud);
  intoRoom(scene, source);
  addBackground(scene, source);
  throughChannel(scene, source);
  scale(scene, decibels(Math.max(-44, Math.min(-9, -24 + 7 * source.normal()))));
  limit(scene, source);
  return { mel: melOf(scene.subarray(LEAD)) };
}

/** A family of sounds from a way to draw things. */
export function soundFamily(
  name: string,
  weight: number,
  drawThing: (source: Random) => Thing,
): Family<SoundWindow> {
  return {
    name,
    weight,
    draw: (source) => {
      const { kind, measured, play } = drawThing(source);
      return {
        family: name,
        attributes: {
          kind: KINDS.indexOf(kind),
          measures: MEASURES.map((measure) => measured[measure] ?? null),
        },
        render: (nuisance) => record(play(nuisance), nuisance),
      };
    },
  };
}
