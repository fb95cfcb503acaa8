/** A fake camera whose every picture says which one it is, and a microphone beside it: files that Chromium plays in a loop. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { type Random, random } from '../../src/random.ts';
import { wavBytes } from '../support/clip.ts';

export const WIDTH = 320;
export const HEIGHT = 240;
/** The number stands in a row of blocks at the top, the lowest bit first; pictures are told apart for 2^10 of them. */
const BITS = 10;
const CODE_ROWS = HEIGHT / 8;
const [BLACK, WHITE] = [16, 235];
const PICTURES = 300;
const CELL = 10; // pixels of the texture between two random values
const SOUND_RATE = 48_000;
const SOUND_SECONDS = 10;

export type CodedCamera = { readonly video: string; readonly audio: string };

/** Which picture it is. `luma`: brightness (0..255) at a place in it, both 0..1. */
export function readNumber(luma: (x: number, y: number) => number): number {
  let number = 0;
  for (let bit = 0; bit < BITS; bit++) {
    const bright = luma((bit + 0.5) / BITS, CODE_ROWS / HEIGHT / 2) > 128;
    if (bright) number += 2 ** bit;
  }
  return number;
}

/** Files of a camera of 320 x 240 at `fps` and of a microphone, in a folder that goes when `work` is done. */
export async function withCodedCamera<T>(fps: number, work: (camera: CodedCamera) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'counterpoise-bench-camera-'));
  try {
    const [video, audio] = [join(folder, 'camera.y4m'), join(folder, 'microphone.wav')];
    const draw = random(305);
    await writePictures(video, fps, draw.fork('pictures'));
    await writeFile(audio, wavBytes(murmur(draw.fork('sound')), SOUND_RATE));
    return await work({ video, audio });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writePictures(file: string, fps: number, draw: Random): Promise<void> {
  const texture = textureOf(draw);
  const out = createWriteStream(file);
  out.write(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F${fps}:1 Ip A1:1 C420jpeg\n`);
  for (let n = 0; n < PICTURES; n++) {
    out.write('FRAME\n');
    if (!out.write(codedPicture(n, texture))) await once(out, 'drain');
  }
  out.end();
  await finished(out);
}

/** I420 planes: the number over a texture that wanders down and to the right, as much work for an encoder as a busy camera. */
function codedPicture(n: number, texture: Texture): Uint8Array {
  const data = new Uint8Array((WIDTH * HEIGHT * 3) / 2).fill(128, WIDTH * HEIGHT);
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++) {
      const bit = Math.floor((x * BITS) / WIDTH);
      const code = Math.floor(n / 2 ** bit) % 2 === 1 ? WHITE : BLACK;
      data[y * WIDTH + x] = y < CODE_ROWS ? code : texture(x - 3 * n, y - n);
    }
  return data;
}

/** Brightness at a place; it repeats beyond its own size. */
type Texture = (x: number, y: number) => number;

function textureOf(draw: Random): Texture {
  const [columns, rows] = [WIDTH / CELL, HEIGHT / CELL];
  const cells = Uint8Array.from({ length: columns * rows }, () => 40 + Math.floor(160 * draw.uniform()));
  const [width, height] = [WIDTH, HEIGHT];
  const at = (column: number, row: number): number => cells[(row % rows) * columns + (column % columns)] ?? 0;
  const pixels = Uint8Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [(i % width) / CELL, Math.floor(i / width) / CELL];
    const [column, row] = [Math.floor(x), Math.floor(y)];
    const [across, down] = [x - column, y - row];
    const upper = at(column, row) * (1 - across) + at(column + 1, row) * across;
    const lower = at(column, row + 1) * (1 - across) + at(column + 1, row + 1) * across;
    return upper * (1 - down) + lower * down;
  });
  const wrapped = (value: number, size: number): number => ((value % size) + size) % size;
  return (x, y) => pixels[wrapped(y, height) * width + wrapped(x, width)] ?? 0;
}

/** Noise that rises and falls, so that no encoder takes it for silence. */
function murmur(draw: Random): Float32Array {
  return Float32Array.from({ length: SOUND_SECONDS * SOUND_RATE }, (_, n) => {
    const swell = 0.1 + 0.1 * Math.sin((2 * Math.PI * n) / SOUND_RATE);
    return swell * (2 * draw.uniform() - 1);
  });
}
