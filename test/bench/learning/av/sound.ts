/** Windows of sound for the AV-stream: one spoken word over noise, through the product's log-mel. */

import { micros } from '../../../../proto/units.ts';
import { MelStream } from '../../../../src/features/mel.ts';
import { COLUMN_SAMPLES, FRAME_SAMPLES, WINDOW_COLUMNS } from '../../../../src/features/spec.ts';
import { type Random, random } from '../../../../src/random.ts';
import { addNoise, drawSpeech, speak } from '../../../support/clip-sound.ts';
import { AV_CLASSES } from './classes.ts';
import { synthesize } from './synthesizer.ts';

/** Where words come from. */
export type Speaker = 'espeak-ng' | 'synthesizer';
/** `noisy`: louder noise; `other`: other speakers; `muted`: a microphone that is off; `noise`: noise as loud as speech, no word. */
export type SoundCondition = 'plain' | 'noisy' | 'other' | 'muted' | 'noise';

/** Voice over noise, dB, drawn evenly between two bounds. */
export type SoundDifficulty = {
  readonly plainDb: readonly [number, number];
  readonly noisyDb: readonly [number, number];
  /** Renderings (voice, speed, pitch) of each word. */
  readonly renderings: number;
};

const SAMPLES = (WINDOW_COLUMNS - 1) * COLUMN_SAMPLES + FRAME_SAMPLES;
const MUTED_RMS = 1e-5; // -100 dBFS: far below what counts as silent
const SPEECH_RMS = 0.07;

const between = (draw: Random, [low, high]: readonly [number, number]): number =>
  low + draw.uniform() * (high - low);

/** A word with its rms. */
type Word = { readonly samples: Float32Array; readonly rms: number };

function synthesized(spelling: string, half: 'first' | 'second', draw: Random): Word {
  const high = draw.uniform() < 0.5;
  const first = half === 'first';
  const pitch = between(draw, first ? (high ? [150, 190] : [90, 130]) : high ? [210, 260] : [130, 160]);
  const tract = between(
    draw,
    first ? (high ? [1.05, 1.15] : [0.95, 1.03]) : high ? [1.18, 1.3] : [0.82, 0.92],
  );
  const voice = { pitch, tract, tempo: between(draw, [0.8, 1.2]), breath: between(draw, [0.02, 0.15]) };
  const raw = synthesize(spelling, voice, draw);
  const rms = SPEECH_RMS * 10 ** (between(draw, [-4, 4]) / 20);
  const power = Math.sqrt(raw.reduce((sum, x) => sum + x * x, 0) / raw.length);
  return { samples: raw.map((x) => (x * rms) / power), rms };
}

/** Renderings of a word by the speakers of one half: rendered once, used in many windows. */
function bankOf(
  { speaker, classIndex, condition, difficulty }: SoundReelOptions,
  draw: Random,
): readonly Word[] {
  const word = AV_CLASSES[classIndex];
  if (!word || condition === 'muted' || condition === 'noise') return [];
  const half = condition === 'other' ? 'second' : 'first';
  return Array.from({ length: difficulty.renderings }, (_, round): Word => {
    if (speaker === 'synthesizer') return synthesized(word.spelling, half, draw);
    const speech = drawSpeech(draw, word.name, half, round);
    return { samples: speak(speech), rms: speech.gain };
  });
}

/** Puts the word anywhere in the window; up to a sixth of it may be cut off at an edge. */
function place(track: Float32Array, { samples }: Word, draw: Random): void {
  const cut = samples.length / 6;
  const at = Math.round(between(draw, [-cut, Math.max(-cut, track.length - samples.length + cut)]));
  for (let n = Math.max(0, -at); n < samples.length && at + n < track.length; n++)
    track[at + n] = samples[n]!;
}

const melOf = (samples: Float32Array): Float32Array =>
  new MelStream().push({ at: micros(0), samples })?.values ?? new Float32Array(0);

export type SoundReelOptions = {
  readonly speaker: Speaker;
  readonly condition: SoundCondition;
  /** Of `AV_CLASSES`. */
  readonly classIndex: number;
  readonly count: number;
  /** The same seed gives the same windows. */
  readonly seed: number;
  readonly difficulty: SoundDifficulty;
};

/** Log-mel windows [96, 64] of one class. */
export function soundReel(options: SoundReelOptions): readonly Float32Array[] {
  const { condition, classIndex, count, seed, difficulty } = options;
  const draw = random(seed).fork(`sound-${condition}-${classIndex}`);
  const words = bankOf(options, draw.fork('bank'));
  const range = condition === 'noisy' ? difficulty.noisyDb : difficulty.plainDb;
  return Array.from({ length: count }, () => {
    const track = new Float32Array(SAMPLES);
    const word = words[draw.integer(Math.max(1, words.length))];
    if (word) place(track, word, draw);
    const wordless = condition === 'muted' ? MUTED_RMS : SPEECH_RMS;
    const rms = word ? word.rms / 10 ** (between(draw, range) / 20) : wordless;
    addNoise(track, draw, 0, track.length, rms);
    return melOf(track);
  });
}
