/** Which way from tracks to the server this browser can go. */
import type { PathWish } from '../state/link.ts';

/**
 * `worker`: MediaStreamTrackProcessor and WebCodecs in a Worker (Chromium). `page`: video frame callbacks, an AudioWorklet
 * and WebCodecs in the page. `plain`: JPEG pictures and PCM16 sound, where there is no WebCodecs.
 */
export type CapturePath = 'worker' | 'page' | 'plain';

export type Abilities = {
  readonly trackProcessor: boolean;
  readonly encoders: boolean;
  readonly worker: boolean;
};

/** Looks at what the browser has; asks for nothing. */
export function abilities(scope: object): Abilities {
  return {
    trackProcessor: 'MediaStreamTrackProcessor' in scope,
    encoders: 'VideoEncoder' in scope && 'AudioEncoder' in scope,
    worker: 'Worker' in scope,
  };
}

/** `?path=`: one of these takes the WebSocket although there may be WebRTC. */
const OVER_WEBSOCKET: readonly string[] = ['websocket', 'webcodecs', 'worker', 'page', 'plain'];

/** What `?path=` wishes for; a word that is not known wishes for nothing. */
export function wishOf(wanted: string | null): PathWish {
  if (wanted === 'webrtc') return 'webrtc';
  return wanted !== null && OVER_WEBSOCKET.includes(wanted) ? 'websocket' : null;
}

/** The best path; `wanted` (the page's `?path=`) is followed where the browser has it. */
export function choosePath(has: Abilities, wanted: string | null = null): CapturePath {
  const open: readonly CapturePath[] = [
    ...(has.trackProcessor && has.encoders && has.worker ? (['worker'] as const) : []),
    ...(has.encoders ? (['page'] as const) : []),
    'plain',
  ];
  return open.find((path) => path === wanted) ?? open[0] ?? 'plain';
}
