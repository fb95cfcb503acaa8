import { describe, expect, it } from 'vitest';
import { otherStreams, streamText } from '../../../../client/state/streams.ts';
import type { SessionInfo } from '../../../../proto/messages.ts';
import { millis } from '../../../../proto/units.ts';

const stream = (id: string, over: Partial<SessionInfo> = {}): SessionInfo => ({
  id,
  name: id,
  streaming: true,
  since: millis(1000),
  audio: true,
  video: true,
  link: 'webrtc-udp',
  whip: false,
  ...over,
});

describe('otherStreams', () => {
  it('lists live ones first, the newest of them first, and not the own one', () => {
    const sessions = [
      stream('quiet', { streaming: false, since: millis(9000) }),
      stream('old'),
      stream('open', { audio: false, video: false, link: null, since: millis(8000) }),
      stream('own', { since: millis(5000) }),
      stream('new', { since: millis(2000) }),
    ];
    expect(otherStreams(sessions, 'own').map(({ id }) => id)).toEqual(['new', 'old', 'open', 'quiet']);
    expect(otherStreams(sessions, undefined)).toHaveLength(5);
  });

  it('keeps the three newest of those that are quiet', () => {
    const quiet = [1, 2, 3, 4, 5].map((n) => stream(`q${n}`, { streaming: false, since: millis(n) }));
    const listed = otherStreams([...quiet, stream('live')], 'own');
    expect(listed.map(({ id }) => id)).toEqual(['live', 'q5', 'q4', 'q3']);
  });
});

describe('streamText', () => {
  it.each<[Partial<SessionInfo>, string]>([
    [{}, 'live, WebRTC · UDP'],
    [{ link: 'webrtc-tcp', video: false }, 'live, WebRTC · TCP, sound only'],
    [{ link: 'websocket', audio: false }, 'live, WebSocket, picture only'],
    [{ link: null, audio: false, video: false }, 'connected, sends nothing yet'],
  ])('%o is "%s"', (over, text) => {
    expect(streamText(stream('a', over))).toBe(text);
  });

  it('tells quiet ones apart by their beginning', () => {
    expect(streamText(stream('a', { streaming: false }))).toMatch(/^quiet, began \d+:\d\d/);
  });
});
