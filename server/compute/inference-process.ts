/** The inference process: opens what the first message names, then serves until its parent goes. Composition only. */
import { Socket } from 'node:net';
import { encodersOf } from '../../src/model/encoders.ts';
import { openJournalReader } from '../store/journal-reader.ts';
import { Backbone } from './backbone/backbone.ts';
import { openBackend } from './backend.ts';
import { readCheckpoint } from './checkpoint.ts';
import { CommandReader } from './command-pipe.ts';
import { Embedder } from './embedder.ts';
import { failureOf, InferenceLoop } from './inference-loop.ts';
import type { OpenRequest, Reply } from './inference-messages.ts';
import { COMMAND_PIPE, isOpenRequest } from './inference-messages.ts';
import { finish } from './lessons.ts';
import { Serving } from './serving.ts';
import { limitThreads } from './threads.ts';

const READ_BYTES = 64 * 1024;

function send(reply: Reply): void {
  // A gateway that goes while this is written is noticed by the disconnect, not by an error here.
  if (process.connected) process.send?.(reply, undefined, undefined, () => undefined);
}

async function open({
  backend: choice,
  journal: path,
  featureHash,
  folder,
  version,
  backbones: settings,
}: OpenRequest): Promise<InferenceLoop> {
  const checkpoint = await readCheckpoint(folder, featureHash);
  const journal = openJournalReader(path, featureHash);
  const backend = await openBackend(choice);
  const { audio, video } = checkpoint.encoders;
  const backbones = {
    audio: settings?.audio ? await Backbone.open(settings.audio) : null,
    video: settings?.video ? await Backbone.open(settings.video) : null,
  };
  const embedder = await Embedder.open(backend, encodersOf([...audio, ...video]), backbones);
  const serving = new Serving({ embedder, journal });
  finish(serving.adopt(checkpoint, version));
  send({ type: 'ready', report: backend.report });
  return new InferenceLoop({
    serving,
    readCheckpoint: (next) => readCheckpoint(next, featureHash),
    nextTurn: setImmediate,
    done: (id, result) => send({ type: 'done', id, result }),
    failed: (id, failure) => send({ type: 'failed', id, failure }),
    memory: () => ({ rssBytes: process.memoryUsage.rss(), tensors: backend.tensors() }),
  });
}

/** Reads the pipe through one buffer that is used again and again. */
function readCommands(reader: CommandReader): void {
  const callback = (bytes: number, buffer: Uint8Array): boolean => {
    reader.push(buffer.subarray(0, bytes));
    return true;
  };
  const pipe = new Socket({ fd: COMMAND_PIPE, onread: { buffer: new Uint8Array(READ_BYTES), callback } });
  pipe.on('error', () => undefined); // it breaks when the gateway ends, as the channel does: see disconnect
}

function main(): void {
  limitThreads();
  let loop: InferenceLoop | null = null;
  readCommands(new CommandReader(({ id, command }) => loop?.push(id, command)));
  process.on('message', (message: unknown) => {
    if (!isOpenRequest(message)) return;
    open(message).then(
      (opened) => {
        loop = opened;
      },
      (error: unknown) => {
        send({ type: 'refused', failure: failureOf(error) });
        process.disconnect();
      },
    );
  });
  // Nothing here outlives the gateway: the journal is only read, and everything else can be made again.
  process.on('disconnect', () => process.exit());
}

main();
