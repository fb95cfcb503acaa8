/** What a run on the stream amounts to: plain numbers in, plain numbers out. Shares are in [0, 1]. */
import { accuracyOf, NOTHING_SCORED, scored } from '../../../../src/evaluation/prequential.ts';

/** Right answers as a share; null without one that was asked. */
export function shareOf(hits: readonly (boolean | null)[]): number | null {
  const asked = hits.filter((hit) => hit !== null);
  return asked.length === 0 ? null : asked.filter((hit) => hit).length / asked.length;
}

/** The fading share after each answer; an answer that is null leaves it as it was. */
export function fadingCurve(hits: readonly (boolean | null)[], factor: number): readonly (number | null)[] {
  let fading = NOTHING_SCORED;
  return hits.map((hit) => {
    if (hit !== null) fading = scored(fading, hit, factor);
    return accuracyOf(fading);
  });
}

export const RECOVERY_FACTOR = 0.98; // a window of 50
const NEAR = 0.02;

/**
 * Labels after the shift until the fading share is back within two points of what it was just before it, for good: 0 when
 * it never fell further, null when it is still away at the end.
 */
export function labelsToRecover(hits: readonly boolean[], shift: number): number | null {
  const curve = fadingCurve(hits, RECOVERY_FACTOR);
  const before = shift > 0 ? (curve[shift - 1] ?? null) : null;
  if (before === null) return null;
  const after = curve.slice(shift);
  const last = after.findLastIndex((share) => (share ?? 0) < before - NEAR);
  return last === after.length - 1 && after.length > 0 ? null : last + 1;
}

/** `(weak - joint) / (alone - joint)`: how much of what a joint model leaves of the weak sense is won back; null where it leaves under a point. */
export function gapClosed(weak: number, joint: number, alone: number): number | null {
  return alone - joint < 0.01 ? null : (weak - joint) / (alone - joint);
}

export type PairedChange = {
  /** After minus before. */
  readonly change: number;
  /** Half of its 95 % interval. */
  readonly half: number;
  readonly samples: number;
};

/** The change of a share on the same windows: those alone that changed sides have a say. */
export function pairedChange(before: readonly boolean[], after: readonly boolean[]): PairedChange {
  const samples = Math.min(before.length, after.length);
  const steps = Array.from({ length: samples }, (_, i) => Number(after[i]) - Number(before[i]));
  const change = samples === 0 ? 0 : steps.reduce((sum, step) => sum + step, 0) / samples;
  const square = steps.reduce((sum, step) => sum + (step - change) ** 2, 0);
  const half = samples < 2 ? 0 : 1.96 * Math.sqrt(square / (samples - 1) / samples);
  return { change, half, samples };
}

const HARM = 0.01;

/** A fall of more than a point whose interval leaves 0 out. */
export const isHarmful = ({ change, half }: PairedChange): boolean => change < -HARM && change + half < 0;

/** Mean of the first so many labels' answers up to each mark; null where the stream is shorter. */
export function meanUpTo(hits: readonly boolean[], mark: number): number | null {
  return hits.length < mark ? null : shareOf(hits.slice(0, mark));
}
