/** Windows with nothing in them but their place: what the pairing operators look at. */
import { addMicros, micros } from '../../../proto/units.ts';
import type { AudioWindow, VideoWindow } from '../../../src/media.ts';
import { DEFAULT_GRID, startOf } from '../../../src/pairing/grid.ts';
import type { PairingEvent } from '../../../src/pairing/pair-windows.ts';

export function audioWindow(index: number, offset = 0): AudioWindow {
  const start = addMicros(startOf(DEFAULT_GRID, index), micros(offset));
  return {
    modality: 'audio',
    index,
    start,
    end: addMicros(start, DEFAULT_GRID.span),
    mel: new Float32Array(0),
    signal: 'live',
  };
}

export function videoWindow(index: number, offset = 0): VideoWindow {
  const start = addMicros(startOf(DEFAULT_GRID, index), micros(offset));
  const end = addMicros(start, DEFAULT_GRID.span);
  return {
    modality: 'video',
    index,
    start,
    end,
    rgb: new Uint8Array(0),
    older: new Uint8Array(0),
    signal: 'live',
  };
}

export const audio = (index: number, offset = 0): PairingEvent => ({
  type: 'window',
  window: audioWindow(index, offset),
});
export const video = (index: number, offset = 0): PairingEvent => ({
  type: 'window',
  window: videoWindow(index, offset),
});
export const open = (modality: 'audio' | 'video'): PairingEvent => ({ type: 'track', modality, open: true });
export const shut = (modality: 'audio' | 'video'): PairingEvent => ({ type: 'track', modality, open: false });
