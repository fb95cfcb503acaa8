/** Rule 5's modes: which modality is weak, with hysteresis, so that rho at a threshold does not flip the mode. */
import type { StreamSettings } from './settings.ts';

export type Mode = 'balanced' | 'audio-weak' | 'video-weak';

/** The modality that a mode pushes; null when balanced. */
export function weakOf(mode: Mode): 'audio' | 'video' | null {
  return mode === 'balanced' ? null : mode === 'audio-weak' ? 'audio' : 'video';
}

/**
 * The mode after `rho` was measured; null, not known, is balanced. The thresholds are ratios of the stronger over the
 * weaker: exchanging the modalities exchanges the weak modes exactly.
 */
export function nextMode(
  mode: Mode,
  rho: number | null,
  { enterWeak, leaveWeak }: Pick<StreamSettings, 'enterWeak' | 'leaveWeak'>,
): Mode {
  if (rho === null) return 'balanced';
  const weak: Mode = rho < 1 ? 'audio-weak' : 'video-weak';
  const lead = Math.max(rho, 1 / rho);
  if (lead > enterWeak) return weak;
  return mode === weak && lead >= leaveWeak ? weak : 'balanced';
}
