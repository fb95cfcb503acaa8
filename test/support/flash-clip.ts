/**
 * A clip whose sound and picture are in step: a flash of two pictures with a beep, again and again, for a fake camera and microphone.
 * Between them a patch of noise wanders, so that pictures cost a camera's bits.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { random } from '../../src/random.ts';
import { wavBytes } from './clip.ts';

/** Chromium plays the files in a loop; a whole number of events makes the loop seamless. */
export type FlashClip = { readonly video: string; readonly audio: string };

export const FLASH = { everyS: 1, pictures: 2, beepS: 0.05, beepHz: 1000 } as const;
const WIDTH = 320;
const HEIGHT = 240;
const RATE = 15;
/** Chromium's fake microphone stays silent at 16 kHz. */
const SOUND_RATE = 48_000;
const SOUND = { beep: 0.6, noise: 0.002 } as const;
const LUMA = { dark: 50, flash: 220 } as const;
/** Flashes in the middle half of both sides; the noise stays in the strip above it. */
const MIDDLE = { left: 80, right: 240, top: 60, bottom: 180 } as const;
const PATCH = 48;

/** Writes `flash.y4m` and `flash.wav` into `dir`: 1.7 MB a second. */
export async function makeFlashClip(dir: string, events = 8): Promise<FlashClip> {
  await mkdir(dir, { recursive: true });
  const [video, audio] = [path.join(dir, 'flash.y4m'), path.join(dir, 'flash.wav')];
  await writeFile(audio, wavBytes(soundOf(events), SOUND_RATE));
  await writeVideo(video, events);
  return { video, audio };
}

/** Within each period, so that neither loop begins or ends with one. */
const EVENT_AT_S = 0.4;

function soundOf(events: number): Float32Array {
  const draw = random(1).fork('hiss');
  const [{ everyS, beepS, beepHz }, { beep, noise }] = [FLASH, SOUND];
  return Float32Array.from({ length: events * everyS * SOUND_RATE }, (_, n) => {
    const t = ((n / SOUND_RATE) % everyS) - EVENT_AT_S;
    const tone = t >= 0 && t < beepS ? beep * Math.sin(2 * Math.PI * beepHz * t) : 0;
    return tone + noise * draw.normal();
  });
}

async function writeVideo(file: string, events: number): Promise<void> {
  const draw = random(1).fork('patch');
  const [luma, chroma] = [new Uint8Array(WIDTH * HEIGHT), new Uint8Array((WIDTH * HEIGHT) / 2).fill(128)];
  const period = FLASH.everyS * RATE;
  const first = EVENT_AT_S * RATE;
  const out = createWriteStream(file);
  out.write(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F${RATE}:1 Ip A1:1 C420jpeg\n`);
  for (let frame = 0; frame < events * period; frame++) {
    const inPeriod = frame % period;
    luma.fill(LUMA.dark);
    if (inPeriod >= first && inPeriod < first + FLASH.pictures) fillMiddle(luma);
    const left = (frame * 4) % (WIDTH - PATCH);
    for (let y = 4; y < PATCH; y++)
      for (let x = 0; x < PATCH; x++) luma[y * WIDTH + left + x] = 40 + draw.integer(160);
    out.write('FRAME\n');
    if (!out.write(Buffer.concat([luma, chroma]))) await once(out, 'drain');
  }
  out.end();
  await finished(out);
}

function fillMiddle(luma: Uint8Array): void {
  const { left, right, top, bottom } = MIDDLE;
  for (let y = top; y < bottom; y++) luma.fill(LUMA.flash, y * WIDTH + left, y * WIDTH + right);
}
