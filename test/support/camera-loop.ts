/**
 * A camera and a microphone for a fake device: a loop of spoken words with their moving pictures, and one section in which the
 * lens is covered while a word goes on. Chromium plays the files in a loop; the covered section tells a test where the loop is.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { random } from '../../src/random.ts';
import { CLIP_CLASSES, wavBytes } from './clip.ts';
import { drawScene, FRAME_BYTES, HEIGHT, Painter, RATE, type Scene, WIDTH } from './clip-picture.ts';
import { addNoise, drawSpeech, fillSpan, SOUND_RATE, type Speech } from './clip-sound.ts';

/** Seconds within the loop. */
export type LoopSection = {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly covered: boolean;
};

export type CameraLoop = {
  readonly video: string;
  readonly audio: string;
  readonly sections: readonly LoopSection[];
  readonly seconds: number;
};

const SECTION_SECONDS = 8;
/** A scene lasts half a section, so that each class is seen and heard in two ways. */
const SCENE_SECONDS = 4;
const SCENES = [0, 1] as const;
const NOISE_RMS = 0.002;

/** Writes `loop.y4m` and `loop.wav` into `dir`: each class for eight seconds, then the first one in the dark. */
export async function makeCameraLoop(dir: string, classes = 3, seed = 3): Promise<CameraLoop> {
  await mkdir(dir, { recursive: true });
  const names = CLIP_CLASSES.slice(0, classes);
  const order = [...names.map((entry) => ({ ...entry, covered: false })), { ...names[0], covered: true }];
  const sections = order.map(({ name = '', covered }, i) => ({
    name,
    covered,
    start: i * SECTION_SECONDS,
    end: (i + 1) * SECTION_SECONDS,
  }));
  const seconds = sections.length * SECTION_SECONDS;
  const [video, audio] = [path.join(dir, 'loop.y4m'), path.join(dir, 'loop.wav')];
  await writeFile(audio, wavBytes(tripled(soundOf(sections, seconds, seed)), 3 * SOUND_RATE));
  await writeVideo(video, sections, seed);
  return { video, audio, sections, seconds };
}

function soundOf(sections: readonly LoopSection[], seconds: number, seed: number): Float32Array {
  const draw = random(seed).fork('sound');
  const track = new Float32Array(seconds * SOUND_RATE);
  const voices = new Map<string, readonly Speech[]>(); // the covered section sounds like the open one: only the picture is gone
  for (const { name, start } of sections) {
    const speeches = voices.get(name) ?? SCENES.map((scene) => drawSpeech(draw, name, 'first', scene));
    voices.set(name, speeches);
    for (const scene of SCENES) {
      const speech = speeches[scene];
      const at = start + scene * SCENE_SECONDS;
      if (speech) fillSpan(track, speech, at, at + SCENE_SECONDS - 0.2);
    }
  }
  addNoise(track, draw, 0, track.length, NOISE_RMS);
  return track;
}

/** To 48 kHz, which Chromium's fake microphone plays; it stays silent at 16 kHz. Straight lines between the samples. */
function tripled(samples: Float32Array): Float32Array {
  return Float32Array.from({ length: 3 * samples.length }, (_, n) => {
    const before = samples[Math.floor(n / 3)] ?? 0;
    const after = samples[Math.floor(n / 3) + 1] ?? 0;
    return before + ((after - before) * (n % 3)) / 3;
  });
}

/** Black in limited range: luma 16, no colour. */
const BLACK = new Uint8Array(FRAME_BYTES).fill(128).fill(16, 0, WIDTH * HEIGHT);

async function writeVideo(file: string, sections: readonly LoopSection[], seed: number): Promise<void> {
  const draw = random(seed).fork('pictures');
  const painter = new Painter(draw);
  const out = createWriteStream(file);
  out.write(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F${RATE}:1 Ip A1:1 C420jpeg\n`);
  for (const { name, covered, start, end } of sections) {
    const look = CLIP_CLASSES.find((entry) => entry.name === name);
    if (!look) throw new Error(`no picture for ${name}`);
    let scene: Scene | null = null;
    for (let frame = 0; frame < (end - start) * RATE; frame++) {
      if (frame % (SCENE_SECONDS * RATE) === 0) scene = drawScene(draw, look, 'first', 0);
      if (!scene) throw new Error('a section begins with a scene');
      const time = (frame % (SCENE_SECONDS * RATE)) / RATE;
      out.write('FRAME\n');
      const data = covered ? BLACK : painter.paint(scene, time, true, { fixed: 0, moving: 1 }).data;
      if (!out.write(data)) await once(out, 'drain');
    }
  }
  out.end();
  await finished(out);
}
