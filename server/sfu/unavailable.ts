/** A server without WebRTC: says why, and what would change it. */
import { SfuError } from '../errors.ts';
import type { Sfu } from './ports.ts';

export function unavailableSfu(reason: string, remedy: string): Sfu {
  const error = (): SfuError =>
    new SfuError('ERR_SFU_UNAVAILABLE', `no WebRTC here: ${reason}${remedy ? `; ${remedy}` : ''}`);
  return {
    state: { available: false, reason, remedy },
    check: () => {
      throw error();
    },
    accept: () => Promise.reject(error()),
    close: () => Promise.resolve(),
  };
}
