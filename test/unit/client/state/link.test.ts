import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type LinkEvent,
  type LinkState,
  NO_LINK,
  offerDelay,
  type PathWish,
  reduceLink,
} from '../../../../client/state/link.ts';

const BEGIN: LinkEvent = { type: 'begin', able: true, server: { available: true } };
const END: LinkEvent = { type: 'end' };
const connected = (generation: number, transport: 'udp' | 'tcp' = 'udp'): LinkEvent => ({
  type: 'connected',
  generation,
  transport,
});
const late = (generation: number): LinkEvent => ({ type: 'late', generation });
const failed = (generation: number): LinkEvent => ({ type: 'failed', generation, detail: 'no word' });
const gone = (generation: number, again: boolean): LinkEvent => ({
  type: 'gone',
  generation,
  detail: 'worker died',
  again,
});
const steady = (generation: number): LinkEvent => ({ type: 'steady', generation });

/** The state after events, from nothing. */
const stateAfter = (events: readonly LinkEvent[], wish: PathWish = null): LinkState =>
  events.reduce((state, event) => reduceLink(state, event, wish), NO_LINK);

describe('reduceLink, from a beginning to a way', () => {
  it.each<[string, readonly LinkEvent[], Partial<LinkState>]>([
    ['offers first', [BEGIN], { phase: 'connecting', generation: 1, losses: 0 }],
    [
      'goes by UDP',
      [BEGIN, connected(1)],
      { phase: 'webrtc', transport: 'udp', generation: 1, reason: null },
    ],
    ['goes by TCP', [BEGIN, connected(1, 'tcp')], { phase: 'webrtc', transport: 'tcp' }],
    [
      'finds UDP after TCP',
      [BEGIN, connected(1, 'tcp'), connected(1)],
      { phase: 'webrtc', transport: 'udp' },
    ],
    [
      'falls back after the deadline',
      [BEGIN, late(1)],
      { phase: 'websocket', reason: 'late', generation: 1 },
    ],
    [
      'falls back where the browser fails',
      [BEGIN, failed(1)],
      { phase: 'websocket', reason: 'broken', detail: 'no word' },
    ],
    [
      'falls back where the server gives up',
      [BEGIN, gone(1, false)],
      { phase: 'websocket', reason: 'refused', detail: 'worker died' },
    ],
    [
      'offers again where the server says so',
      [BEGIN, gone(1, true)],
      { phase: 'connecting', generation: 2, losses: 1 },
    ],
    [
      'does not offer where the browser cannot',
      [{ ...BEGIN, able: false }],
      { phase: 'websocket', reason: 'browser', generation: 0 },
    ],
    [
      'does not offer where the server cannot',
      [{ ...BEGIN, server: { available: false, reason: 'no worker', remedy: 'npm start' } }],
      { phase: 'websocket', reason: 'server', detail: 'no worker', remedy: 'npm start', generation: 0 },
    ],
  ])('%s', (_, events, expected) => {
    expect(stateAfter(events)).toMatchObject(expected);
  });
});

describe('reduceLink, after a connection', () => {
  const up = [BEGIN, connected(1)];

  it.each<[string, readonly LinkEvent[], Partial<LinkState>]>([
    [
      'a worker died: offers again at once',
      [...up, gone(1, true)],
      { phase: 'connecting', generation: 2, losses: 1 },
    ],
    [
      'the network was lost: offers again',
      [...up, failed(1)],
      { phase: 'connecting', generation: 2, reason: 'broken' },
    ],
    ['and is back', [...up, gone(1, true), connected(2)], { phase: 'webrtc', generation: 2, losses: 1 }],
    ['and forgets the loss', [...up, gone(1, true), connected(2), steady(2)], { phase: 'webrtc', losses: 0 }],
    [
      'but not within the deadline',
      [...up, gone(1, true), late(2)],
      { phase: 'websocket', reason: 'late', generation: 2 },
    ],
    ['the deadline of the offer means nothing any more', [...up, late(1)], { phase: 'webrtc' }],
    ['the source stops', [...up, END], { phase: 'off', generation: 1, transport: null }],
    [
      'a new connection begins with a new generation',
      [...up, END, BEGIN],
      { phase: 'connecting', generation: 2, losses: 0 },
    ],
  ])('%s', (_, events, expected) => {
    expect(stateAfter(events)).toMatchObject(expected);
  });

  it('ignores what is said of an older generation', () => {
    const now = stateAfter([...up, gone(1, true)]);
    for (const event of [connected(1), late(1), failed(1), gone(1, false), steady(1)])
      expect(reduceLink(now, event, null)).toBe(now);
  });

  it('gives up when it was lost five times in a row without holding', () => {
    let state = stateAfter(up);
    for (let loss = 1; loss <= 5; loss++) {
      state = reduceLink(state, gone(state.generation, true), null);
      expect(state).toMatchObject({ phase: 'connecting', losses: loss });
      state = reduceLink(state, connected(state.generation), null);
    }
    state = reduceLink(state, gone(state.generation, true), null);
    expect(state).toMatchObject({ phase: 'websocket', reason: 'unsteady', generation: 6 });
  });

  it('waits longer before each further offer, and not at all before the first', () => {
    const delays = [0, 1, 2, 3, 4, 5, 9].map((losses) => offerDelay({ ...NO_LINK, losses }));
    expect(delays).toEqual([0, 0, 250, 500, 1000, 2000, 2000]);
  });
});

describe('reduceLink, with the WebSocket taken', () => {
  it('stays there until the person asks, or the connection begins anew', () => {
    const there = stateAfter([BEGIN, late(1)]);
    for (const event of [BEGIN, late(1), failed(1), gone(1, true), connected(1), steady(1)])
      expect(reduceLink(there, event, null)).toBe(there);
    expect(reduceLink(there, { type: 'again' }, null)).toMatchObject({ phase: 'connecting', generation: 2 });
    expect(stateAfter([BEGIN, late(1), END, BEGIN])).toMatchObject({ phase: 'connecting', generation: 2 });
  });

  it('is taken at once where the page asks for it', () => {
    expect(stateAfter([BEGIN], 'websocket')).toMatchObject({
      phase: 'websocket',
      reason: 'wished',
      generation: 0,
    });
  });

  it('is never taken after a failure where WebRTC was wished for', () => {
    let state = stateAfter([BEGIN], 'webrtc');
    for (let i = 0; i < 12; i++) {
      state = reduceLink(state, late(state.generation), 'webrtc');
      expect(state.phase).toBe('connecting');
    }
    expect(offerDelay(state)).toBe(2000);
  });
});

describe('reduceLink, always', () => {
  const event: fc.Arbitrary<LinkEvent> = fc.oneof(
    fc.constantFrom(BEGIN, END, { type: 'again' } as const),
    fc.nat(8).chain((g) => fc.constantFrom(connected(g), late(g), failed(g), gone(g, true), gone(g, false))),
    fc.nat(8).map(steady),
  );

  it('never uses a generation twice, and has a transport exactly while it goes by WebRTC', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        let state = NO_LINK;
        for (const next of events) {
          const before = state;
          state = reduceLink(state, next, null);
          expect(state.generation).toBeGreaterThanOrEqual(before.generation);
          if (state.phase === 'connecting' && state !== before)
            expect(state.generation).toBe(before.generation + 1);
          expect(state.transport !== null).toBe(state.phase === 'webrtc');
          if (state.phase === 'websocket') expect(state.reason).not.toBeNull();
        }
      }),
    );
  });
});
