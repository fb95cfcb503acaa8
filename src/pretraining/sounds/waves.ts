/** Periodic sounds from one stored period: any number of harmonics costs as much as one. */
import { AUDIO_RATE } from '../../features/spec.ts';
import { BLOCK, BLOCKS, type Scene, type Track } from './scene.ts';

const PERIOD = 2_048; // a power of two: harmonic k at place i is place k·i of the sine, modulo
/** Harmonics end here, so that a pitch that rises a little does not fold over. */
export const HIGHEST_HARMONIC_HZ = 7_600;

/** One period of a wave and its first value again [2049]. */
export type Wave = Float32Array;

const SINE = Float64Array.from({ length: PERIOD }, (_, i) => Math.sin((2 * Math.PI * i) / PERIOD));

/**
 * A period from the amplitudes of its harmonics, the first being the fundamental's. `phases` are turns, 0 each if left out.
 */
export function wave(amplitudes: readonly number[], phases: readonly number[] = []): Wave {
  const period = new Float32Array(PERIOD + 1);
  amplitudes.forEach((amplitude, k) => {
    if (amplitude === 0) return;
    let place = Math.round((phases[k] ?? 0) * PERIOD) & (PERIOD - 1);
    for (let i = 0; i < PERIOD; i++) {
      period[i]! += amplitude * SINE[place]!;
      place = (place + k + 1) & (PERIOD - 1);
    }
  });
  period[PERIOD] = period[0]!;
  return period;
}

/** A plain sine. */
export const SINE_WAVE: Wave = wave([1]);

/** How many harmonics of this pitch fit below the highest. */
export const harmonicsOf = (hz: number): number => Math.max(1, Math.floor(HIGHEST_HARMONIC_HZ / hz));

/** Adds a wave under a pitch in Hz and an amplitude; where both ends of a block are silent, only the phase moves on. */
export function addWave(out: Scene, period: Wave, pitch: Track, amplitude: Track, turns: number): void {
  let phase = (turns - Math.floor(turns)) * PERIOD;
  const scale = PERIOD / AUDIO_RATE;
  for (let block = 0; block < BLOCKS; block++) {
    let gain = amplitude[block]!;
    let step = pitch[block]! * scale;
    const gainStep = (amplitude[block + 1]! - gain) / BLOCK;
    const bend = (pitch[block + 1]! * scale - step) / BLOCK;
    if (gain === 0 && gainStep === 0) {
      phase = (phase + BLOCK * step + (bend * BLOCK * BLOCK) / 2) % PERIOD;
      continue;
    }
    const end = (block + 1) * BLOCK;
    for (let n = block * BLOCK; n < end; n++) {
      const i = phase | 0;
      const value = period[i]!;
      out[n]! += gain * (value + (phase - i) * (period[i + 1]! - value));
      gain += gainStep;
      phase += step;
      if (phase >= PERIOD) phase -= PERIOD;
      step += bend;
    }
  }
}
