/**
 * Draws of spoken words with moving shapes: the product's test course (espeak-ng's voices and `clip-picture.ts`), window by
 * window. Labels come from one half's voices, colours and textures, the test from the other's.
 */
import { melOf } from '../../../src/features/mel.ts';
import { lumaInto, PictureScaler } from '../../../src/features/pixels.ts';
import {
  COLUMN_SAMPLES,
  FRAME_SAMPLES,
  OLDER_BYTES,
  OLDER_PICTURES,
  PICTURE_BYTES,
  PICTURE_PIXELS,
  WINDOW_COLUMNS,
} from '../../../src/features/spec.ts';
import type { PictureWindow } from '../../../src/pretraining/instance.ts';
import { type Random, random } from '../../../src/random.ts';
import { CLIP_CLASSES } from '../../support/clip.ts';
import { drawScene, type Motion, Painter, type Shape } from '../../support/clip-picture.ts';
import { addNoise, drawSpeech, SOUND_RATE, speak } from '../../support/clip-sound.ts';
import { type Counts, type Draw, sampleAt } from './draw.ts';
import { oneOf, type Range, within } from './held-out/draws.ts';

export type WordClass = { readonly name: string; readonly shape: Shape; readonly motion: Motion };
type Half = 'first' | 'second';
const HALVES: readonly Half[] = ['first', 'second'];

/** How hard a half is. */
export type Difficulty = {
  /** Of the picture, in levels. */
  readonly noise: number;
  /** Voice over noise. */
  readonly snrDb: Range;
  /** Most still distractors in the picture. */
  readonly blobs: number;
  /** Voice over that of somebody who says another class's word; null: nobody does. */
  readonly bystanderDb: number | null;
};
/** Of the half that is labelled and of the one that tests. */
export type Difficulties = Readonly<Record<Half, Difficulty>>;

/** The five classes of the product's test course. */
export const COURSE_CLASSES: readonly WordClass[] = CLIP_CLASSES.slice(0, 5);

const equally = (noise: number, snrDb: number, blobs: number): Difficulty => ({
  noise,
  snrDb: [snrDb, snrDb],
  blobs,
  bystanderDb: null,
});
/** `clip.ts`'s `plain` and `noisy`. */
export const CLEAN: Difficulties = { first: equally(0, 50, 0), second: equally(0, 50, 0) };
export const NOISY: Difficulties = { first: equally(0.7, 40, 0), second: equally(2.5, 16, 0) };

/** A word at an rms of 1. */
type Rendition = Float32Array;
const RENDITIONS = 16; // of a word in one half: each of its eight voices twice
const bank = new Map<string, readonly Rendition[]>();

/** Spoken once for a process: espeak-ng takes 30 ms a word. */
function renditionsOf(word: string, half: Half): readonly Rendition[] {
  const key = `${half} ${word}`;
  const draw = random(1).fork(key);
  const spoken =
    bank.get(key) ??
    Array.from({ length: RENDITIONS }, (_, round) => {
      const speech = drawSpeech(draw, word, half, round);
      return speak({ ...speech, gain: 1 });
    });
  bank.set(key, spoken);
  return spoken;
}

const SAMPLES = (WINDOW_COLUMNS - 1) * COLUMN_SAMPLES + FRAME_SAMPLES;
const VOICE_RMS = 0.07;

/** Adds a word that is spoken again and again, begun at any place. */
function repeat(track: Float32Array, { word, half, gain }: Spoken, draw: Random): void {
  const renditions = renditionsOf(word, half);
  const spoken = renditions[draw.integer(renditions.length)] ?? new Float32Array(1);
  const turn = spoken.length + Math.round(within(draw, [0.06, 0.2]) * SOUND_RATE);
  const begin = draw.integer(turn);
  for (let n = 0; n < track.length; n++) track[n] = track[n]! + gain * (spoken[(begin + n) % turn] ?? 0);
}

type Spoken = { readonly word: string; readonly half: Half; readonly gain: number };

/** A window of a word, in noise and beside somebody who says one of `others`. */
function soundOf(
  word: string,
  half: Half,
  { snrDb, bystanderDb }: Difficulty,
  { draw, others }: { readonly draw: Random; readonly others: readonly string[] },
): Float32Array {
  const track = new Float32Array(SAMPLES);
  const gain = VOICE_RMS * 10 ** (within(draw, [-4, 4]) / 20);
  repeat(track, { word, half, gain }, draw);
  if (bystanderDb !== null) {
    const quieter = gain / 10 ** (bystanderDb / 20);
    repeat(track, { word: oneOf(draw, others), half, gain: quieter }, draw);
  }
  addNoise(track, draw, 0, SAMPLES, gain / 10 ** (within(draw, snrDb) / 20));
  return melOf(track);
}

const STEP = 2 / 15; // seconds from one of a window's pictures to the next older one
const scaler = new PictureScaler(); // scratch memory only

function pictureOf(
  look: WordClass,
  half: Half,
  { noise, blobs }: Difficulty,
  { draw, painter }: { readonly draw: Random; readonly painter: Painter },
): PictureWindow {
  const scene = drawScene(draw, look, half, draw.integer(blobs + 1));
  const newest = within(draw, [0.96, 2.4]);
  const pictures = Array.from({ length: OLDER_PICTURES + 1 }, (_, k) =>
    scaler.fromI420(painter.paint(scene, newest - k * STEP, true, { fixed: noise, moving: noise })),
  );
  const older = new Uint8Array(OLDER_BYTES);
  pictures.slice(1).forEach((picture, k) => {
    lumaInto(older, k * PICTURE_PIXELS, picture);
  });
  return { rgb: pictures[0] ?? new Uint8Array(PICTURE_BYTES), older };
}

/** Windows of the same classes for every seed. */
export function wordDraw(
  seed: number,
  { train, test }: Counts,
  { classes, difficulty }: { readonly classes: readonly WordClass[]; readonly difficulty: Difficulties },
): Draw {
  const source = random(seed).fork('words');
  const painter = new Painter(source.fork('painter'));
  const [labelled, tested] = HALVES.map((half, h) => {
    const draw = source.fork(half);
    return classes.map((look, k) => {
      const others = classes.filter((one) => one !== look).map(({ name }) => name);
      return Array.from({ length: h === 0 ? train : test }, (_, i) => {
        const mel = soundOf(look.name, half, difficulty[half], { draw, others });
        const picture = pictureOf(look, half, difficulty[half], { draw, painter });
        return sampleAt(i * classes.length + k, mel, picture);
      });
    });
  });
  return { classIds: classes.map(({ name }) => name), train: labelled ?? [], test: tested ?? [] };
}
