/** Labels, edits and undos as messages: each with its own ULID, each for the session that is on the screen. */
import { ulid } from 'ulid';
import type { ClassChange, Scope } from '../proto/messages.ts';
import { type Micros, micros, millis } from '../proto/units.ts';
import type { What } from './actions.ts';
import type { Connection } from './connection.ts';
import { ClientError } from './errors.ts';
import type { ViewModel } from './model.ts';
import type { Outbox } from './outbox.ts';
import { pageNow } from './page-clock.ts';
import { type LabelEvent, lastUndoable } from './state/labels.ts';
import { GESTURE, type Selection, type SessionSpan } from './state/selection.ts';
import { heldSpan } from './state/teaching.ts';
import { addToast } from './state/toasts.ts';

export type LabellingOptions = {
  readonly model: ViewModel;
  readonly connection: Connection;
  /** Media time of the session on the screen, now; null where nothing is known of it. */
  readonly mediaNow: () => Micros | null;
  /** Tells the state what this person did. */
  readonly note: (event: LabelEvent) => void;
};

const TOAST_US = 7e6;

export class Labelling {
  readonly #options: LabellingOptions;
  #toast = 0;
  readonly #quiet = new Set<string>();
  /** What to do when a request is acknowledged, by its id. */
  readonly #done = new Map<string, () => void>();

  constructor(options: LabellingOptions) {
    this.#options = options;
  }

  /** True for a label that was given by the demo's teacher: it has its own progress and needs no note. */
  isQuiet(labelId: string): boolean {
    return this.#quiet.has(labelId);
  }

  /** A lesson of the demo: both senses, no note. @returns the label's id, or null. */
  lesson(span: Selection, className: string): string | null {
    const id = this.label(span, { kind: 'class', className }, 'both');
    if (id !== null) this.#quiet.add(id);
    return id;
  }

  /** Labels a span. @returns the label's id, or null where it could not be taken. */
  label(span: Selection, what: What, scope: Scope = this.#options.model.scope.value): string | null {
    const { model, connection, note } = this.#options;
    const sessionId = model.ribbon.value.sessionId;
    const id = ulid();
    if (sessionId === '' || span.end <= span.start) return null;
    const label = {
      type: 'label',
      id,
      sessionId,
      start: micros(Math.round(span.start)),
      end: micros(Math.round(span.end)),
      kind: what.kind,
      className: what.kind === 'unknown' ? '' : what.className,
      scope,
      at: millis(Date.now()),
    } as const;
    if (!this.#post(() => connection.post(label))) return null;
    note({ type: 'given', label });
    return id;
  }

  /** Corrects the live answer: the moments up to the newest answer were this. */
  correct(what: What): void {
    const end = this.#options.model.ribbon.value.newest;
    this.label({ start: micros(Math.max(0, end - GESTURE)), end }, what, 'both');
  }

  /** A class begins to be held. */
  press(className: string): void {
    const { model, mediaNow } = this.#options;
    const since = mediaNow();
    if (model.holding.value === null && since !== null) model.holding.value = { className, since };
  }

  /** It is let go: one label for the whole hold. */
  release(): void {
    const { model, mediaNow } = this.#options;
    const held = model.holding.value;
    const now = mediaNow();
    model.holding.value = null;
    if (held === null || now === null || now <= held.since) return;
    this.label(heldSpan(held.since, now), { kind: 'class', className: held.className });
  }

  /** Forgets a hold without a label: the window has lost the focus. */
  cancel(): void {
    this.#options.model.holding.value = null;
  }

  undo(labelId: string): void {
    const { connection, note } = this.#options;
    const undoId = ulid();
    if (this.#post(() => connection.post({ type: 'undo', id: undoId, labelId }))) {
      note({ type: 'undo-asked', labelId, undoId });
    }
  }

  undoLast(): void {
    const { labels, settings } = this.#options.model;
    const last = lastUndoable(labels.value, settings.value.name);
    if (last) this.undo(last.id);
    else this.say('info', 'Nothing to undo.');
  }

  edit(change: ClassChange): void {
    this.#post(() => this.#options.connection.post({ type: 'class-edit', id: ulid(), change }));
  }

  rollback(version: number): void {
    const id = ulid();
    this.#done.set(id, () => this.say('info', `Version ${version} serves again`));
    this.#post(() => this.#options.connection.post({ type: 'rollback', id, version }));
  }

  /** Says of a suspicious label that it is right (empty), or what it is instead. */
  review(labelId: string, classId: string): void {
    const { model, connection } = this.#options;
    const id = ulid();
    const nameOf = (of: string): string => model.classes.value.find((known) => known.id === of)?.name ?? '';
    const given = model.secondLook.value.suspicions.find((one) => one.labelId === labelId)?.classId ?? '';
    this.#done.set(id, () => {
      if (classId === '') this.say('info', `Kept as ${nameOf(given)}; you are not asked again`);
      else this.say('label', `Changed from ${nameOf(given)} to ${nameOf(classId)}`, { undoes: id });
    });
    this.#post(() => connection.post({ type: 'review', id, labelId, classId }));
  }

  /** Deletes every label that touches a span, for good. */
  forgetSpan({ sessionId, start, end }: SessionSpan): void {
    const id = ulid();
    const span = { sessionId, start: micros(Math.round(start)), end: micros(Math.round(end)) };
    this.#done.set(id, () => {
      this.#options.note({ type: 'forgotten', classId: '', span });
      this.say('info', 'Forgotten: its labels and their features were deleted');
    });
    const message = { type: 'forget', id, classId: '', everything: false, span } as const;
    this.#post(() => this.#options.connection.post(message));
  }

  forget(classId: string, everything: boolean): void {
    const id = ulid();
    this.#done.set(id, () => {
      this.#options.note({ type: 'forgotten', classId: everything ? '' : classId });
      this.say('info', everything ? 'Everything was deleted' : 'The class and its data were deleted');
    });
    this.#post(() => this.#options.connection.post({ type: 'forget', id, classId, everything }));
  }

  /** What was asked for before the page was loaded anew and still waits: shows it as it was shown then. */
  restore(waiting: Outbox): void {
    for (const message of waiting) {
      if (message.type === 'label') this.#options.note({ type: 'given', label: message });
      if (message.type === 'undo')
        this.#options.note({ type: 'undo-asked', labelId: message.labelId, undoId: message.id });
    }
  }

  /** A request was carried out: says so where nothing else on the screen does. */
  acknowledged(id: string): void {
    this.#done.get(id)?.();
    this.#done.delete(id);
  }

  /** Shows a note for some seconds. */
  say(
    kind: 'label' | 'info' | 'error',
    text: string,
    more: { effects?: ViewModel['labels']['value'][number]['effects']; undoes?: string } = {},
  ): void {
    const { toasts } = this.#options.model;
    this.#toast += 1;
    toasts.value = addToast(toasts.value, {
      id: this.#toast,
      kind,
      text,
      effects: more.effects ?? [],
      undoes: more.undoes ?? '',
      until: micros(pageNow() + TOAST_US),
    });
  }

  #post(send: () => void): boolean {
    try {
      send();
      return true;
    } catch (cause) {
      if (!(cause instanceof ClientError)) throw cause;
      this.say('error', cause.message);
      return false;
    }
  }
}
