/** Gliding tones: up, down, up and down again, down and up. Where they start, how far and how long they glide is identity. */
import type { Random } from '../../random.ts';
import { aboutOne, between, logBetween, pick } from './draws.ts';
import { startOf } from './placing.ts';
import { emptyScene, type Track, track } from './scene.ts';
import type { Thing } from './thing.ts';
import { addTimbre, drawTimbre, type Timbre } from './timbre.ts';
import { centreMeasure, slopeMeasure, spread, widthMeasure } from './vocabulary.ts';

/** Ways to glide: up, down, up and down again, down and up again. */
export const GLIDES = ['up', 'down', 'arch', 'bow'] as const;
export type Glide = (typeof GLIDES)[number];

/** A glide from a lowest pitch over some octaves; `bend` 1 is straight in the logarithm, above 1 late, below early. */
export type Chirp = {
  readonly glide: Glide;
  readonly timbre: Timbre;
  readonly lowest: number; // Hz
  readonly octaves: number;
  readonly seconds: number;
  readonly bend: number;
};

/** A glide of 0.5 to 2.5 octaves below 5 kHz, between so many seconds. */
export function drawGlide(source: Random, shortest = 0.08, longest = 0.8): Chirp {
  const octaves = between(source, 0.5, 2.5);
  return {
    glide: pick(source, GLIDES),
    timbre: drawTimbre(source, pick(source, ['pure', 'pure', 'rich', 'hollow'] as const)),
    lowest: logBetween(source, 150, 5_000 / 2 ** octaves),
    octaves,
    seconds: logBetween(source, shortest, longest),
    bend: logBetween(source, 0.6, 1.7),
  };
}

/** How far up a glide is, 0 to 1, at `share` 0 to 1 of its time. */
function height(glide: Glide, share: number, bend: number): number {
  if (glide === 'up') return share ** bend;
  if (glide === 'down') return 1 - share ** bend;
  const there = 1 - Math.abs(2 * share - 1);
  return glide === 'arch' ? there ** bend : 1 - there ** bend;
}

/** Pitch over time; before its start and after its end it stays. */
export function glideTrack({ glide, lowest, octaves, seconds, bend }: Chirp, start: number): Track {
  return track((at) => {
    const share = Math.max(0, Math.min(1, (at - start) / seconds));
    return lowest * 2 ** (octaves * height(glide, share, bend));
  });
}

/** Loud for its time, with soft edges of at most 20 ms. */
export function glideLoudness({ seconds }: Chirp, start: number): Track {
  const edge = Math.min(0.02, seconds / 4);
  return track((at) => Math.max(0, Math.min(1, (at - start) / edge, (start + seconds - at) / edge)));
}

/** Another rendering of the same glide: pitch by 4 %, extent and time by about 8 %. */
export const anew = (chirp: Chirp, source: Random): Chirp => ({
  ...chirp,
  lowest: chirp.lowest * aboutOne(source, 0.04),
  octaves: chirp.octaves * aboutOne(source, 0.06),
  seconds: chirp.seconds * aboutOne(source, 0.1),
});

/** What can be measured of a glide; one that comes back has no slope. */
export function measuredGlide({ glide, lowest, octaves, seconds }: Chirp): Thing['measured'] {
  const net = glide === 'up' ? octaves : glide === 'down' ? -octaves : 0;
  return {
    slope: slopeMeasure(net),
    centre: centreMeasure(lowest * 2 ** (octaves / 2)),
    width: widthMeasure(octaves),
    decay: spread(Math.log(seconds), Math.log(0.03), Math.log(3)),
  };
}

/** A single glide. */
export function drawChirp(source: Random): Thing {
  const chirp = drawGlide(source);
  return {
    kind: `chirp-${chirp.glide}`,
    measured: measuredGlide(chirp),
    play: (nuisance) => {
      const out = emptyScene();
      const heard = anew(chirp, nuisance);
      const start = startOf(nuisance, heard.seconds);
      addTimbre(out, heard.timbre, glideTrack(heard, start), glideLoudness(heard, start), nuisance);
      return out;
    },
  };
}
