/** Who speaks, and how this time: all of it nuisance. */
import type { Random } from '../../../random.ts';
import { aboutOne, between, chance, logBetween } from '../draws.ts';

/** One speaker at one time. */
export type Speaker = {
  /** Middle of the voice, in Hz. */
  readonly pitch: number;
  /** All formants times this: a short vocal tract has high ones. */
  readonly tract: number;
  /** Each formant of this speaker strays by so much more. */
  readonly strays: readonly [number, number, number];
  /** The formants that no vowel moves, times this and the tract's factor. */
  readonly upper: number;
  /** Bandwidths times this. */
  readonly damping: number;
  /** Where the voice's spectrum begins to fall faster, in Hz. */
  readonly brightness: number;
  /** Breath in the voice, of its amplitude. */
  readonly breath: number;
  /** Amplitude of frication and bursts, times this. */
  readonly hiss: number;
  /** Durations times this; each one strays by the second number, in nats. */
  readonly slowness: number;
  readonly unevenness: number;
  /** How far every vowel is drawn to the neutral one, 0 to 1. */
  readonly laziness: number;
  /** Formants' transitions times this. */
  readonly lag: number;
  /** Octaves that pitch moves: over the whole, on the stressed syllable, from step to step. */
  readonly fall: number;
  readonly accent: number;
  readonly jitter: number;
  readonly whispered: boolean;
};

/** Anybody, from a low voice in a long tract to a high one in a short tract. */
export function drawSpeaker(source: Random): Speaker {
  const height = source.uniform(); // from a low voice in a long tract to a high one in a short tract
  return {
    pitch: 85 * (300 / 85) ** height * aboutOne(source, 0.15),
    tract: 0.9 * (1.22 / 0.9) ** (0.65 * height + 0.35 * source.uniform()) * aboutOne(source, 0.02),
    strays: [aboutOne(source, 0.04), aboutOne(source, 0.035), aboutOne(source, 0.03)],
    upper: aboutOne(source, 0.05),
    damping: logBetween(source, 0.6, 1.6),
    brightness: logBetween(source, 1_200, 9_000),
    breath: logBetween(source, 0.01, 0.25),
    hiss: aboutOne(source, 0.4),
    slowness: logBetween(source, 0.72, 1.45),
    unevenness: between(source, 0.03, 0.16),
    laziness: between(source, 0, 0.22),
    lag: logBetween(source, 0.7, 1.5),
    fall: between(source, -0.5, 0.25),
    accent: between(source, 0, 0.45),
    jitter: between(source, 0.003, 0.02),
    whispered: chance(source, 0.02),
  };
}
