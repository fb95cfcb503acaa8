import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MediaGate } from '../../../../client/capture/media-gate.ts';
import type { MediaUnit } from '../../../../proto/messages.ts';
import { micros } from '../../../../proto/units.ts';

let clock = 0;
const unit = (modality: 'audio' | 'video', key = true): MediaUnit => ({
  modality,
  key,
  at: micros(clock++),
  data: new Uint8Array(100),
});
const FULL = 1e9;

describe('MediaGate', () => {
  it('lets everything pass while the socket is empty', () => {
    const gate = new MediaGate();
    const key = unit('video');
    const sound = unit('audio');
    expect(gate.offer(key, 0)).toEqual([key]);
    expect(gate.offer(sound, 0)).toEqual([sound]);
    expect(gate.takeDropped()).toEqual({});
  });

  it('begins with a key frame', () => {
    const gate = new MediaGate();
    expect(gate.offer(unit('video', false), 0)).toEqual([]);
    expect(gate.needsKey).toBe(true);
    expect(gate.takeDropped()).toEqual({ 'before-key-frame': 1 });
    expect(gate.offer(unit('video', true), 0)).toHaveLength(1);
    expect(gate.needsKey).toBe(false);
  });

  it('sends no more than the socket takes, the rest later and in order', () => {
    const gate = new MediaGate({ socketBytes: 150, capacity: 10 });
    const units = [unit('video'), unit('audio'), unit('audio')];
    for (const one of units) gate.offer(one, FULL);
    expect(gate.drain(0)).toEqual(units.slice(0, 2)); // 0, 100: then 200 bytes are in the socket
    expect(gate.drain(0)).toEqual(units.slice(2));
  });

  it('drops the oldest sound and counts it', () => {
    const gate = new MediaGate({ socketBytes: 1, capacity: 2 });
    const units = [unit('audio'), unit('audio'), unit('audio')];
    for (const one of units) gate.offer(one, FULL);
    expect(gate.takeDropped()).toEqual({ 'socket-audio': 1 });
    expect(gate.drain(0)).toEqual(units.slice(1, 2));
  });

  it('drops with a picture the deltas after it, up to the next key frame', () => {
    const gate = new MediaGate({ socketBytes: 1e6, capacity: 3 });
    const units = [unit('video', true), unit('video', false), unit('video', true), unit('audio')];
    for (const one of units) gate.offer(one, FULL);
    expect(gate.takeDropped()).toEqual({ 'socket-video': 2 });
    expect(gate.drain(0)).toEqual(units.slice(2));
    expect(gate.needsKey).toBe(false);
  });

  it('asks for a key frame where none waits behind a dropped picture', () => {
    const gate = new MediaGate({ socketBytes: 1e6, capacity: 1 });
    gate.offer(unit('video', true), FULL);
    gate.offer(unit('video', false), FULL);
    expect(gate.needsKey).toBe(true);
  });

  it('never sends a delta whose reference was dropped', () => {
    const offers = fc.array(fc.record({ video: fc.boolean(), key: fc.boolean(), full: fc.boolean() }), {
      maxLength: 80,
    });
    fc.assert(
      fc.property(offers, (rows) => {
        const gate = new MediaGate({ socketBytes: 250, capacity: 4 });
        const offered: MediaUnit[] = [];
        const sent: MediaUnit[] = [];
        for (const { video, key, full } of rows) {
          const next = unit(video ? 'video' : 'audio', !video || key);
          offered.push(next);
          sent.push(...gate.offer(next, full ? FULL : 0));
        }
        const pictures = offered.filter((one) => one.modality === 'video');
        for (const one of sent.filter((other) => other.modality === 'video' && !other.key)) {
          const before = pictures[pictures.indexOf(one) - 1];
          expect(before === undefined || !sent.includes(before)).toBe(false);
        }
      }),
    );
  });
});
