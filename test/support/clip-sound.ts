/**
 * Spoken words in many voices by espeak-ng, over coloured noise. Mono, 16 kHz.
 */
import { execFileSync } from 'node:child_process';

import { micros } from '../../proto/units.ts';
import { pcm16ToFloat, Resampler } from '../../src/features/resample.ts';
import type { Random } from '../../src/random.ts';

export const SOUND_RATE = 16_000;

/** No voice of one list is in the other: what is learnt from the first has to carry over to strangers. */
const VOICES = {
  first: [
    'en-us+m1',
    'en-us+f2',
    'en-gb+m3',
    'en-us+f4',
    'en-gb-x-rp+m7',
    'en-gb+f1',
    'en-us+m8',
    'en-us+f5',
  ],
  second: [
    'en-gb+m2',
    'en-us+f3',
    'en-gb-scotland+m4',
    'en-us+m5',
    'en-gb+Annie',
    'en-us+Alicia',
    'en-us+Andy',
    'en-gb+m6',
  ],
} as const;

/** One span's voice and room. */
export type Speech = {
  readonly word: string;
  readonly voice: string;
  readonly wordsPerMinute: number;
  readonly pitch: number; // espeak's 0..99
  readonly pause: number; // seconds between two words
  readonly gain: number; // rms of the voice, of full scale
};

const between = (draw: Random, low: number, high: number): number => low + draw.uniform() * (high - low);

/** Draws what chance decides about one span; `round` counts the class's spans in its half, so that voices take turns. */
export function drawSpeech(draw: Random, word: string, half: 'first' | 'second', round: number): Speech {
  const voices = VOICES[half];
  return {
    word,
    voice: voices[(round + word.length) % voices.length] ?? voices[0],
    wordsPerMinute: Math.round(between(draw, 135, 185)),
    pitch: Math.round(between(draw, 30, 70)),
    pause: between(draw, 0.06, 0.2),
    gain: 0.07 * 10 ** (between(draw, -4, 4) / 20),
  };
}

/** Bytes 24..27 and the data chunk of a RIFF file as espeak-ng writes one to a pipe (its data length may be a placeholder). */
function readSpeech(wav: Buffer): Float32Array {
  const start = wav.indexOf('data') + 8;
  const samples = pcm16ToFloat(wav.subarray(start));
  return new Resampler(wav.readUInt32LE(24)).push(micros(0), samples)?.samples ?? new Float32Array(0);
}

/** The part between the first and the last sample above 2 % of the peak. */
function trimmed(samples: Float32Array): Float32Array {
  const floor = 0.02 * samples.reduce((peak, x) => Math.max(peak, Math.abs(x)), 0);
  const loud = (x: number): boolean => Math.abs(x) > floor;
  return samples.subarray(samples.findIndex(loud), samples.findLastIndex(loud) + 1);
}

/**
 * One word, trimmed and brought to its gain.
 *
 * @throws {Error} where espeak-ng is not installed; the message says how to get it.
 */
export function speak({ word, voice, wordsPerMinute, pitch, gain }: Speech): Float32Array {
  let wav: Buffer;
  try {
    const options = ['-v', voice, '-s', `${wordsPerMinute}`, '-p', `${pitch}`, '--stdout', word];
    wav = execFileSync('espeak-ng', options, { maxBuffer: 1 << 24 });
  } catch (cause) {
    const remedy = 'install it (Debian: apt-get install --no-install-recommends espeak-ng) and run again';
    throw new Error(`espeak-ng could not be run, expected it for generated speech: ${remedy}`, { cause });
  }
  const samples = trimmed(readSpeech(wav));
  const rms = Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
  return samples.map((x) => (x * gain) / rms);
}

/** Writes the word again and again into [start, end) seconds of `track`, the last one cut short by a 10 ms fade. */
export function fillSpan(track: Float32Array, speech: Speech, start: number, end: number): void {
  const word = speak(speech);
  const stop = Math.floor(end * SOUND_RATE);
  const fade = SOUND_RATE / 100;
  let at = Math.floor(start * SOUND_RATE);
  while (at < stop) {
    for (let n = 0; n < word.length && at + n < stop; n++) {
      track[at + n] = (track[at + n] ?? 0) + (word[n] ?? 0) * Math.min(1, (stop - at - n) / fade);
    }
    at += word.length + Math.round(speech.pause * SOUND_RATE);
  }
}

/** Adds noise of one random colour, `rms` of full scale, to samples [from, to). */
export function addNoise(track: Float32Array, draw: Random, from: number, to: number, rms: number): void {
  const pole = between(draw, 0, 0.95); // 0: white, 0.95: falls by 6 dB an octave from 130 Hz on
  const scale = rms * Math.sqrt(1 - pole * pole);
  let state = 0;
  for (let n = Math.max(0, from); n < Math.min(track.length, to); n++) {
    state = pole * state + scale * draw.normal();
    track[n] = Math.max(-1, Math.min(1, (track[n] ?? 0) + state));
  }
}
