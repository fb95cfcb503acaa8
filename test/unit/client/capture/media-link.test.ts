import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MediaLink, type MediaPeer, type PeerEvents } from '../../../../client/capture/media-link.ts';
import type { PathWish } from '../../../../client/state/link.ts';
import type { ClientMessage, Link, Modality } from '../../../../proto/messages.ts';
import { millis } from '../../../../proto/units.ts';

/** A peer that does what a test says, and notes what it is told. */
class FakePeer implements MediaPeer {
  readonly answers: string[] = [];
  readonly enabled: (readonly [Modality, boolean])[] = [];
  closed = false;
  readonly events: PeerEvents;

  constructor(events: PeerEvents) {
    this.events = events;
  }
  answer(sdp: string): void {
    this.answers.push(sdp);
  }
  enable(modality: Modality, on: boolean): void {
    this.enabled.push([modality, on]);
  }
  close(): void {
    this.closed = true;
  }
}

function linked(wish: PathWish = null, able = true) {
  const sent: ClientMessage[] = [];
  const peers: FakePeer[] = [];
  const encoding: boolean[] = [];
  const phases: string[] = [];
  const link = new MediaLink({
    wish,
    able,
    send: (message) => sent.push(message) > 0,
    openPeer: (events) => {
      const peer = new FakePeer(events);
      peers.push(peer);
      return peer;
    },
    encode: (on) => encoding.push(on),
    changed: ({ phase }) => phases.push(phase),
  });
  const newest = (): FakePeer => {
    vi.advanceTimersByTime(0); // the wait before a first offer is none
    const peer = peers.at(-1);
    if (!peer) throw new Error('no peer was opened');
    return peer;
  };
  return { link, sent, peers, encoding, phases, newest };
}

const arriving = (...unitsPerSecond: readonly number[]): Link => ({
  kind: 'webrtc-udp',
  roundTrip: null,
  tracks: unitsPerSecond.map((units) => ({
    modality: 'audio',
    codec: 'opus',
    bitrateBps: 0,
    unitsPerSecond: units,
    decodedPerSecond: 0,
    lost: 0,
    jitter: millis(0),
    decodeMs: 0,
    width: 0,
    height: 0,
  })),
});

const YES = { available: true } as const;

