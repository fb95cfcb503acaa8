/** A camera whose picture stands still and a microphone that hears nothing, as files for Chromium's fake devices. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { wavBytes } from './clip.ts';

const [WIDTH, HEIGHT, RATE] = [320, 240, 15];
const SECONDS = 2;
const SOUND_RATE = 48_000;

/** A light wall with a dark door: bright enough not to be called dark, and the same in every frame. */
function frame(): Buffer {
  const picture = Buffer.alloc((WIDTH * HEIGHT * 3) / 2, 128);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const door = x > 120 && x < 200 && y > 60;
      picture[y * WIDTH + x] = door ? 60 : 150 + Math.round((60 * x) / WIDTH);
    }
  }
  return picture;
}

/** Writes `still.y4m` and `silence.wav` into `dir`. */
export async function makeStillRoom(
  dir: string,
): Promise<{ readonly video: string; readonly audio: string }> {
  await mkdir(dir, { recursive: true });
  const [video, audio] = [path.join(dir, 'still.y4m'), path.join(dir, 'silence.wav')];
  const header = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F${RATE}:1 Ip A1:1 C420jpeg\n`);
  const one = Buffer.concat([Buffer.from('FRAME\n'), frame()]);
  await writeFile(video, Buffer.concat([header, ...Array.from({ length: SECONDS * RATE }, () => one)]));
  await writeFile(audio, wavBytes(new Float32Array(SECONDS * SOUND_RATE), SOUND_RATE));
  return { video, audio };
}
