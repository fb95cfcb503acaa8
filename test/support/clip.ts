/**
 * Labelled clips with known truth: in each span a word is spoken again and again while a shape moves. The second half has
 * other voices, other renderings and noise, so that only what carries over scores there.
 *
 * The same options give the same clip. espeak-ng has to be installed.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';

import { micros } from '../../proto/units.ts';
import { MelRing, PictureRing } from '../../src/features/columns.ts';
import { MelStream } from '../../src/features/mel.ts';
import { PictureScaler } from '../../src/features/pixels.ts';
import type { Sample } from '../../src/journal.ts';
import { type Random, random } from '../../src/random.ts';
import {
  drawScene,
  HEIGHT,
  type Motion,
  type Noise,
  Painter,
  RATE,
  type Scene,
  type Shape,
  WIDTH,
} from './clip-picture.ts';
import { addNoise, drawSpeech, fillSpan, SOUND_RATE, type Speech } from './clip-sound.ts';

type ClipClass = { readonly name: string; readonly shape: Shape; readonly motion: Motion };

/** A class's name is the word that is spoken. The first `classes` of these are used. */
export const CLIP_CLASSES: readonly ClipClass[] = [
  { name: 'garden', shape: 'triangle', motion: 'right' },
  { name: 'coffee', shape: 'cross', motion: 'clockwise' },
  { name: 'seven', shape: 'ring', motion: 'grow' },
  { name: 'window', shape: 'bars', motion: 'down' },
  { name: 'yellow', shape: 'star', motion: 'left' },
  { name: 'music', shape: 'square', motion: 'shrink' },
];

/** Noise of the picture, voice over noise in dB, still distractors; of the first and the second half. */
const DIFFICULTY = {
  plain: { noise: [0, 0], snrDb: [50, 50], blobs: [0, 0] },
  noisy: { noise: [0.7, 2.5], snrDb: [40, 16], blobs: [0, 0] },
  hard: { noise: [2, 5], snrDb: [25, 6], blobs: [1, 4] },
} as const;

const pictureNoise = (moving: number): Noise => ({ moving, fixed: moving });

export type ClipOptions = {
  readonly seed: number;
  /** 2 to 6; default 4. */
  readonly classes?: number;
  /** Spans of each class in each half; default 6. */
  readonly spansPerClass?: number;
  /** Default `noisy`: what the figures are for. */
  readonly difficulty?: keyof typeof DIFFICULTY;
};

/** One labelled stretch; times in seconds. */
export type ClipSpan = {
  readonly classIndex: number;
  readonly name: string;
  readonly half: 'first' | 'second';
  readonly start: number;
  readonly end: number;
  readonly scene: Scene;
  readonly speech: Speech;
};

export type ClipPlan = {
  readonly options: Required<ClipOptions>;
  readonly spans: readonly ClipSpan[];
  /** Seconds; the second half's first span starts here. */
  readonly teachUntil: number;
  readonly duration: number;
};

const between = (draw: Random, low: number, high: number): number => low + draw.uniform() * (high - low);

