/** The vocal tract: resonators in a row, whose formants move. */
import { AUDIO_RATE } from '../../../features/spec.ts';
import { BLOCK, type Scene, type Track } from '../scene.ts';

/**
 * Runs samples through one formant, in place: `y = a x + b y' + c y''` with unit gain at 0 Hz, the resonator of every
 * formant synthesizer (Klatt, 1980). Centre and bandwidth in Hz, renewed every block.
 */
export function resonate(samples: Scene, centre: Track, bandwidth: Track): void {
  let late = 0;
  let later = 0;
  for (let from = 0, block = 0; from < samples.length; from += BLOCK, block++) {
    const radius = Math.exp((-Math.PI * bandwidth[block]!) / AUDIO_RATE);
    const c = -radius * radius;
    const b = 2 * radius * Math.cos((2 * Math.PI * Math.min(centre[block]!, 7_600)) / AUDIO_RATE);
    const a = 1 - b - c;
    for (let n = from; n < from + BLOCK; n++) {
      const y = a * samples[n]! + b * late + c * later;
      later = late;
      late = y;
      samples[n] = y;
    }
  }
}
