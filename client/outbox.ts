/**
 * What must not be lost on the way: labels, undos, reviews, edits, rollbacks and forgets wait here until the server has
 * acknowledged or refused them, over any number of connections, and of reloads of the page (`outbox-store.ts`). Their ULIDs make sending twice harmless.
 */
import type { ClassEdit, Forget, LabelMessage, Review, Rollback, Undo } from '../proto/messages.ts';
import { ClientError } from './errors.ts';

export type Durable = LabelMessage | Undo | Review | ClassEdit | Rollback | Forget;
/** Oldest first; never changed in place. */
export type Outbox = readonly Durable[];

/** Labels that may wait. A person at one label a second fills it in four minutes without a server. */
export const OUTBOX_CAPACITY = 256;

/**
 * Adds a message; one that waits already stays where it is.
 * @throws {ClientError} ERR_CLIENT_OUTBOX when full: a label is refused aloud, none is dropped in silence.
 */
export function post(outbox: Outbox, message: Durable): Outbox {
  if (outbox.some((waiting) => waiting.id === message.id)) return outbox;
  if (outbox.length >= OUTBOX_CAPACITY) {
    throw new ClientError(
      'ERR_CLIENT_OUTBOX',
      `${outbox.length} labels wait for the server, at most ${OUTBOX_CAPACITY} can: wait until it is back`,
    );
  }
  return [...outbox, message];
}

/** Removes what was acknowledged or refused; an unknown id changes nothing. */
export function settle(outbox: Outbox, id: string): Outbox {
  return outbox.some((waiting) => waiting.id === id) ? outbox.filter((waiting) => waiting.id !== id) : outbox;
}
