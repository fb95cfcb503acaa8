/** The streams of the project in the order in which one would look for them. Pure. */
import type { SessionInfo } from '../../proto/messages.ts';
import { kindText } from './link-view.ts';

/** `live` sends; `open` is connected and sends nothing; `quiet` was there, and can be looked back at for a while. */
export type StreamState = 'live' | 'open' | 'quiet';

export const streamState = ({ streaming, audio, video }: SessionInfo): StreamState =>
  !streaming ? 'quiet' : audio || video ? 'live' : 'open';

/** Of those that are quiet, more than these would hide the live ones. */
const QUIET = 3;

/** Live ones first, then the open ones, then the newest of the quiet ones, each the newest first; without the session `own`. */
export function otherStreams(
  sessions: readonly SessionInfo[],
  own: string | undefined,
): readonly SessionInfo[] {
  const others = sessions.filter(({ id }) => id !== own).toSorted((a, b) => b.since - a.since);
  const of = (state: StreamState): readonly SessionInfo[] =>
    others.filter((session) => streamState(session) === state);
  return [...of('live'), ...of('open'), ...of('quiet').slice(0, QUIET)];
}

const clock = (since: number): string =>
  new Date(since).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });

/** "live, WebRTC · UDP, sound only": what one can expect of it. */
export function streamText(session: SessionInfo): string {
  const { link, audio, video, since } = session;
  switch (streamState(session)) {
    case 'quiet':
      return `quiet, began ${clock(since)}`;
    case 'open':
      return 'connected, sends nothing yet';
    default: {
      const senses = audio && video ? '' : audio ? 'sound only' : 'picture only';
      return ['live', link === null ? '' : kindText(link), senses].filter((part) => part !== '').join(', ');
    }
  }
}
