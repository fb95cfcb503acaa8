/**
 * Which way sound and picture go, and why: over WebRTC while that works, else over the WebSocket. Pure; the timers, peers and
 * encoders that follow from it are `capture/media-link.ts`.
 */
import { unreachable } from '../../proto/errors.ts';
import type { WebrtcState } from '../../proto/messages.ts';
import { type Millis, millis } from '../../proto/units.ts';

/** `?path=` of the page: a way that is to be taken, or null for the best one. */
export type PathWish = 'webrtc' | 'websocket' | null;

/**
 * Why sound and picture go over the WebSocket. `wished`: the page's address says so. `browser`, `server`: one of both cannot do
 * WebRTC. `late`: no connection within the deadline. `refused`: the server gave it up. `broken`: the browser did. `unsteady`: it was
 * lost too often.
 */
export type LinkReason = 'wished' | 'browser' | 'server' | 'late' | 'refused' | 'broken' | 'unsteady';

export type LinkState = {
  readonly phase: 'off' | 'connecting' | 'webrtc' | 'websocket';
  /** Of the newest offer; 0 before the first one. Never goes back while the page is open. */
  readonly generation: number;
  /** While `webrtc`. */
  readonly transport: 'udp' | 'tcp' | null;
  /** Times it was lost since it was last steady. */
  readonly losses: number;
  /** While `websocket`: why. While `connecting` again: what was lost. */
  readonly reason: LinkReason | null;
  /** In the words of whoever gave it up; may be empty. */
  readonly detail: string;
  /** What the server says would change it; may be empty. */
  readonly remedy: string;
};

export type LinkEvent =
  /** There is a source, or a trial, and a server that listens. */
  | { readonly type: 'begin'; readonly able: boolean; readonly server: WebrtcState }
  /** The source was stopped or the server is gone. */
  | { readonly type: 'end' }
  | { readonly type: 'connected'; readonly generation: number; readonly transport: 'udp' | 'tcp' }
  /** The browser gave the attempt up, or the connection was lost. */
  | { readonly type: 'failed'; readonly generation: number; readonly detail: string }
  | { readonly type: 'gone'; readonly generation: number; readonly detail: string; readonly again: boolean }
  /** The deadline has passed. */
  | { readonly type: 'late'; readonly generation: number }
  /** It has held for a while. */
  | { readonly type: 'steady'; readonly generation: number }
  /** The person wants WebRTC tried again. */
  | { readonly type: 'again' };

export const NO_LINK: LinkState = {
  phase: 'off',
  generation: 0,
  transport: null,
  losses: 0,
  reason: null,
  detail: '',
  remedy: '',
};

/** From the offer to a connection; then the WebSocket is taken. */
export const CONNECT_MS = millis(4000);
/** A connection that held this long was steady. */
export const STEADY_MS = millis(15_000);
/** Waits before the first, second, … offer after a loss; after the last one the WebSocket is taken. */
const WAITS_MS = [0, 250, 500, 1000, 2000] as const;

/** How long to wait before the next offer. */
export const offerDelay = ({ losses }: LinkState): Millis =>
  millis(losses === 0 ? 0 : (WAITS_MS[Math.min(losses, WAITS_MS.length) - 1] ?? 0));

const attempt = (state: LinkState, more: Partial<LinkState> = {}): LinkState => ({
  ...NO_LINK,
  phase: 'connecting',
  losses: state.losses,
  generation: state.generation + 1,
  ...more,
});

const fallBack = (state: LinkState, reason: LinkReason, detail = '', remedy = ''): LinkState => ({
  ...NO_LINK,
  phase: 'websocket',
  generation: state.generation,
  reason,
  detail,
  remedy,
});

function begin(state: LinkState, event: Extract<LinkEvent, { type: 'begin' }>, wish: PathWish): LinkState {
  const { able, server } = event;
  if (wish === 'websocket') return fallBack(state, 'wished');
  if (!able) return fallBack(state, 'browser');
  if (!server.available) return fallBack(state, 'server', server.reason, server.remedy);
  return attempt({ ...state, losses: 0 });
}

/** After a loss: another attempt while there are any left, or for ever where WebRTC was wished for. */
function lost(state: LinkState, reason: LinkReason, detail: string, wish: PathWish): LinkState {
  const losses = state.losses + 1;
  if (losses > WAITS_MS.length && wish !== 'webrtc') return fallBack(state, 'unsteady', detail);
  return attempt(state, { losses, reason, detail });
}

/** An attempt has come to nothing. */
function missed(state: LinkState, reason: LinkReason, detail: string, wish: PathWish): LinkState {
  return wish === 'webrtc' ? lost(state, reason, detail, wish) : fallBack(state, reason, detail);
}

/** The state after an event; the same object where the event changes nothing, above all one of an older generation. */
export function reduceLink(state: LinkState, event: LinkEvent, wish: PathWish): LinkState {
  if (event.type === 'begin') return state.phase === 'off' ? begin(state, event, wish) : state;
  if (event.type === 'end')
    return state.phase === 'off' ? state : { ...NO_LINK, generation: state.generation };
  if (event.type === 'again') return state.phase === 'websocket' ? attempt({ ...state, losses: 0 }) : state;
  const { phase, generation } = state;
  if (event.generation !== generation || (phase !== 'connecting' && phase !== 'webrtc')) return state;
  switch (event.type) {
    case 'connected': {
      const { transport } = event;
      if (phase === 'webrtc' && transport === state.transport) return state;
      return { ...NO_LINK, phase: 'webrtc', transport, generation, losses: state.losses };
    }
    case 'late':
      return phase === 'connecting' ? missed(state, 'late', '', wish) : state;
    case 'failed':
      if (phase === 'webrtc') return lost(state, 'broken', event.detail, wish);
      return missed(state, 'broken', event.detail, wish);
    case 'gone':
      if (event.again) return lost(state, 'refused', event.detail, wish);
      return missed(state, 'refused', event.detail, wish);
    case 'steady':
      return phase === 'webrtc' && state.losses > 0 ? { ...state, losses: 0 } : state;
    default:
      return unreachable(event);
  }
}
