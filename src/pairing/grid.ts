/**
 * The hop grid: window `index` spans `[index * hop, index * hop + span)` of media time, for both modalities alike.
 */
import { addMicros, type Micros, micros, microsFromSeconds } from '../../proto/units.ts';

export type Grid = {
  /** Length of a window. */
  readonly span: Micros;
  /** Distance between the starts of neighbouring windows. */
  readonly hop: Micros;
};

/** 0.96 s every 0.24 s (design.md). */
export const DEFAULT_GRID: Grid = { span: microsFromSeconds(0.96), hop: microsFromSeconds(0.24) };

export const startOf = (grid: Grid, index: number): Micros => micros(index * grid.hop);
export const endOf = (grid: Grid, index: number): Micros => addMicros(startOf(grid, index), grid.span);

/** The last window that ends at or before `watermark`; below zero when none does. */
export const lastComplete = (grid: Grid, watermark: Micros): number =>
  Math.floor((watermark - grid.span) / grid.hop);

/**
 * Positions of the samples of a labelled span: windows that lie wholly inside it, starts at least half a window apart.
 * Empty for a span shorter than one window, or one that no window of the grid fits into.
 */
export function sampleIndexes(grid: Grid, start: Micros, end: Micros): readonly number[] {
  const stride = Math.ceil(grid.span / 2 / grid.hop);
  const indexes: number[] = [];
  for (let index = Math.max(0, Math.ceil(start / grid.hop)); endOf(grid, index) <= end; index += stride)
    indexes.push(index);
  return indexes;
}
