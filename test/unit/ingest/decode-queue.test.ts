import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { micros } from '../../../proto/units.ts';
import { DecodeQueue, type QueuedUnit } from '../../../server/ingest/decode-queue.ts';

const queued = (at: number, key: boolean): QueuedUnit => ({
  unit: { modality: 'video', key, at: micros(at), data: Uint8Array.of(0) },
  key,
  shown: true,
});

/** A queue whose decoder answers when told to. */
function stage(limit: number) {
  const started: number[] = [];
  const shed: string[] = [];
  const answers: ((decoded: boolean) => void)[] = [];
  const queue = new DecodeQueue({
    limit,
    decode: ({ unit }) => {
      started.push(unit.at);
      return new Promise((resolve) => answers.push(resolve));
    },
    onShed: ({ reason, at }) => shed.push(`${at} ${reason}`),
  });
  const answer = async (decoded = true): Promise<void> => {
    answers.shift()?.(decoded);
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  };
  return { queue, started, shed, answer };
}

describe('DecodeQueue', () => {
  it('decodes one unit at a time, in order', async () => {
    const { queue, started, answer } = stage(5);
    for (const [at, key] of [
      [1, true],
      [2, false],
      [3, false],
    ] as const)
      queue.push(queued(at, key));
    expect(started).toEqual([1]);
    await answer();
    expect(started).toEqual([1, 2]);
    await answer();
    await answer();
    expect(started).toEqual([1, 2, 3]);
  });

  it('sheds deltas before the first key unit', () => {
    const { queue, started, shed } = stage(5);
    queue.push(queued(1, false));
    queue.push(queued(2, true));
    expect([started, shed]).toEqual([[2], ['1 no-key-frame']]);
  });

  it('sheds the oldest unit and all that need it when full', async () => {
    const { queue, started, shed, answer } = stage(4);
    queue.push(queued(0, true)); // at once in the decoder
    for (const [at, key] of [
      [1, false],
      [2, false],
      [3, true],
      [4, false],
    ] as const)
      queue.push(queued(at, key));
    queue.push(queued(5, false));
    expect(shed).toEqual(['1 decode-queue', '2 decode-queue']);
    for (let i = 0; i < 4; i++) await answer();
    expect(started).toEqual([0, 3, 4, 5]);
  });

  it('waits for a key unit where shedding left none', () => {
    const { queue, shed } = stage(2);
    for (const at of [0, 1, 2, 3]) queue.push(queued(at, at === 0));
    queue.push(queued(4, true));
    expect(shed).toEqual(['1 decode-queue', '2 decode-queue', '3 no-key-frame']);
  });

  it('sheds one at a time where every unit is a key unit', () => {
    const { queue, shed } = stage(2);
    for (const at of [0, 1, 2, 3, 4]) queue.push(queued(at, true));
    expect(shed).toEqual(['1 decode-queue', '2 decode-queue']);
  });

  it('counts a refused unit and goes on at the next key unit', async () => {
    const { queue, started, shed, answer } = stage(9);
    for (const [at, key] of [
      [0, true],
      [1, false],
      [2, false],
      [3, true],
    ] as const)
      queue.push(queued(at, key));
    await answer();
    await answer(false);
    expect([started, shed]).toEqual([
      [0, 1, 3],
      ['1 undecodable', '2 no-key-frame'],
    ]);
    await answer(false);
    queue.push(queued(4, false));
    queue.push(queued(5, true));
    expect([started.at(-1), shed.slice(2)]).toEqual([5, ['3 undecodable', '4 no-key-frame']]);
  });

  it('is drained when the last unit has come out, or at once when idle or closed', async () => {
    const { queue, answer } = stage(9);
    await queue.drained();
    queue.push(queued(0, true));
    queue.push(queued(1, false));
    let drained = false;
    void queue.drained().then(() => {
      drained = true;
    });
    await answer();
    expect(drained).toBe(false);
    await answer();
    expect(drained).toBe(true);
    queue.push(queued(2, true));
    const closed = queue.drained();
    queue.close();
    queue.close();
    await closed;
  });

  it('takes and sheds nothing after close', async () => {
    const { queue, started, shed, answer } = stage(9);
    queue.push(queued(0, true));
    queue.push(queued(1, false));
    queue.close();
    await answer(false);
    queue.push(queued(2, true));
    expect([started, shed]).toEqual([[0], []]);
  });

  it('decodes or sheds every unit exactly once, and never a delta whose predecessor was lost', async () => {
    const plan = fc.array(fc.record({ key: fc.boolean(), answer: fc.boolean(), good: fc.boolean() }), {
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(plan, fc.integer({ min: 1, max: 5 }), async (steps, limit) => {
        const { queue, started, shed, answer } = stage(limit);
        for (const [at, step] of steps.entries()) {
          queue.push(queued(at, step.key));
          if (step.answer) await answer(step.good);
        }
        for (let i = 0; i < steps.length; i++) await answer();
        const lost = shed
          .filter((line) => !line.endsWith('undecodable'))
          .map((line) => Number.parseInt(line, 10));
        expect([...started, ...lost].toSorted((a, b) => a - b)).toEqual(steps.map((_, at) => at));
        const failed = new Set(shed.map((line) => Number.parseInt(line, 10)));
        for (const at of started) if (!steps[at]?.key) expect(failed.has(at - 1)).toBe(false);
      }),
      { numRuns: 100 },
    );
  });
});
