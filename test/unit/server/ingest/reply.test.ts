import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Reply } from '../../../../server/ingest/reply.ts';

class Output {
  closed = false;
  close(): void {
    this.closed = true;
  }
}

describe('Reply', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('resolves with the output that follows each call', async () => {
    const reply = new Reply<Output>();
    for (let n = 0; n < 3; n++) {
      const output = new Output();
      const after = reply.after(() => queueMicrotask(() => reply.output(output)));
      expect(await after).toBe(output);
      expect(output.closed).toBe(false);
    }
  });

  it('closes what comes when nobody waits', () => {
    const output = new Output();
    new Reply<Output>().output(output);
    expect(output.closed).toBe(true);
  });

  it('rejects on the decoder’s error, and on what the call itself throws', async () => {
    const reply = new Reply<Output>();
    await expect(reply.after(() => reply.error(new Error('told')))).rejects.toThrow('told');
    const thrown = reply.after(() => {
      throw new Error('thrown');
    });
    await expect(thrown).rejects.toThrow('thrown');
  });

  it('takes a decoder for stuck that gives nothing for five seconds, counted anew with each call', async () => {
    const reply = new Reply<Output>();
    const first = reply.after(() => undefined);
    await vi.advanceTimersByTimeAsync(4_999);
    reply.output(new Output());
    await first;
    const outcome = vi.fn();
    reply.after(() => undefined).catch(outcome);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(outcome).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(outcome).toHaveBeenCalledOnce();
  });

  it('watches on after it has once told', async () => {
    const reply = new Reply<Output>();
    for (let n = 0; n < 2; n++) {
      const stuck = expect(reply.after(() => undefined)).rejects.toThrow('five seconds');
      await vi.advanceTimersByTimeAsync(5_000);
      await stuck;
    }
  });
});
