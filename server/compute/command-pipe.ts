/**
 * Commands on their way from the gateway to the inference process: both ends of a pipe beside the two processes' channel.
 *
 * A window is 80 kB, and the channel would serialize each into a buffer of its own, made and dropped seventeen times a second by
 * four streams. Here it is written into buffers that are used again. One pipe for all commands, so that none overtakes another.
 *
 * A frame: length of the head and of the body, 32 bits each, little-endian; the head, JSON; the body, the bytes of a window.
 */
import type { Writable } from 'node:stream';

import type { AudioWindow, Pair, VideoWindow } from '../../src/media.ts';
import type { Command, CommandRequest } from './inference-messages.ts';

const PREFIX = 8;
/** Room for a window and its head; a longer frame gets a buffer of its own. */
const BUFFER_BYTES = 96 * 1024;
/** Buffers kept for the next frames: more of them are only under way where the process is behind. */
const KEPT_BUFFERS = 4;

/** A command without the numbers of its windows, and how many bytes of each follow. */
type Head =
  | Exclude<Command, { type: 'infer' | 'embed' }>
  | {
      /** What is asked of the window. */
      readonly type: 'window';
      readonly what: 'infer' | 'embed';
      readonly pair: Omit<Pair, 'audio' | 'video'>;
      readonly audio: Omit<AudioWindow, 'mel' | 'pcm'> | null;
      readonly video: Omit<VideoWindow, 'rgb' | 'older'> | null;
      readonly melBytes: number;
      readonly pcmBytes: number;
      readonly rgbBytes: number;
    };
type FrameHead = { readonly id: number; readonly head: Head };

const NONE = new Uint8Array(0);

function headOf(command: Command): Head {
  if (command.type !== 'infer' && command.type !== 'embed') return command;
  const { audio, video, ...pair } = command.pair;
  const heard = audio && withoutMel(audio);
  const seen = video && withoutPictures(video);
  const sizes = {
    melBytes: audio?.mel.byteLength ?? 0,
    pcmBytes: audio?.pcm?.byteLength ?? 0,
    rgbBytes: video?.rgb.length ?? 0,
  };
  return { type: 'window', what: command.type, pair, audio: heard, video: seen, ...sizes };
}

function withoutMel({ mel, pcm, ...rest }: AudioWindow): Omit<AudioWindow, 'mel' | 'pcm'> {
  return rest;
}

function withoutPictures({ rgb, older, ...rest }: VideoWindow): Omit<VideoWindow, 'rgb' | 'older'> {
  return rest;
}

const bytesOf = (values: Float32Array | undefined): Uint8Array =>
  values ? new Uint8Array(values.buffer, values.byteOffset, values.byteLength) : NONE;

/** The windows' numbers as they lie in memory; floats first, so that they are aligned where the body is. */
function bodyOf(command: Command): readonly Uint8Array[] {
  if (command.type !== 'infer' && command.type !== 'embed') return [];
  const { audio, video } = command.pair;
  return [bytesOf(audio?.mel), bytesOf(audio?.pcm), video?.rgb ?? NONE, video?.older ?? NONE];
}

/** The gateway's end. */
export class CommandWriter {
  readonly #pipe: Writable;
  readonly #free: Buffer[] = [];

  /** Does not own the pipe; whoever does hears of its errors. */
  constructor(pipe: Writable) {
    this.#pipe = pipe;
  }

  /** Sends a copy of a command: its windows may be changed afterwards. */
  send(id: number, command: Command): void {
    const head = JSON.stringify({ id, head: headOf(command) } satisfies FrameHead);
    const body = bodyOf(command);
    const headBytes = Buffer.byteLength(head);
    const bodyBytes = body.reduce((sum, { length }) => sum + length, 0);
    const buffer = this.#room(PREFIX + headBytes + bodyBytes);
    buffer.writeUInt32LE(headBytes, 0);
    buffer.writeUInt32LE(bodyBytes, 4);
    let at = PREFIX + buffer.write(head, PREFIX);
    for (const part of body) {
      buffer.set(part, at);
      at += part.length;
    }
    this.#pipe.write(buffer.subarray(0, at), () => {
      if (this.#free.length < KEPT_BUFFERS) this.#free.push(buffer);
    });
  }

  #room(bytes: number): Buffer {
    const free = bytes <= BUFFER_BYTES ? this.#free.pop() : undefined;
    return free ?? Buffer.allocUnsafeSlow(Math.max(bytes, BUFFER_BYTES));
  }
}

/** Both ends are this program. */
const isFrameHead = (value: unknown): value is FrameHead =>
  typeof value === 'object' && value !== null && 'id' in value && 'head' in value;

/** The inference process's end: bytes in pieces of any size in, commands out, in order. */
export class CommandReader {
  readonly #onCommand: (request: CommandRequest) => void;
  readonly #prefix = new Uint8Array(PREFIX);
  #filling: 'prefix' | 'head' | 'body' = 'prefix';
  #target = this.#prefix;
  #filled = 0;
  #bodyBytes = 0;
  #head: FrameHead | null = null;

  /** @param onCommand owns the windows of each. */
  constructor(onCommand: (request: CommandRequest) => void) {
    this.#onCommand = onCommand;
  }

  /** Takes the next bytes; they are read before it returns. */
  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      const count = Math.min(chunk.length - at, this.#target.length - this.#filled);
      this.#target.set(chunk.subarray(at, at + count), this.#filled);
      this.#filled += count;
      at += count;
      if (this.#filled === this.#target.length) this.#next();
    }
  }

  #next(): void {
    if (this.#filling === 'prefix') this.#expectHead();
    else if (this.#filling === 'head') this.#readHead();
    else this.#emit(this.#target);
  }

  #expectHead(): void {
    const view = new DataView(this.#prefix.buffer);
    this.#bodyBytes = view.getUint32(4, true);
    this.#fill('head', new Uint8Array(view.getUint32(0, true)));
  }

  #readHead(): void {
    const head: unknown = JSON.parse(Buffer.from(this.#target.buffer).toString());
    this.#head = isFrameHead(head) ? head : null;
    if (this.#bodyBytes === 0) this.#emit(NONE);
    else this.#fill('body', new Uint8Array(this.#bodyBytes));
  }

  #emit(body: Uint8Array<ArrayBuffer>): void {
    const read = this.#head;
    this.#fill('prefix', this.#prefix);
    if (read) this.#onCommand({ id: read.id, command: commandOf(read.head, body) });
  }

  #fill(what: 'prefix' | 'head' | 'body', target: Uint8Array<ArrayBuffer>): void {
    this.#filling = what;
    this.#target = target;
    this.#filled = 0;
  }
}

/** The windows are views of the body. */
function commandOf(head: Head, body: Uint8Array<ArrayBuffer>): Command {
  if (head.type !== 'window') return head;
  const { melBytes, pcmBytes, rgbBytes, audio, video } = head;
  const sound = melBytes + pcmBytes;
  const pictures = sound + rgbBytes;
  const mel = new Float32Array(body.buffer, 0, melBytes / Float32Array.BYTES_PER_ELEMENT);
  const pcm = new Float32Array(body.buffer, melBytes, pcmBytes / Float32Array.BYTES_PER_ELEMENT);
  const pair: Pair = {
    ...head.pair,
    audio: audio && { ...audio, mel, ...(pcmBytes > 0 ? { pcm } : {}) },
    video: video && { ...video, rgb: body.subarray(sound, pictures), older: body.subarray(pictures) },
  };
  return { type: head.what, pair };
}
