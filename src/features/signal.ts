/**
 * Is there anything to hear or see? Judged from one window alone, so that server, replay and training agree.
 */
import { bandWidths } from './mel.ts';
import { lumaInto } from './pixels.ts';
import {
  FFT_SIZE,
  FRAME_SAMPLES,
  LOG_OFFSET,
  MEL_BANDS,
  OLDER_PICTURES,
  PICTURE_DEVIATION_FLOOR,
  PICTURE_PIXELS,
} from './spec.ts';

/** Below this the loudest 10 ms of a window hold nothing but a microphone's own noise (-70 to -60 dBFS in a laptop). */
export const SILENT_BELOW_DB = -60;
/** A covered lens gives 0 to about 20 of 255; a night street with lamps has a far greater spread. */
export const DARK_BELOW_MEAN = 24;
/** Below the deviation that normalization divides by at least, a dark picture shows nothing to an encoder either. */
export const DARK_BELOW_DEVIATION = PICTURE_DEVIATION_FLOOR * 255;
/** A camera's noise moves pixels by more even after averaging; a repeated picture moves none beyond rounding. */
export const FROZEN_UP_TO = 1;

const FLOOR_DB = -120;
/** Parseval over the bins of one side: sum |X|^2 = 512 / 2 * rms^2 * sum of Hann^2 (3/8 of 400). */
const FULL_SCALE_POWER = (FFT_SIZE / 2) * FRAME_SAMPLES * 0.375;

function columnPower(mel: Float32Array, start: number): number {
  let power = 0;
  for (let b = 0; b < MEL_BANDS; b++) {
    const magnitude = Math.max(0, Math.exp(mel[start + b]!) - LOG_OFFSET);
    power += (magnitude * magnitude) / bandWidths[b]!;
  }
  return power / FULL_SCALE_POWER;
}

/**
 * Level of the loudest column, dB of full scale (a full-scale sine is -3), within about 5 dB; -120 for digital silence.
 *
 * @param mel [columns, 64] natural-log energies, any number of columns.
 */
export function levelDb(mel: Float32Array): number {
  let loudest = 0;
  for (let start = 0; start + MEL_BANDS <= mel.length; start += MEL_BANDS) {
    loudest = Math.max(loudest, columnPower(mel, start));
  }
  return loudest === 0 ? FLOOR_DB : Math.max(FLOOR_DB, 10 * Math.log10(loudest));
}

const SILENT_BELOW_POWER = 10 ** (SILENT_BELOW_DB / 10);

/** State of a sound window, `mel` [96, 64]: live by its first column that is loud enough. */
export function audioSignal(mel: Float32Array): 'live' | 'silent' {
  for (let start = 0; start + MEL_BANDS <= mel.length; start += MEL_BANDS)
    if (columnPower(mel, start) >= SILENT_BELOW_POWER) return 'live';
  return 'silent';
}

const luma = new Uint8Array(PICTURE_PIXELS); // scratch, only used within one synchronous call

function isDark(): boolean {
  let sum = 0;
  let squares = 0;
  for (let p = 0; p < PICTURE_PIXELS; p++) {
    sum += luma[p]!;
    squares += luma[p]! ** 2;
  }
  const mean = sum / PICTURE_PIXELS;
  const deviation = Math.sqrt(Math.max(0, squares / PICTURE_PIXELS - mean * mean));
  return mean < DARK_BELOW_MEAN && deviation < DARK_BELOW_DEVIATION;
}

function isFrozen(older: Uint8Array): boolean {
  for (let i = 0; i < OLDER_PICTURES * PICTURE_PIXELS; i++) {
    if (Math.abs(luma[i % PICTURE_PIXELS]! - older[i]!) > FROZEN_UP_TO) return false;
  }
  return true;
}

/**
 * State of a picture window: `dark` before `frozen`, since a black picture is both. `frozen` is a hint for the person, not
 * a fault: an encoder may also skip every block of a still scene.
 *
 * @param rgb [96, 96, 3]. @param older [3, 96, 96] luma.
 */
export function videoSignal(rgb: Uint8Array, older: Uint8Array): 'live' | 'dark' | 'frozen' {
  lumaInto(luma, 0, rgb);
  if (isDark()) return 'dark';
  return isFrozen(older) ? 'frozen' : 'live';
}
