/** Windows of made-up classes: a band of sound that beats and a bar of light, each in its own way, with noise from a seed. */
import { micros, millis } from '../../proto/units.ts';
import {
  MEL_BANDS,
  MEL_VALUES,
  OLDER_PICTURES,
  PICTURE_PIXELS,
  PICTURE_SIZE,
  WINDOW_COLUMNS,
} from '../../src/features/spec.ts';
import type { LabelEvent, Sample } from '../../src/journal.ts';
import type { Pair } from '../../src/media.ts';
import { random } from '../../src/random.ts';

const HOP_US = 240_000;
const WINDOW_US = 960_000;

function melOf(kind: number, seed: number): Float32Array {
  const source = random(seed).fork('mel');
  const centre = 6 + 13 * kind;
  return Float32Array.from({ length: MEL_VALUES }, (_, i) => {
    const band = i % MEL_BANDS;
    const column = Math.floor(i / MEL_BANDS);
    const width = 2 + 3 * kind;
    const beat = 0.6 + 0.4 * Math.cos((2 * Math.PI * 4 * kind * column) / WINDOW_COLUMNS);
    return -3 + 4 * beat * Math.exp(-((band - centre) ** 2) / (width * width)) + 0.3 * source.normal();
  });
}

function pictureOf(kind: number, seed: number): { rgb: Uint8Array; older: Uint8Array } {
  const source = random(seed).fork('picture');
  const top = 8 + 20 * kind;
  const level = (p: number, shift: number): number => {
    const row = Math.floor(p / PICTURE_SIZE) - shift;
    return (row >= top && row < top + 14 ? 190 : 60) + Math.floor(20 * source.uniform());
  };
  const rgb = new Uint8Array(3 * PICTURE_PIXELS);
  const older = new Uint8Array(OLDER_PICTURES * PICTURE_PIXELS);
  for (let p = 0; p < PICTURE_PIXELS; p++) rgb.fill(level(p, 0), 3 * p, 3 * p + 3);
  for (let k = 0; k < OLDER_PICTURES; k++)
    for (let p = 0; p < PICTURE_PIXELS; p++) older[k * PICTURE_PIXELS + p] = level(p, k + 1);
  return { rgb, older };
}

export type Sides = 'both' | 'audio' | 'video';

/** One pair of class `kind` (0 to 3); `seed` draws the noise and sets the place on the hop grid. */
export function pairOf(kind: number, seed: number, sides: Sides = 'both'): Pair {
  const start = micros(seed * HOP_US);
  const span = { index: seed, start, end: micros(start + WINDOW_US) };
  return {
    ...span,
    skew: sides === 'both' ? micros(0) : null,
    audio: sides === 'video' ? null : { ...span, modality: 'audio', mel: melOf(kind, seed), signal: 'live' },
    video:
      sides === 'audio' ? null : { ...span, modality: 'video', ...pictureOf(kind, seed), signal: 'live' },
  };
}

/** The same as a stored sample. */
export function sampleOf(kind: number, seed: number, sides: Sides = 'both'): Sample {
  const { start, end, audio, video } = pairOf(kind, seed, sides);
  return { start, end, mel: audio?.mel ?? null, rgb: video?.rgb ?? null, older: video?.older ?? null };
}

/** A label of class `classId`; `n` makes its id. */
export function labelOf(classId: string, n: number): LabelEvent {
  return {
    type: 'label',
    id: `label-${n}`,
    sessionId: 'session',
    start: micros(n * HOP_US),
    end: micros(n * HOP_US + 2 * WINDOW_US),
    kind: 'class',
    classId,
    scope: 'both',
    labelledAt: millis(0),
    by: 'someone',
    split: 'train',
    audioSamples: 4,
    videoSamples: 4,
  };
}
