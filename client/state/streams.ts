/** The streams of the project in the order in which one would look for them. Pure. */
import type { SessionInfo } from '../../proto/messages.ts';
import { kindText } from './link-view.ts';

/** Quiet ones can be looked back at for a while; more than these would hide the live ones. */
const QUIET = 3;

/** Live ones first, then the newest first, and of the quiet ones only the newest; without the session `own`. */
export function otherStreams(
  sessions: readonly SessionInfo[],
  own: string | undefined,
): readonly SessionInfo[] {
  const others = sessions.filter(({ id }) => id !== own).toSorted((a, b) => b.since - a.since);
  const quiet = others.filter(({ streaming }) => !streaming);
  return [...others.filter(({ streaming }) => streaming), ...quiet.slice(0, QUIET)];
}

const clock = (since: number): string =>
  new Date(since).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });

/** "live, WebRTC · UDP, sound only": what one can expect of it. */
export function streamText({ streaming, link, audio, video, since }: SessionInfo): string {
  if (!streaming) return `quiet, began ${clock(since)}`;
  const senses = audio && video ? '' : audio ? 'sound only' : video ? 'picture only' : 'no media yet';
  return ['live', link === null ? '' : kindText(link), senses].filter((part) => part !== '').join(', ');
}
