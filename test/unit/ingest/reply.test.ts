import { afterEach, describe, expect, it, vi } from 'vitest';

import { countDecoder, openDecoders } from '../../../server/ingest/open-decoders.ts';
import { Reply } from '../../../server/ingest/reply.ts';

const native = () => ({ close: vi.fn() });

describe('Reply', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('resolves with the output that follows the call', async () => {
    const [reply, output] = [new Reply(), native()];
    await expect(reply.after(() => queueMicrotask(() => reply.output(output)))).resolves.toBe(output);
    expect(output.close).not.toHaveBeenCalled();
  });

  it('rejects with the error of the callback or of the call', async () => {
    const reply = new Reply();
    await expect(reply.after(() => reply.error(new Error('callback')))).rejects.toThrow('callback');
    const call = () => {
      throw new Error('call');
    };
    await expect(reply.after(call)).rejects.toThrow('call');
  });

  it('closes what comes when nobody waits', async () => {
    const [reply, first, second] = [new Reply(), native(), native()];
    await reply.after(() => {
      reply.output(first);
      reply.output(second);
    });
    reply.output(first);
    expect([first.close.mock.calls.length, second.close.mock.calls.length]).toEqual([1, 1]);
  });

  it('rejects when nothing comes for five seconds', async () => {
    vi.useFakeTimers();
    const pending = expect(new Reply().after(() => {})).rejects.toThrow('nothing');
    await vi.advanceTimersByTimeAsync(5_000);
    await pending;
  });
});

describe('openDecoders', () => {
  it('counts each decoder once', () => {
    const before = openDecoders();
    const uncount = countDecoder();
    expect(openDecoders()).toBe(before + 1);
    uncount();
    uncount();
    expect(openDecoders()).toBe(before);
  });
});
