/** A draw: classes with windows to label and windows to be tested by. */
import { micros } from '../../../proto/units.ts';
import { WINDOW } from '../../../src/features/spec.ts';
import type { Sample } from '../../../src/journal.ts';
import type { PictureWindow } from '../../../src/pretraining/instance.ts';

export type Draw = {
  /** Their names say what they are. */
  readonly classIds: readonly string[];
  /** By class. The first n of a class are its n labels; the session has seen all of them. */
  readonly train: readonly (readonly Sample[])[];
  readonly test: readonly (readonly Sample[])[];
};

/** Windows of each class. */
export type Counts = { readonly train: number; readonly test: number };

/** The n-th sample of a recording in which no two windows overlap. */
export function sampleAt(place: number, mel: Float32Array | null, picture: PictureWindow | null): Sample {
  const start = place * 2 * WINDOW;
  const { rgb = null, older = null } = picture ?? {};
  return { start: micros(start), end: micros(start + WINDOW), mel, rgb, older };
}
