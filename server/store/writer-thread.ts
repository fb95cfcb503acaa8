/**
 * The thread that owns the only read-write connection, so that no fsync (up to 91 ms, reference/scale.md 3.2) stands on the
 * gateway's event loop. Started by `sqlite-feedback-log.ts`, ended by its `close` message.
 */
import { parentPort, workerData } from 'node:worker_threads';

import { unreachable } from '../../proto/errors.ts';
import { GroupCommit } from './group-commit.ts';
import { JournalFile } from './journal-file.ts';
import { storeErrorOf } from './sqlite.ts';
import {
  OPENING,
  type WriterOptions,
  type WriterReply,
  type WriterRequest,
  type WriterResult,
} from './writer-messages.ts';

function reply(message: WriterReply): void {
  parentPort?.postMessage(message);
}

function done(request: number, result: WriterResult): void {
  reply({ type: 'done', request, result });
}

function failed(request: number, error: unknown): void {
  const { code, message } = storeErrorOf('writing the journal', error);
  reply({ type: 'failed', request, code, message });
}

function serve(file: JournalFile, group: GroupCommit, message: WriterRequest): WriterResult | null {
  const { request } = message;
  if (message.type === 'append') {
    group.add({
      append: message.append,
      resolve: (appended) => done(request, { type: 'appended', appended }),
      reject: (error) => failed(request, error),
    });
    return null;
  }
  group.flush(); // the others see every append that was sent before them
  switch (message.type) {
    case 'entries':
      return { type: 'entries', entries: file.entries(message.after) };
    case 'stats':
      return { type: 'stats', ...file.stats() };
    case 'forget': {
      const appended = file.forget(message.id, message.what, message.at);
      file.reclaim(); // also for a repeated id: the first attempt may have died between the two
      return { type: 'appended', appended };
    }
    case 'change':
      return { type: 'appended', appended: file.change(message.change, message.from, message.at) };
    case 'close':
      parentPort?.close(); // with nothing left to listen to, the thread ends
      file.close();
      return null;
    default:
      return unreachable(message);
  }
}

function main({ path, featureHash, maxBytes }: WriterOptions): void {
  const file = new JournalFile(path, featureHash, maxBytes);
  const group = new GroupCommit((appends) => file.appendAll(appends));
  parentPort?.on('message', (message: WriterRequest) => {
    try {
      const result = serve(file, group, message);
      if (result) done(message.request, result);
    } catch (error) {
      failed(message.request, error);
    }
  });
}

try {
  main(workerData);
  done(OPENING, { type: 'ready' });
} catch (error) {
  failed(OPENING, error);
}
