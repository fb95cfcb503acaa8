/**
 * The last 60 s of one session's features as columns on the media clock, from which windows are assembled on demand.
 *
 * Bounded whatever comes in: 1.6 MB for sound, 25 MB for pictures. The rings keep what they hold: windows are copies, or lent.
 */
import { type Micros, micros } from '../../proto/units.ts';
import { ShapeError } from '../errors.ts';
import type { AudioWindow, MelColumns, Picture, VideoWindow } from '../media.ts';
import { lumaInto, tileOf } from './pixels.ts';
import { audioSignal, videoSignal } from './signal.ts';
import {
  COLUMN,
  HOP,
  LUMA_STEP,
  MEL_BANDS,
  MEL_VALUES,
  OLDER_BYTES,
  OLDER_PICTURES,
  PICTURE_BYTES,
  PICTURE_PIXELS,
  PICTURE_RATE,
  RIBBON,
  SILENT_MEL,
  WINDOW,
  WINDOW_COLUMNS,
} from './spec.ts';

/** A sound window with more missing columns than this is none; fewer are filled with silence. */
export const MAX_MISSING_COLUMNS = WINDOW_COLUMNS / 4;
/** A picture older than this at the window's end no longer stands for it: one hop, four pictures a second. */
export const MAX_PICTURE_AGE: Micros = HOP;

/**
 * Whose a window's numbers are. `copy`: the caller's. `lent`: as much as lies in the ring as the window has it is a view of the ring,
 * to be read only; it is true as long as the ribbon reaches back to the window, 60 s of media. Sixteen windows a second are 1.3 MB of
 * garbage as copies, and 0.5 MB where they are lent.
 */
export type Ownership = 'copy' | 'lent';

const COLUMN_SLOTS = RIBBON / COLUMN + WINDOW_COLUMNS; // the oldest window of the ribbon is still whole
const PICTURE_SLOTS = (RIBBON / 1e6) * PICTURE_RATE;

/** Nominal start of window `index` on the hop grid. */
export const windowStart = (index: number): Micros => micros(index * HOP);

/** Log-mel columns of the last 60 s, one slot per 10 ms of media time. */
export class MelRing {
  /** The first slots stand behind the last once more: every window lies in one piece. */
  readonly #values = new Float32Array((COLUMN_SLOTS + WINDOW_COLUMNS) * MEL_BANDS);
  /** Which column of the media clock (time / 10 ms, rounded) a slot holds; -1: none. */
  readonly #column = new Float64Array(COLUMN_SLOTS).fill(-1);
  /** Time of the slot's first sample less its column's nominal start, within half a column. */
  readonly #offset = new Int16Array(COLUMN_SLOTS);
  #watermark: Micros | null = null;

  /** Nominal end of the newest column: windows that end here or before are final. Null before the first column. */
  get watermark(): Micros | null {
    return this.#watermark;
  }

  /**
   * Copies columns in, each to the nearest 10 ms of the media clock; later ones overwrite the oldest. Those from before the
   * session's start or the ribbon's are ignored.
   *
   * @throws {ShapeError} ERR_SHAPE where the values are not [count, 64].
   */
  pushColumns({ at, count, values }: MelColumns): void {
    if (values.length !== count * MEL_BANDS) {
      const hint = `${count} columns come with ${values.length} values, expected ${count * MEL_BANDS}`;
      throw new ShapeError('ERR_SHAPE', `${hint}: hand over whole columns`);
    }
    for (let k = 0; k < count; k++) {
      const time = at + k * COLUMN;
      const column = Math.round(time / COLUMN);
      const slot = column % COLUMN_SLOTS;
      if (column < 0 || this.#column[slot]! > column) continue;
      const bands = values.subarray(k * MEL_BANDS, (k + 1) * MEL_BANDS);
      this.#values.set(bands, slot * MEL_BANDS);
      if (slot < WINDOW_COLUMNS) this.#values.set(bands, (slot + COLUMN_SLOTS) * MEL_BANDS);
      this.#column[slot] = column;
      this.#offset[slot] = time - column * COLUMN;
      this.#watermark = micros(Math.max(this.#watermark ?? 0, (column + 1) * COLUMN));
    }
  }

  /**
   * Assembles window `index`; null where more than a quarter of its columns is missing: not yet here, lost, or older than the
   * ribbon. Missing columns of a window that is given are silence; such a window is never lent.
   */
  audioWindow(index: number, ownership: Ownership = 'copy'): AudioWindow | null {
    const first = windowStart(index) / COLUMN;
    let offset: number | null = null;
    let missing = 0;
    for (let column = first; column < first + WINDOW_COLUMNS; column++) {
      if (this.#has(column)) offset ??= this.#offset[column % COLUMN_SLOTS]!;
      else missing++;
    }
    if (missing > MAX_MISSING_COLUMNS) return null;
    const mel = missing > 0 ? this.#withSilence(first) : this.#whole(first, ownership);
    const start = micros(first * COLUMN + (offset ?? 0));
    const end = micros(start + WINDOW);
    return { modality: 'audio', index, start, end, mel, signal: audioSignal(mel) };
  }

  /** Forgets everything, as for a new track with another clock. */
  reset(): void {
    this.#column.fill(-1);
    this.#watermark = null;
  }

  #has(column: number): boolean {
    return this.#column[column % COLUMN_SLOTS] === column;
  }

  #whole(first: number, ownership: Ownership): Float32Array {
    const start = (first % COLUMN_SLOTS) * MEL_BANDS;
    const end = start + MEL_VALUES;
    return ownership === 'lent' ? this.#values.subarray(start, end) : this.#values.slice(start, end);
  }

