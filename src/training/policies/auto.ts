/**
 * `auto`: rebalancing where it has proved itself on this project's own labels, else none (ADR 0055).
 *
 * Both policies were run over the same labels, each label scored before it was learned. Pure.
 */
import { type PolicyName, REBALANCING_OFF, REBALANCING_ON } from '../../../proto/policies.ts';
import type { PairedComparison } from '../../evaluation/paired.ts';

/** Labels before which nothing is concluded. */
export const LABELS_TO_DECIDE = 20;

export type AutoDecision = { readonly policy: PolicyName; readonly reason: string };

const points = (share: number): string => {
  const rounded = Math.round(1000 * share) / 10;
  return `${rounded > 0 ? '+' : ''}${Math.abs(rounded) < 0.05 ? 0 : rounded}`;
};

/** "+2.1 points, 95 % interval -1.0 to +5.2, over the last 60 labels". */
function figures({ labels, onShare, offShare, low, high }: PairedComparison): string {
  return `${points(onShare - offShare)} points (95 % interval ${points(low)} to ${points(high)}) over the last ${labels} labels`;
}

/**
 * The policy that `auto` takes: on when the whole interval of the difference lies above 0, and then for as long as its mean
 * stays above 0; off otherwise. While the comparison still goes through older labels it stays with what it has taken.
 *
 * @param now what it has taken so far.
 * @param compared null: nothing compares the two.
 * @param behind labels that the comparison has not come to yet; infinite before it has begun.
 */
export function autoPolicy(now: PolicyName, compared: PairedComparison | null, behind: number): AutoDecision {
  const off = (reason: string): AutoDecision => ({ policy: REBALANCING_OFF, reason });
  if (!compared) return off('Off: nothing compares it with training without, so it cannot show a benefit.');
  const { labels, onShare, offShare, low } = compared;
  const wasOn = now === REBALANCING_ON;
  const older = behind > LABELS_TO_DECIDE;
  if (older && wasOn)
    return { policy: now, reason: 'On as before, while the comparison goes through older labels.' };
  if (labels < LABELS_TO_DECIDE)
    return off(`Off until ${LABELS_TO_DECIDE} labels can be compared; ${labels} so far.`);
  if (older) return off('Off as before, while the comparison goes through older labels.');
  if (low > 0 || (wasOn && onShare > offShare))
    return { policy: REBALANCING_ON, reason: `It helps here, switched on: ${figures(compared)}.` };
  return off(`No benefit, switched off: ${figures(compared)}.`);
}
