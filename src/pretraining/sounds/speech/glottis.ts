/** The voice's source: air flow through the glottis, differentiated (what the lips radiate), as stored periods. */
import { harmonicsOf, type Wave, wave } from '../waves.ts';

/** The flow rises for this share of a period, and falls for the next (Rosenberg, 1971, his polynomial pulse). */
const RISING = 0.4;
const FALLING = 0.16;
const POINTS = 512;
const MOST_HARMONICS = 128;

function flow(share: number): number {
  if (share < RISING) return 3 * (share / RISING) ** 2 - 2 * (share / RISING) ** 3;
  const falling = (share - RISING) / FALLING;
  return falling < 1 ? 1 - falling ** 2 : 0;
}

/** Amplitude and phase in turns of each harmonic of the differentiated flow, by its Fourier sum. */
function harmonics(): { readonly amplitudes: readonly number[]; readonly phases: readonly number[] } {
  const pulse = Array.from({ length: POINTS }, (_, i) => flow((i + 1) / POINTS) - flow(i / POINTS));
  const amplitudes: number[] = [];
  const phases: number[] = [];
  for (let k = 1; k <= MOST_HARMONICS; k++) {
    let [sine, cosine] = [0, 0];
    for (let i = 0; i < POINTS; i++) {
      const turn = (2 * Math.PI * k * i) / POINTS;
      sine += pulse[i]! * Math.sin(turn);
      cosine += pulse[i]! * Math.cos(turn);
    }
    amplitudes.push(Math.hypot(sine, cosine));
    phases.push(Math.atan2(cosine, sine) / (2 * Math.PI));
  }
  const power = amplitudes.reduce((sum, amplitude) => sum + amplitude ** 2 / 2, 0);
  return { amplitudes: amplitudes.map((amplitude) => amplitude / Math.sqrt(power)), phases };
}

/** The most harmonics each stored period has: a voice takes the richest one that does not fold over. */
const STEPS = [6, 8, 10, 12, 15, 18, 22, 27, 33, 40, 48, 58, 70, 85, 104, 128] as const;

function stored(): readonly Wave[] {
  const { amplitudes, phases } = harmonics();
  return STEPS.map((count) => wave(amplitudes.slice(0, count), phases));
}

const WAVES = stored();

/** One period of a voice, of deviation about 1, for pitches up to `highest` Hz. */
export function glottalWave(highest: number): Wave {
  const room = harmonicsOf(highest);
  const fitting = STEPS.findLastIndex((count) => count <= room);
  return WAVES[Math.max(0, fitting)]!;
}
