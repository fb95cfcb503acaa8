import { describe, expect, it } from 'vitest';
import { abilities, choosePath, wishOf } from '../../../../client/capture/paths.ts';

const chromium = { trackProcessor: true, encoders: true, worker: true };
const firefox = { trackProcessor: false, encoders: true, worker: true };
const old = { trackProcessor: false, encoders: false, worker: true };

describe('choosePath', () => {
  it('takes the best path that the browser has', () => {
    expect(choosePath(chromium)).toBe('worker');
    expect(choosePath(firefox)).toBe('page');
    expect(choosePath(old)).toBe('plain');
  });

  it('follows a wish that can be met and no other', () => {
    expect(choosePath(chromium, 'plain')).toBe('plain');
    expect(choosePath(old, 'worker')).toBe('plain');
    expect(choosePath(chromium, 'nonsense')).toBe('worker');
  });
});

describe('abilities', () => {
  it('looks for both encoders', () => {
    expect(abilities({ VideoEncoder: 1, Worker: 1 })).toEqual({
      trackProcessor: false,
      encoders: false,
      worker: true,
    });
    expect(abilities({ VideoEncoder: 1, AudioEncoder: 1 }).encoders).toBe(true);
  });
});

describe('wishOf', () => {
  it.each([
    [null, null],
    ['nonsense', null],
    ['webrtc', 'webrtc'],
    ['webcodecs', 'websocket'],
    ['websocket', 'websocket'],
    ['worker', 'websocket'],
    ['page', 'websocket'],
    ['plain', 'websocket'],
  ])('?path=%s wishes for %s', (path, wish) => {
    expect(wishOf(path)).toBe(wish);
  });
});