  /** A copy; where a column is not there it is silent. */
  #withSilence(first: number): Float32Array {
    const mel = this.#whole(first, 'copy');
    for (let k = 0; k < WINDOW_COLUMNS; k++)
      if (!this.#has(first + k)) mel.fill(SILENT_MEL, k * MEL_BANDS, (k + 1) * MEL_BANDS);
    return mel;
  }
}

/** Pictures of the last 60 s in order of capture, 900 at most. */
export class PictureRing {
  readonly #rgb = new Uint8Array(PICTURE_SLOTS * PICTURE_BYTES);
  readonly #at = new Float64Array(PICTURE_SLOTS);
  /** Pictures ever taken; the newest lies in slot `#count - 1`, modulo. */
  #count = 0;

  /** Capture time of the newest picture: none from before it will be taken. Null before the first. */
  get watermark(): Micros | null {
    return this.#count === 0 ? null : micros(this.#time(this.#count - 1));
  }

  /**
   * Copies a picture in, over the oldest one where the ring is full.
   *
   * @returns false, and takes nothing, where it is not newer than the newest.
   * @throws {ShapeError} ERR_SHAPE where it is not [96, 96, 3].
   */
  pushPicture({ at, rgb }: Picture): boolean {
    if (rgb.length !== PICTURE_BYTES) {
      throw new ShapeError(
        'ERR_SHAPE',
        `picture has ${rgb.length} bytes, expected ${PICTURE_BYTES}: scale it first`,
      );
    }
    const newest = this.watermark;
    if (newest !== null && at <= newest) return false;
    const slot = this.#count % PICTURE_SLOTS;
    this.#rgb.set(rgb, slot * PICTURE_BYTES);
    this.#at[slot] = at;
    this.#count++;
    return true;
  }

  /**
   * Assembles window `index`: the newest picture up to its nominal end and the luma of three older ones, each the
   * nearest to its 0.133 s step among those not used yet, all within one window's span. Null where that cannot be had: not
   * yet here, lost, fewer than about 4 pictures a second, or older than the ribbon. Final once `watermark` has reached the end.
   */
  videoWindow(index: number, ownership: Ownership = 'copy'): VideoWindow | null {
    const nominal = windowStart(index) + WINDOW;
    const newest = this.#lastUpTo(nominal);
    if (newest === null || nominal - this.#time(newest) > MAX_PICTURE_AGE) return null;
    const end = micros(this.#time(newest));
    const chosen = this.#olderThan(newest);
    if (chosen === null) return null;
    const older = new Uint8Array(OLDER_BYTES);
    chosen.forEach((picture, k) => {
      lumaInto(older, k * PICTURE_PIXELS, this.#rgb, (picture % PICTURE_SLOTS) * PICTURE_BYTES);
    });
    const bytes = this.#bytes(newest);
    const rgb = ownership === 'lent' ? this.#rgb.subarray(...bytes) : this.#rgb.slice(...bytes);
    const start = micros(end - WINDOW);
    return { modality: 'video', index, start, end, rgb, older, signal: videoSignal(rgb, older) };
  }

  /** Thumbnail of the newest picture captured at `time` or before, the caller's; null where there is none in the ribbon. */
  tileUpTo(time: Micros): Uint8Array | null {
    const found = this.#lastUpTo(time);
    return found === null ? null : tileOf(this.#rgb.subarray(...this.#bytes(found)));
  }

  /** Forgets everything, as for a new track with another clock. */
  reset(): void {
    this.#count = 0;
  }

  #time(picture: number): number {
    return this.#at[picture % PICTURE_SLOTS]!;
  }

  #bytes(picture: number): [number, number] {
    const start = (picture % PICTURE_SLOTS) * PICTURE_BYTES;
    return [start, start + PICTURE_BYTES];
  }

  #oldest(): number {
    return Math.max(0, this.#count - PICTURE_SLOTS);
  }

  /** By bisection: times in the ring rise. */
  #lastUpTo(time: number): number | null {
    let low = this.#oldest();
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#time(middle) <= time) low = middle + 1;
      else high = middle;
    }
    return low === this.#oldest() ? null : low - 1;
  }

  /** The older pictures of the window that ends with `newest`; null where there are too few within its span. */
  #olderThan(newest: number): readonly number[] | null {
    const end = this.#time(newest);
    const chosen: number[] = [];
    let used = newest;
    for (let k = 0; k < OLDER_PICTURES; k++) {
      const nearest = this.#nearestBefore(used, end - (k + 1) * LUMA_STEP);
      if (nearest === null || end - this.#time(nearest) > WINDOW) return null;
      chosen.push(nearest);
      used = nearest;
    }
    return chosen;
  }

  /** The picture before `used` whose time is nearest to `target`. */
  #nearestBefore(used: number, target: number): number | null {
    const oldest = this.#oldest();
    let best = used - 1;
    if (best < oldest) return null;
    while (best > oldest && Math.abs(this.#time(best - 1) - target) < Math.abs(this.#time(best) - target))
      best--;
    return best;
  }
}
