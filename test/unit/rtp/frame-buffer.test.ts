import { describe, expect, it } from 'vitest';
import { FrameBuffer, MAX_FRAME_BYTES } from '../../../src/rtp/frame-buffer.ts';

describe('FrameBuffer', () => {
  it('joins what is appended, also when it has to grow', () => {
    const frame = new FrameBuffer();
    const parts = [1, 2, 3].map((value) => new Uint8Array(20_000).fill(value));
    for (const part of parts) expect(frame.append(part)).toBe(true);
    expect(frame.length).toBe(60_000);
    expect(frame.copy()).toEqual(new Uint8Array(parts.flatMap((part) => [...part])));
  });

  it('gives copies that the next frame does not touch, and nothing larger', () => {
    const frame = new FrameBuffer();
    frame.append(new Uint8Array([1, 2]));
    const first = frame.copy();
    frame.clear();
    frame.append(new Uint8Array([3]));
    expect([first, frame.copy()]).toEqual([new Uint8Array([1, 2]), new Uint8Array([3])]);
    expect(first.buffer.byteLength).toBe(2);
  });

  it('takes 4 MiB and not a byte more', () => {
    const frame = new FrameBuffer();
    expect(frame.append(new Uint8Array(MAX_FRAME_BYTES))).toBe(true);
    expect(frame.append(new Uint8Array(1))).toBe(false);
    expect(frame.length).toBe(4 * 1024 * 1024);
  });
});
