import { describe, expect, it } from 'vitest';
import { DropOldest } from '../../../../client/capture/drop-oldest.ts';

function make(capacity: number) {
  const taken: number[] = [];
  const dropped: number[] = [];
  const gate = { ready: true };
  const queue = new DropOldest<number>({
    capacity,
    ready: () => gate.ready,
    take: (item) => taken.push(item),
    drop: (item) => dropped.push(item),
  });
  return { queue, taken, dropped, gate };
}

describe('DropOldest', () => {
  it('hands on at once what a free encoder can take', () => {
    const { queue, taken } = make(1);
    queue.push(1);
    expect(taken).toEqual([1]);
    expect(queue.length).toBe(0);
  });

  it('keeps the newest while the encoder is busy and drops the oldest', () => {
    const { queue, taken, dropped, gate } = make(2);
    gate.ready = false;
    for (const item of [1, 2, 3, 4]) queue.push(item);
    expect(dropped).toEqual([1, 2]);
    gate.ready = true;
    queue.pump();
    expect(taken).toEqual([3, 4]);
  });

  it('drops what waits when it is closed', () => {
    const { queue, dropped, gate } = make(3);
    gate.ready = false;
    queue.push(7);
    queue.close();
    expect(dropped).toEqual([7]);
    expect(queue.length).toBe(0);
  });
});
