import { describe, expect, it } from 'vitest';
import { type LinkReason, type LinkState, NO_LINK } from '../../../../client/state/link.ts';
import { linkView, skewText, trackFigures } from '../../../../client/state/link-view.ts';
import type { Link, LinkTrack } from '../../../../proto/messages.ts';
import { millis } from '../../../../proto/units.ts';

const websocket = (reason: LinkReason, more: Partial<LinkState> = {}): LinkState => ({
  ...NO_LINK,
  phase: 'websocket',
  generation: 1,
  reason,
  ...more,
});

const webrtc = (transport: 'udp' | 'tcp'): LinkState => ({
  ...NO_LINK,
  phase: 'webrtc',
  generation: 1,
  transport,
});

describe('linkView', () => {
  it('says by which way sound and picture go', () => {
    expect(linkView(webrtc('udp'), [])).toMatchObject({ state: 'good', badge: 'WebRTC · UDP', remedy: '' });
    expect(linkView(webrtc('udp'), []).statement).toBe('Sound and picture go by WebRTC over UDP.');
  });

  it('names the port that would have to be opened, where the server has named it', () => {
    const addresses = [
      { protocol: 'udp', address: '192.168.1.7', port: 44444 },
      { protocol: 'tcp', address: '192.168.1.7', port: 44445 },
    ] as const;
    expect(linkView(webrtc('tcp'), addresses).remedy).toContain('UDP port 44444 of 192.168.1.7');
    expect(linkView(webrtc('tcp'), []).remedy).toContain("the server's UDP port");
    expect(linkView(websocket('late'), addresses).remedy).toContain('port 44444 of 192.168.1.7');
  });

  it.each<[LinkReason, string]>([
    ['wished', 'the address of this page asks for it'],
    ['browser', 'this browser has no WebRTC'],
    ['server', 'the server has no WebRTC: no worker'],
    ['late', 'WebRTC did not connect within 4 s'],
    ['refused', 'the server ended WebRTC: no worker'],
    ['broken', 'WebRTC failed here: no worker'],
    ['unsteady', 'WebRTC was lost again and again'],
  ])('gives one remedy when the WebSocket was taken because of %s', (reason, words) => {
    const view = linkView(websocket(reason, { detail: 'no worker', remedy: 'npm start' }), []);
    expect(view.statement).toBe(`Sound and picture go over WebSocket: ${words}.`);
    expect([view.remedy, view.command].filter((text) => text !== '')).toHaveLength(1);
  });

  it('offers to try again only where that could help', () => {
    const can = (reason: LinkReason): boolean => linkView(websocket(reason), []).canRetry;
    expect((['late', 'refused', 'broken', 'unsteady'] as const).map(can)).toEqual([true, true, true, true]);
    expect((['wished', 'browser', 'server'] as const).map(can)).toEqual([false, false, false]);
  });

  it('tells a first attempt from one after a loss', () => {
    const attempt = (losses: number): LinkState => ({
      ...NO_LINK,
      phase: 'connecting',
      generation: 1,
      losses,
    });
    expect(linkView(attempt(0), []).badge).toBe('connecting');
    expect(linkView(attempt(1), []).badge).toBe('reconnecting');
  });
});

const track = (over: Partial<LinkTrack>): LinkTrack => ({
  modality: 'audio',
  codec: 'opus',
  bitrateBps: 62_400,
  unitsPerSecond: 50,
  decodedPerSecond: 50,
  lost: 0,
  jitter: millis(1.25),
  decodeMs: 1.02,
  width: 0,
  height: 0,
  ...over,
});

const picture = track({
  modality: 'video',
  codec: 'vp8',
  bitrateBps: 1_200_000,
  unitsPerSecond: 14.9,
  decodedPerSecond: 7.5,
  lost: 0.063,
  jitter: millis(140),
  decodeMs: 3,
  width: 320,
  height: 240,
});

const link = (...tracks: readonly LinkTrack[]): Link => ({ kind: 'webrtc-udp', roundTrip: null, tracks });

describe('trackFigures', () => {
  it('puts sound beside picture', () => {
    const rows = trackFigures(link(track({}), picture)).map(({ name, audio, video }) => [name, audio, video]);
    expect(rows).toEqual([
      ['Coded as', 'Opus', 'VP8 320×240'],
      ['Bitrate', '62 kbit/s', '1.2 Mbit/s'],
      ['Arriving', '50 packets/s', '15 fps'],
      ['Decoded', '50 packets/s', '7.5 fps'],
      ['Lost', '0 %', '6.3 %'],
      ['Jitter', '1.3 ms', '140 ms'],
      ['Decoding', '1.0 ms/s', '3.0 ms/s'],
    ]);
  });

  it('marks what is worth a worry', () => {
    const bad = trackFigures(link(track({}), picture)).filter((row) => row.bad.audio || row.bad.video);
    expect(bad.map(({ name }) => name)).toEqual(['Lost', 'Jitter']);
    expect(bad.every((row) => row.bad.video && !row.bad.audio)).toBe(true);
  });

  it('has a dash for the sense that is missing, and no lines where both are', () => {
    expect(trackFigures(link(picture)).every(({ audio }) => audio === '–')).toBe(true);
    expect(trackFigures(link())).toEqual([]);
    expect(trackFigures(null)).toEqual([]);
  });
});

describe('skewText', () => {
  it.each([
    [null, '–'],
    [0.3, 'none'],
    [12.4, 'picture 12 ms after sound'],
    [-8, 'picture 8 ms before sound'],
  ])('%s ms is "%s"', (skew, words) => {
    expect(skewText(skew)).toBe(words);
  });
});
