/** Starts WebRTC as the configuration asks, or says why there is none. */
import type { Clock } from '../src/clock.ts';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import { readSetupPart } from './setup-report.ts';
import type { Sfu } from './sfu/ports.ts';
import { unavailableSfu } from './sfu/unavailable.ts';

/** Never rejects: without WebRTC everything else still works. */
export async function openSfu({ rtc }: Config, _clock: Clock, _log: Log): Promise<Sfu> {
  if (rtc.workers === 0) return unavailableSfu('it was started with --rtc-workers 0', 'give --rtc-workers 2');
  const { detail, remedy, path } = await readSetupPart('mediasoup');
  if (path === '') return unavailableSfu(detail || 'the media worker is not set up', remedy || 'npm start');
  return unavailableSfu('the media worker is not used yet', '');
}
