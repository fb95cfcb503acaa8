/**
 * What a feature is: every constant of the front end, with its source, and the string that names them all.
 *
 * A checkpoint or a journal carries the hash of `featureHashInput()`: weights trained on other numbers are refused.
 */
import { hertz, type Micros, micros } from '../../proto/units.ts';

/** Every feature is computed at this rate: YAMNet's and VGGish's. */
export const AUDIO_RATE = hertz(16_000);
/** Span of one window of either modality (YAMNet, VGGish: 96 columns of 10 ms). */
export const WINDOW: Micros = micros(960_000);
/** From one window's start to the next one's: neighbours overlap by 75 %. */
export const HOP: Micros = micros(240_000);
/** How much is kept for correction and playback. */
export const RIBBON: Micros = micros(60_000_000);

/** From one mel column to the next: 10 ms. */
export const COLUMN: Micros = micros(10_000);
export const COLUMN_SAMPLES = 160; // 10 ms at 16 kHz
export const FRAME_SAMPLES = 400; // 25 ms at 16 kHz, under a periodic Hann window
export const FFT_SIZE = 512; // the next power of two above FRAME_SAMPLES
export const MEL_BANDS = 64;
export const MEL_LOW_HZ = 125;
export const MEL_HIGH_HZ = 7_500;
export const WINDOW_COLUMNS = 96;
/**
 * Added to a band's magnitude before the logarithm; VGGish's value. A frame of full-scale sine has magnitude 100, so the
 * offset meets noise of about -72 dBFS: a quiet room stays flat instead of being blown up (YAMNet's 0.001 shows it).
 */
export const LOG_OFFSET = 0.01;
/** The log-mel energy of digital silence: the smallest value there is. */
export const SILENT_MEL = Math.log(LOG_OFFSET);

/** Width and height of a picture: square, whatever the camera's shape. */
export const PICTURE_SIZE = 96;
export const PICTURE_PIXELS = PICTURE_SIZE * PICTURE_SIZE;
export const PICTURE_BYTES = PICTURE_PIXELS * 3;
/** Faster sources are thinned to this rate before any pixel work. */
export const PICTURE_RATE = hertz(15);
/** Older pictures whose luma a video window carries. */
export const OLDER_PICTURES = 3;
/** From one luma difference to the next: two pictures at 15 a second (reference `fewshot.md`: 0.133 s against 0.24 s, video 80 -> 97 %). */
export const LUMA_STEP: Micros = micros(133_333);

/** Width and height of a ribbon thumbnail: 4:3 again, after the squeeze to a square. */
export const TILE_WIDTH = 32;
export const TILE_HEIGHT = 24;

/** Planes of the encoders' inputs: fixed scale and minus band means; RGB and three luma differences. */
export const AUDIO_PLANES = 2;
export const VIDEO_PLANES = 6;
/** Numbers in one normalized window: [96, 64, 2] and [96, 96, 6]. */
export const AUDIO_INPUT = WINDOW_COLUMNS * MEL_BANDS * AUDIO_PLANES;
export const VIDEO_INPUT = PICTURE_PIXELS * VIDEO_PLANES;
/** Numbers in one raw window. */
export const MEL_VALUES = WINDOW_COLUMNS * MEL_BANDS;
export const OLDER_BYTES = OLDER_PICTURES * PICTURE_PIXELS;

/** Centre and scale of the audio plane that keeps level, in nats: silence comes to -1.55, a loud voice to about 1.5. */
export const MEL_CENTRE = -1.5;
export const MEL_SCALE = 2;
/**
 * Added to that plane: from -1 in the lowest band to 1 in the highest. Convolutions and a global average would find a hum
 * alike at any pitch but for the edges. On random encoders 220 from 294 Hz 88 -> 95 %, words 26 -> 26 % (ADR 0073).
 */
export const MEL_TILT = 1;
/** Smallest deviation that a window is divided by, so that silence and dark frames are not blown up (`fewshot.md`). */
export const MEL_DEVIATION_FLOOR = 0.3; // nats
export const PICTURE_DEVIATION_FLOOR = 0.03; // of full scale
/**
 * What is left of a picture's mean colour: a constant per channel, up to 5 where there is nothing but colour, that fades
 * with the third power of contrast. Measured on random encoders (ADR 0073): plain colours 14 -> 99 %, shapes 30 -> 29 %.
 */
export const PICTURE_TINT = 5;
export const PICTURE_TINT_POWER = 3;

/** All that a representation depends on. A change here makes older checkpoints and journals unreadable, on purpose. */
export const featureSpec = {
  version: 2,
  windowUs: WINDOW,
  hopUs: HOP,
  audio: {
    sampleRateHz: AUDIO_RATE,
    columnSamples: COLUMN_SAMPLES,
    frameSamples: FRAME_SAMPLES,
    fftSize: FFT_SIZE,
    frameWindow: 'hann-periodic',
    spectrum: 'magnitude',
    melScale: 'htk',
    melBands: MEL_BANDS,
    melLowHz: MEL_LOW_HZ,
    melHighHz: MEL_HIGH_HZ,
    logOffset: LOG_OFFSET,
    columns: WINDOW_COLUMNS,
    planes: ['fixed-scale', 'minus-band-mean'],
    centre: MEL_CENTRE,
    scale: MEL_SCALE,
    tilt: MEL_TILT,
    deviationFloor: MEL_DEVIATION_FLOOR,
  },
  video: {
    size: PICTURE_SIZE,
    fit: 'squeeze',
    rateHz: PICTURE_RATE,
    lumaStepUs: LUMA_STEP,
    planes: ['r', 'g', 'b', 'step-1', 'step-2', 'step-3'],
    deviationFloor: PICTURE_DEVIATION_FLOOR,
    tint: PICTURE_TINT,
    tintPower: PICTURE_TINT_POWER,
  },
} as const;

/** The canonical text whose sha-256 is the feature hash; equal exactly when every number of `featureSpec` is. */
export function featureHashInput(): string {
  return JSON.stringify(featureSpec);
}