function connectedLink() {
  const all = linked();
  all.link.want(true);
  all.link.connected(YES);
  const peer = all.newest();
  peer.events.offer('offer 1');
  peer.events.connected('udp');
  return { ...all, peer };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('MediaLink', () => {
  it('offers when there are both a source and a server, and applies the answer', () => {
    const { link, sent, peers, newest, phases } = linked();
    link.want(true);
    expect(peers).toHaveLength(0);
    link.connected(YES);
    const peer = newest();
    peer.events.offer('offer 1');
    expect(sent).toEqual([{ type: 'rtc-offer', generation: 1, sdp: 'offer 1' }]);
    link.answered({ type: 'rtc-answer', generation: 1, sdp: 'answer 1' });
    expect(peer.answers).toEqual(['answer 1']);
    peer.events.connected('udp');
    expect(phases).toEqual(['connecting', 'webrtc']);
  });

  it('encodes for the WebSocket when nothing has connected within four seconds', () => {
    const { link, sent, encoding, newest } = linked();
    link.want(true);
    link.connected(YES);
    const peer = newest();
    peer.events.offer('offer 1');
    vi.advanceTimersByTime(3999);
    expect(encoding).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(encoding).toEqual([true]);
    expect(peer.closed).toBe(true);
    expect(sent.at(-1)).toEqual({ type: 'rtc-close', generation: 1 });
  });

  it('does not come back from the WebSocket by itself', () => {
    const { link, peers, newest } = linked();
    link.want(true);
    link.connected(YES);
    newest();
    vi.advanceTimersByTime(600_000);
    expect(peers).toHaveLength(1);
  });

  it('tries again when the person asks, and encodes nothing meanwhile', () => {
    const { link, encoding, peers, newest } = linked();
    link.want(true);
    link.connected(YES);
    newest();
    vi.advanceTimersByTime(4000);
    link.again();
    newest();
    expect(encoding).toEqual([true, false]);
    expect(peers).toHaveLength(2);
  });

  it('says nothing to the server where no offer was made', () => {
    const { link, sent, encoding } = linked(null, false);
    link.want(true);
    link.connected(YES);
    expect(encoding).toEqual([true]);
    expect(sent).toEqual([]);
  });

  it('ignores an answer to an older offer', () => {
    const { link, newest, peers } = connectedLink();
    link.gone({ type: 'rtc-gone', generation: 1, reason: 'worker died', again: true });
    newest();
    link.answered({ type: 'rtc-answer', generation: 1, sdp: 'old' });
    expect(peers.map((peer) => peer.answers)).toEqual([[], []]);
  });

  it('offers anew at once when the server has lost its end, without a word of farewell', () => {
    const { link, sent, peer, newest } = connectedLink();
    link.gone({ type: 'rtc-gone', generation: 1, reason: 'worker died', again: true });
    const second = newest();
    second.events.offer('offer 2');
    expect(peer.closed).toBe(true);
    expect(sent.map(({ type }) => type)).toEqual(['rtc-offer', 'rtc-offer']);
    expect(sent.at(-1)).toEqual({ type: 'rtc-offer', generation: 2, sdp: 'offer 2' });
  });

  it('is not misled by the events of a peer that was given up', () => {
    const { link, peer, newest, sent, phases } = connectedLink();
    link.gone({ type: 'rtc-gone', generation: 1, reason: 'worker died', again: true });
    newest();
    peer.events.failed('closed');
    peer.events.connected('tcp');
    peer.events.offer('late offer');
    expect(phases.at(-1)).toBe('connecting');
    expect(sent).toHaveLength(1);
  });

  it('waits before a second offer in a row, and counts the deadline from then on', () => {
    const { link, peers, newest, encoding } = connectedLink();
    link.gone({ type: 'rtc-gone', generation: 1, reason: 'worker died', again: true });
    newest();
    link.gone({ type: 'rtc-gone', generation: 2, reason: 'not back yet', again: true });
    vi.advanceTimersByTime(249);
    expect(peers).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(peers).toHaveLength(3);
    vi.advanceTimersByTime(3999);
    expect(encoding).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(encoding).toEqual([true]);
  });

  it('begins with a new generation on a new connection', () => {
    const { link, peer, newest, sent } = connectedLink();
    link.connected(null);
    expect(peer.closed).toBe(true);
    link.connected(YES);
    newest().events.offer('offer 2');
    expect(sent.at(-1)).toEqual({ type: 'rtc-offer', generation: 2, sdp: 'offer 2' });
  });

  it('closes when the source stops', () => {
    const { link, peer, sent, phases } = connectedLink();
    link.want(false);
    expect(peer.closed).toBe(true);
    expect(sent.at(-1)).toEqual({ type: 'rtc-close', generation: 1 });
    expect(phases.at(-1)).toBe('off');
  });

  it('leaves no timer behind', () => {
    const { link } = connectedLink();
    link.enable('audio', false);
    link.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('stops a track that is switched off, and closes it when what was under way has arrived', () => {
    const { link, peer, sent } = connectedLink();
    expect(link.enable('audio', false)).toBe(true);
    expect(peer.enabled).toEqual([['audio', false]]);
    vi.advanceTimersByTime(499);
    expect(sent).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(sent.at(-1)).toEqual({ type: 'track-close', modality: 'audio' });
  });

  it('does not close a track that is switched on again at once', () => {
    const { link, peer, sent } = connectedLink();
    link.enable('video', false);
    link.enable('video', true);
    vi.advanceTimersByTime(1000);
    expect(peer.enabled).toEqual([
      ['video', false],
      ['video', true],
    ]);
    expect(sent).toHaveLength(1);
  });

  it('leaves switches to the sender while the WebSocket is taken', () => {
    const { link } = linked('websocket');
    link.want(true);
    link.connected(YES);
    expect(link.enable('audio', false)).toBe(false);
  });

  it('offers anew when nothing has arrived at the server for three seconds, although it was sent', () => {
    const { link, peers, newest } = connectedLink();
    link.heard(arriving(0, 0), true);
    link.heard(arriving(0, 0), true);
    expect(link.state.phase).toBe('webrtc');
    link.heard(arriving(0, 0), true);
    expect(link.state).toMatchObject({ phase: 'connecting', generation: 2, losses: 1 });
    newest();
    expect(peers).toHaveLength(2);
  });

  it.each<[string, readonly [Link | null, boolean][]]>([
    ['one sense still arrives', Array(5).fill([arriving(0, 15), true])],
    ['both are switched off', Array(5).fill([arriving(0, 0), false])],
    ['nothing was measured yet', Array(5).fill([null, true])],
    ['no track has begun', Array(5).fill([arriving(), true])],
    [
      'it was silent for a moment only',
      [2, 3].flatMap(() => [...Array(2).fill([arriving(0), true]), [arriving(50), true]]),
    ],
  ])('leaves the connection alone while %s', (_, reports) => {
    const { link } = connectedLink();
    for (const [arrived, sending] of reports) link.heard(arrived, sending);
    expect(link.state).toMatchObject({ phase: 'webrtc', generation: 1 });
  });
});
