/** What a sense can give at its source, before anything is sent: on, off, muted, ended, absent, and how that is said. Pure. */
import { unreachable } from '../../proto/errors.ts';
import type { Modality } from '../../proto/messages.ts';
import type { ClientErrorCode } from '../errors.ts';

/**
 * `off`: switched off on this page. `muted`: by the system or the browser. `ended`: unplugged, or the permission was taken
 * back; only a new start helps. `absent`: there never was one.
 */
export type SenseState = 'on' | 'off' | 'muted' | 'ended' | 'absent';

export type Senses = { readonly audio: SenseState; readonly video: SenseState };

/** The state of a track; of no track, `absent`. */
export function senseState(
  track: Pick<MediaStreamTrack, 'enabled' | 'muted' | 'readyState'> | undefined,
): SenseState {
  if (!track) return 'absent';
  if (track.readyState === 'ended') return 'ended';
  if (!track.enabled) return 'off';
  return track.muted ? 'muted' : 'on';
}

const DEVICE: Readonly<Record<Modality, string>> = { audio: 'microphone', video: 'camera' };

/** Why there is none, from what the browser said when both were asked for. */
function absence(device: string, code: ClientErrorCode | null): string {
  switch (code) {
    case 'ERR_CLIENT_PERMISSION':
      return `The ${device} is blocked for this page`;
    case 'ERR_CLIENT_DEVICE_BUSY':
      return `Another program holds the ${device}`;
    default:
      return `No ${device} was found`;
  }
}

function trouble(modality: Modality, state: SenseState, code: ClientErrorCode | null): string {
  const device = DEVICE[modality];
  switch (state) {
    case 'on':
      return '';
    case 'off':
      return modality === 'audio' ? 'Sound is off' : 'Picture is off';
    case 'muted':
      return `The system has muted the ${device}`;
    case 'ended':
      return `The ${device} has stopped`;
    case 'absent':
      return absence(device, code);
    default:
      return unreachable(state);
  }
}

/**
 * One line for the person: what is wrong and who answers now; null while both are on.
 * @param code why the browser gave only one of both, if it did.
 */
export function sensesText({ audio, video }: Senses, code: ClientErrorCode | null): string | null {
  if (audio === 'on' && video === 'on') return null;
  if (audio === 'on') return `${trouble('video', video, code)}: sound answers alone.`;
  if (video === 'on') return `${trouble('audio', audio, code)}: the picture answers alone.`;
  if (audio === 'off' && video === 'off') return 'Sound and picture are off.';
  return `${trouble('audio', audio, code)}. ${trouble('video', video, code)}.`;
}

/** On the switch of a sense, and where its picture would be. */
export function senseText(modality: Modality, state: SenseState): string {
  const device = DEVICE[modality];
  if (state === 'absent') return `No ${device}`;
  if (state === 'ended') return `${modality === 'audio' ? 'Microphone' : 'Camera'} stopped`;
  return `${modality === 'audio' ? 'Sound' : 'Picture'} ${state}`;
}