function shuffled<T>(items: readonly T[], draw: Random): T[] {
  return items
    .map((item) => ({ item, key: draw.uniform() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

/** Decides every span of a clip, rendering nothing. Spans last 2.4 to 3 s, with 0.4 to 0.7 s between them. */
export function planClip(given: ClipOptions): ClipPlan {
  const options = { classes: 4, spansPerClass: 6, difficulty: 'noisy', ...given } as const;
  const draw = random(options.seed).fork('plan');
  const spans: ClipSpan[] = [];
  let time = 0.5;
  let teachUntil = 0;
  for (const [h, half] of (['first', 'second'] as const).entries()) {
    teachUntil = time;
    for (let round = 0; round < options.spansPerClass; round++) {
      for (const { name, shape, motion } of shuffled(CLIP_CLASSES.slice(0, options.classes), draw)) {
        const end = time + between(draw, 2.4, 3);
        const blobs = DIFFICULTY[options.difficulty].blobs[h] ?? 0;
        const scene = drawScene(draw, { shape, motion }, half, blobs);
        const classIndex = CLIP_CLASSES.findIndex((one) => one.name === name);
        const speech = drawSpeech(draw, name, half, round);
        spans.push({ classIndex, name, half, start: time, end, scene, speech });
        time = end + between(draw, 0.4, 0.7);
      }
    }
  }
  return { options, spans, teachUntil, duration: time + 0.5 };
}

/** The whole sound track, mono 16 kHz. */
export function renderSound({ options, spans, duration, teachUntil }: ClipPlan): Float32Array {
  const track = new Float32Array(Math.ceil(duration * SOUND_RATE));
  const draw = random(options.seed).fork('noise');
  for (const { speech, start, end } of spans) fillSpan(track, speech, start, end);
  const starts = spans.map(({ start }) => Math.floor(start * SOUND_RATE));
  for (const [i, { start, speech }] of spans.entries()) {
    const snr = DIFFICULTY[options.difficulty].snrDb[start < teachUntil ? 0 : 1];
    const from = i === 0 ? 0 : (starts[i] ?? 0);
    addNoise(track, draw, from, starts[i + 1] ?? track.length, speech.gain / 10 ** (snr / 20));
  }
  return track;
}

/** Every picture in order, 15 a second, picture n at n / 15 s. Between spans the last one's background is shown. */
export function* renderPictures({ options, spans, duration, teachUntil }: ClipPlan) {
  const painter = new Painter(random(options.seed).fork('pictures'));
  let current = 0;
  for (let n = 0; n < duration * RATE; n++) {
    const time = n / RATE;
    while (spans[current + 1] && time >= (spans[current + 1]?.start ?? 0)) current++;
    const span = spans[current];
    if (!span) return;
    const noise = pictureNoise(DIFFICULTY[options.difficulty].noise[time < teachUntil ? 0 : 1]);
    const visible = time >= span.start && time < span.end;
    yield { time, picture: painter.paint(span.scene, time - span.start, visible, noise) };
  }
}

async function writeY4m(file: string, plan: ClipPlan): Promise<void> {
  const out = createWriteStream(file);
  out.write(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F${RATE}:1 Ip A1:1 C420jpeg\n`);
  for (const { picture } of renderPictures(plan)) {
    out.write('FRAME\n');
    if (!out.write(picture.data)) await once(out, 'drain');
  }
  out.end();
  await finished(out);
}

/** A canonical RIFF file: one channel, 16 bits. */
export function wavBytes(samples: Float32Array, rateHz: number): Buffer {
  const wav = Buffer.alloc(44 + 2 * samples.length);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + 2 * samples.length, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rateHz, 24);
  wav.writeUInt32LE(2 * rateHz, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(2 * samples.length, 40);
  samples.forEach((x, n) => {
    wav.writeInt16LE(Math.round(Math.max(-1, Math.min(1, x)) * 32_767), 44 + 2 * n);
  });
  return wav;
}

export type Clip = {
  readonly video: string;
  readonly audio: string;
  readonly labels: string;
  /** Seconds: labels that end before are for teaching, later ones for scoring. */
  readonly teachUntil: number;
  readonly duration: number;
  readonly spans: readonly ClipSpan[];
};

/** Writes `clip.y4m`, `clip.wav` and `clip.csv` (`start_s,end_s,class`) into `dir`, which is made. About 1.7 MB a second. */
export async function makeClip({ dir, ...options }: ClipOptions & { readonly dir: string }): Promise<Clip> {
  const plan = planClip(options);
  await mkdir(dir, { recursive: true });
  const [video, audio, labels] = ['clip.y4m', 'clip.wav', 'clip.csv'].map((name) => path.join(dir, name));
  if (!video || !audio || !labels) throw new TypeError('three names give three paths');
  const rows = plan.spans.map(({ start, end, name }) => `${start.toFixed(3)},${end.toFixed(3)},${name}`);
  await writeFile(labels, ['start_s,end_s,class', ...rows, ''].join('\n'));
  await writeFile(audio, wavBytes(renderSound(plan), SOUND_RATE));
  await writeY4m(video, plan);
  return { video, audio, labels, teachUntil: plan.teachUntil, duration: plan.duration, spans: plan.spans };
}

/** One window that lies wholly inside a span, with its truth. */
export type ClipSample = {
  readonly sample: Sample;
  readonly index: number;
  readonly classIndex: number;
  readonly name: string;
  readonly span: number;
  readonly half: 'first' | 'second';
};

/**
 * The windows of a clip straight through `src/features`, no codec between: every hop (0.24 s), so about 7 a span; take
 * every second one where samples are to be half a window apart. 80 kB each.
 */
export function* clipSamples(options: ClipOptions): Generator<ClipSample> {
  const plan = planClip(options);
  const [mel, pictures, scaler] = [new MelRing(), new PictureRing(), new PictureScaler()];
  const columns = new MelStream();
  const sound = renderSound(plan);
  let heard = 0;
  let index = 0;
  for (const { time, picture } of renderPictures(plan)) {
    const upTo = Math.min(sound.length, Math.floor(((time + 0.05) * SOUND_RATE) / 160) * 160);
    const added = columns.push({ at: micros(heard * 62.5), samples: sound.subarray(heard, upTo) });
    heard = upTo;
    if (added) mel.pushColumns(added);
    pictures.pushPicture({ at: micros(Math.round(time * 1e6)), rgb: scaler.fromI420(picture) });
    for (; index * 0.24 + 0.96 <= time; index++) yield* inSpan(plan, index, mel, pictures);
  }
}

function* inSpan(
  { spans }: ClipPlan,
  index: number,
  mel: MelRing,
  pictures: PictureRing,
): Generator<ClipSample> {
  const [start, end] = [index * 0.24, index * 0.24 + 0.96];
  const at = spans.findIndex((one) => start >= one.start && end <= one.end);
  const span = spans[at];
  const sound = mel.audioWindow(index);
  const picture = pictures.videoWindow(index);
  if (!span || !sound || !picture) return;
  const sample = {
    start: micros(index * 240_000),
    end: micros(index * 240_000 + 960_000),
    mel: sound.mel,
    rgb: picture.rgb,
    older: picture.older,
  };
  yield { sample, index, classIndex: span.classIndex, name: span.name, span: at, half: span.half };
}
