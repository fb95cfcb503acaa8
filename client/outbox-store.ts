/**
 * The outbox across a reload: this tab's storage holds what waits, as the bytes that go over the wire. Bounded by the outbox's
 * own capacity (256 messages of at most some 250 bytes). A closed tab takes it along, as it does the session it belongs to.
 */
import { decodeClient, encodeClient } from '../proto/codec.ts';
import type { ClientMessage } from '../proto/messages.ts';
import { type Durable, OUTBOX_CAPACITY, type Outbox } from './outbox.ts';

const KEY = 'counterpoise.outbox';
const DURABLE: ReadonlySet<string> = new Set<Durable['type']>([
  'label',
  'undo',
  'review',
  'class-edit',
  'rollback',
  'forget',
]);

const isDurable = (message: ClientMessage): message is Durable => DURABLE.has(message.type);

const written = (message: Durable): string => btoa(String.fromCharCode(...encodeClient(message)));

function read(text: unknown): readonly Durable[] {
  try {
    const bytes = Uint8Array.from(atob(String(text)), (character) => character.charCodeAt(0));
    const message = decodeClient(bytes);
    return isDurable(message) ? [message] : [];
  } catch {
    return []; // of another version, or not ours: nothing that could be sent
  }
}

/** Keeps what waits. A storage that is full or forbidden keeps nothing: the outbox still works until the page is left. */
export function keepOutbox(storage: Storage, outbox: Outbox): void {
  try {
    if (outbox.length === 0) storage.removeItem(KEY);
    else storage.setItem(KEY, JSON.stringify(outbox.map(written)));
  } catch {
    // as the doc says
  }
}

/** What waited when the page was left, oldest first; at most the outbox's capacity. */
export function readOutbox(storage: Storage): Outbox {
  try {
    const kept: unknown = JSON.parse(storage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.slice(0, OUTBOX_CAPACITY).flatMap(read) : [];
  } catch {
    return [];
  }
}
