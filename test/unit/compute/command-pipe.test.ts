import { PassThrough, Writable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CommandReader, CommandWriter } from '../../../server/compute/command-pipe.ts';
import type { Command, CommandRequest } from '../../../server/compute/inference-messages.ts';
import { pairOf } from '../../support/compute-windows.ts';

const infer = (
  kind: number,
  seed: number,
  sides: 'both' | 'audio' | 'video' = 'both',
): Extract<Command, { type: 'infer' }> => ({
  type: 'infer',
  pair: pairOf(kind, seed, sides),
});
/** The same with a waveform beside its mel columns. */
function withSamples(command: Extract<Command, { type: 'infer' }>): Extract<Command, { type: 'infer' }> {
  const { pair } = command;
  const pcm = Float32Array.from({ length: 15_600 }, (_, i) => i / 7);
  return { ...command, pair: { ...pair, audio: pair.audio && { ...pair.audio, pcm } } };
}
const COMMANDS: readonly Command[] = [
  infer(0, 1),
  { type: 'learn', seq: 7 },
  infer(1, 2, 'audio'),
  withSamples(infer(3, 4)),
  { ...withSamples(infer(1, 5)), type: 'embed' },
  infer(2, 3, 'video'),
  { type: 'swap', folder: 'naïve 文件夹', version: 3 },
  { type: 'rebuild' },
  { type: 'stats' },
];

/** What a writer puts on its pipe. */
async function written(commands: readonly Command[]): Promise<Buffer> {
  const pipe = new PassThrough({ highWaterMark: 1e9 });
  const writer = new CommandWriter(pipe);
  commands.forEach((command, i) => {
    writer.send(i + 1, command);
  });
  pipe.end();
  return Buffer.concat(await pipe.toArray());
}

/** A pipe that takes its time: it holds what it is given until it is let go. */
class SlowPipe extends Writable {
  readonly buffers = new Set<ArrayBufferLike>();
  readonly #waiting: (() => void)[] = [];

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.buffers.add(chunk.buffer);
    this.#waiting.push(done);
  }

  async letGo(): Promise<void> {
    while (this.#waiting.length > 0) {
      this.#waiting.shift()?.();
      await new Promise(setImmediate);
    }
  }
}

describe('CommandWriter and CommandReader', () => {
  it('bring every command over, in order, in pieces of any size (law)', async () => {
    const bytes = await written(COMMANDS);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 20 }), (sizes) => {
        const read: CommandRequest[] = [];
        const reader = new CommandReader((request) => read.push(request));
        for (let at = 0, n = 0; at < bytes.length; n++) {
          const size = sizes[n % sizes.length] ?? 1;
          reader.push(bytes.subarray(at, at + size));
          at += size;
        }
        expect(read.map(({ id }) => id)).toEqual(COMMANDS.map((_, i) => i + 1));
        expect(read.map(({ command }) => command)).toEqual(COMMANDS);
      }),
      { numRuns: 10 },
    );
  });

  it('reads a command that comes byte by byte', async () => {
    const read: CommandRequest[] = [];
    const reader = new CommandReader((request) => read.push(request));
    for (const byte of await written([{ type: 'learn', seq: 9 }])) reader.push(Uint8Array.of(byte));
    expect(read).toEqual([{ id: 1, command: { type: 'learn', seq: 9 } }]);
  });

  it('gives windows that the next command does not write over', async () => {
    const read: Command[] = [];
    const reader = new CommandReader(({ command }) => read.push(command));
    const buffer = await written([infer(0, 1), infer(1, 2)]);
    reader.push(buffer);
    buffer.fill(0);
    expect(read).toEqual([infer(0, 1), infer(1, 2)]);
  });
});

describe('CommandWriter', () => {
  it('copies: a window may be changed as soon as it has been sent', async () => {
    const pipe = new PassThrough({ highWaterMark: 1e9 });
    const pair = pairOf(0, 1);
    new CommandWriter(pipe).send(1, { type: 'infer', pair });
    pair.audio?.mel.fill(0);
    pipe.end();
    const read: Command[] = [];
    new CommandReader(({ command }) => read.push(command)).push(Buffer.concat(await pipe.toArray()));
    expect(read).toEqual([infer(0, 1)]);
  });

  it('writes into the buffers that have left, never into one that is under way', async () => {
    const pipe = new SlowPipe({ highWaterMark: 1e9 });
    const writer = new CommandWriter(pipe);
    for (let n = 0; n < 3; n++) writer.send(n, infer(0, n));
    await pipe.letGo();
    expect(pipe.buffers.size).toBe(3);
    for (let n = 0; n < 10; n++) {
      writer.send(n, infer(0, n));
      await pipe.letGo();
    }
    expect(pipe.buffers.size).toBe(3);
  });
});
