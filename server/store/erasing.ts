/**
 * Erasing from the journal's tables what a person wants gone. No transaction of its own: whoever calls has begun one.
 */
import type { DatabaseSync } from 'node:sqlite';

import type { SessionSpan } from '../../src/journal.ts';
import type { Forgotten } from './ports.ts';

const DELETE_BATCH = 200; // samples a statement: bounds what SQLite keeps in memory, about 16 MB of pages
const ERASED = `body = json_object('type', 'erased', 'id', id, 'forgetId', :forget)`;

export const isSpan = (what: Forgotten): what is SessionSpan => what !== null && typeof what === 'object';

/** Which labels go, as a condition on rows of `journal`, and its parameters. */
type Which = { readonly sql: string; readonly values: Readonly<Record<string, string | number>> };

function labelsOf(what: Forgotten): Which {
  if (what === null) return { sql: `type = 'label'`, values: {} };
  if (!isSpan(what)) return { sql: `type = 'label' AND class_id = :class`, values: { class: what } };
  const { sessionId, start, end } = what;
  const sql = `type = 'label' AND body ->> '$.sessionId' = :session AND body ->> '$.start' < :end AND body ->> '$.end' > :start`;
  return { sql, values: { session: sessionId, start, end } };
}

/**
 * Erases the labels, those that were undone too: samples, scores, what people said of them; of a class (null: of all) also its
 * names and colours. What remains of an event is `erased`, of an undo that there was one.
 */
export function eraseFrom(db: DatabaseSync, forgetId: string, what: Forgotten): void {
  const { sql, values } = labelsOf(what);
  const labels = `SELECT id FROM journal WHERE ${sql}`;
  const samples = db.prepare(
    `DELETE FROM sample WHERE id IN (
       SELECT sample.id FROM sample JOIN journal ON journal.seq = sample.label_seq WHERE ${sql} LIMIT ${DELETE_BATCH})`,
  );
  while (Number(samples.run(values).changes) > 0);
  // A gate's verdict is written for people and may name classes.
  db.exec(
    `UPDATE journal SET body = json_set(body, '$.verdict', '') WHERE type IN ('promotion', 'rejection')`,
  );
  const named = { ...values, forget: forgetId };
  // By their labels' ids, so before the labels themselves.
  db.prepare(
    `UPDATE journal SET ${ERASED} WHERE type IN ('score', 'keep', 'suspicion') AND body ->> '$.labelId' IN (${labels})`,
  ).run(named);
  db.prepare(
    `UPDATE journal SET body = json_remove(body, '$.by') WHERE type = 'undo' AND body ->> '$.labelId' IN (${labels})`,
  ).run(values);
  db.prepare(`UPDATE journal SET ${ERASED} WHERE ${sql}`).run(named);
  if (!isSpan(what)) eraseNames(db, forgetId, what);
}

function eraseNames(db: DatabaseSync, forget: string, classId: string | null): void {
  const events = `type IN ('class-add', 'class-rename', 'class-recolour')`;
  db.prepare(`UPDATE journal SET ${ERASED} WHERE ${events} AND (:class IS NULL OR class_id = :class)`).run({
    forget,
    class: classId,
  });
}
