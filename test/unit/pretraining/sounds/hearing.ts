/** What the tests listen with. */
import { melOf } from '../../../../src/features/mel.ts';
import { MEL_BANDS, MEL_HIGH_HZ, MEL_LOW_HZ, WINDOW_COLUMNS } from '../../../../src/features/spec.ts';
import { LEAD, type Scene } from '../../../../src/pretraining/sounds/scene.ts';

const htk = (hz: number): number => 1127 * Math.log1p(hz / 700);

/** The band whose triangle tops nearest to a frequency. */
export function bandOf(hz: number): number {
  const step = (htk(MEL_HIGH_HZ) - htk(MEL_LOW_HZ)) / (MEL_BANDS + 1);
  return Math.round((htk(hz) - htk(MEL_LOW_HZ)) / step) - 1;
}

/** A scene's window as magnitudes [column][band], without room, noise or level. */
export function magnitudes(scene: Scene): readonly (readonly number[])[] {
  const mel = melOf(scene.subarray(LEAD));
  return Array.from({ length: WINDOW_COLUMNS }, (_, column) =>
    Array.from(mel.subarray(column * MEL_BANDS, (column + 1) * MEL_BANDS), (value) => Math.exp(value) - 0.01),
  );
}

/** Mean band of a column, by power. */
export const centroid = (column: readonly number[]): number =>
  column.reduce((sum, x, band) => sum + x * x * band, 0) / column.reduce((sum, x) => sum + x * x, 0);

/** Mean magnitude of each band over the window. */
export const profile = (columns: readonly (readonly number[])[]): readonly number[] =>
  Array.from(
    { length: MEL_BANDS },
    (_, band) => columns.reduce((sum, column) => sum + (column[band] ?? 0), 0) / columns.length,
  );

export const power = (samples: ArrayLike<number>): number =>
  Array.from(samples).reduce((sum, x) => sum + x * x, 0) / samples.length;

/** Root of the mean squared difference. */
export const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.sqrt(power(Array.from(a, (x, i) => x - (b[i] ?? 0))));
