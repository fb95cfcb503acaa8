/** Which way from tracks to encoded units this browser can go. */

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

/** The best path; `wanted` (the page's `?path=`) is followed where the browser has it. */
export function choosePath(has: Abilities, wanted: string | null = null): CapturePath {
  const open: readonly CapturePath[] = [
    ...(has.trackProcessor && has.encoders && has.worker ? (['worker'] as const) : []),
    ...(has.encoders ? (['page'] as const) : []),
    'plain',
  ];
  return open.find((path) => path === wanted) ?? open[0] ?? 'plain';
}
