/** A server without WebRTC: says why, and what would change it. */
import { SfuError } from '../errors.ts';
import type { Sfu } from './ports.ts';

export function unavailableSfu(reason: string, remedy: string): Sfu {
  return {
    state: { available: false, reason, remedy },
    accept: () => Promise.reject(new SfuError('ERR_SFU_UNAVAILABLE', `no WebRTC here: ${reason}. ${remedy}`)),
    close: () => Promise.resolve(),
  };
}
