/** The streams of the project in the order in which one would look for them. Pure. */
import type { SessionInfo } from '../../proto/messages.ts';
import { kindText } from './link-view.ts';

/** Live ones first, then the newest first; without the session `own`. */
export function otherStreams(
  sessions: readonly SessionInfo[],
  own: string | undefined,
): readonly SessionInfo[] {
  return sessions
    .filter(({ id }) => id !== own)
    .toSorted((a, b) => Number(b.streaming) - Number(a.streaming) || b.since - a.since);
}

/** "live, WebRTC · UDP, sound only": what one can expect of it. */
export function streamText({ streaming, link, audio, video }: SessionInfo): string {
  if (!streaming) return 'quiet';
  const senses = audio && video ? '' : audio ? 'sound only' : video ? 'picture only' : 'no media yet';
  return ['live', link === null ? '' : kindText(link), senses].filter((part) => part !== '').join(', ');
}
