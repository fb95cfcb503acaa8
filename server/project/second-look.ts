/**
 * Labels that look mislabelled, for people to look at again. Once raised a suspicion stands until somebody has decided: rounds
 * that train on a wrong label make it look right (ADR 0057). It is in the journal, and so is the decision.
 */
import { BehaviorSubject, type Observable } from 'rxjs';
import type { SecondLook as SecondLookMessage, Suspected } from '../../proto/messages.ts';
import type { EffectiveLabel, JournalEntry } from '../../src/journal.ts';
import { viewOf } from '../../src/journal.ts';
import type { Suspicion } from '../../src/model/suspicion.ts';
import type { Inference } from '../compute/ports.ts';
import type { JournalView } from './journal-view.ts';

/** A short list: more than a few at once is a chore, and each decision may answer others. */
const SHOWN = 5;

/** A suspicion that nobody has decided on, with its label. */
export type Open = { readonly label: EffectiveLabel; readonly suspicion: Suspicion };

/** Suspicions that stand: label and both classes in force, nobody has said that it is right. The clearest first. Pure. */
export function openSuspicions(entries: readonly JournalEntry[]): readonly Open[] {
  const { labels, classes } = viewOf(entries);
  const inForce = new Map(labels.map((label) => [label.id, label] as const));
  const classIds = new Set(classes.map(({ id }) => id));
  const open = new Map<string, Open>();
  for (const { event } of entries) {
    if (event.type === 'keep') open.delete(event.labelId);
    if (event.type !== 'suspicion') continue;
    const label = inForce.get(event.labelId);
    if (label && classIds.has(event.otherId)) open.set(event.labelId, { label, suspicion: event });
  }
  const clearness = ({ suspicion: { audio, video } }: Open): number => audio * video;
  return [...open.values()].sort((a, b) => clearness(b) - clearness(a));
}

/** Labels about which a question was asked already, whatever was answered. */
const asked = (entries: readonly JournalEntry[]): ReadonlySet<string> =>
  new Set(entries.flatMap(({ event }) => (event.type === 'suspicion' ? [event.labelId] : [])));

const NOTHING: SecondLookMessage = { type: 'second-look', suspicions: [], total: 0 };

export type SecondLookOptions = { readonly journal: JournalView; readonly inference: Inference };

export class SecondLook {
  readonly #options: SecondLookOptions;
  readonly #message = new BehaviorSubject<SecondLookMessage>(NOTHING);
  /** By label id; only of what is shown. */
  #pictures = new Map<string, Uint8Array>();
  #looking: Promise<void> | null = null;
  #again = false;

  constructor(options: SecondLookOptions) {
    this.#options = options;
  }

  /** What peers are told, current value first. */
  get message$(): Observable<SecondLookMessage> {
    return this.#message.asObservable();
  }

  /**
   * The journal has grown, or other encoders serve: looks at all labels again. One look at a time; what is asked for meanwhile
   * is one more. Resolves when nothing is left to look at.
   */
  look(): Promise<void> {
    this.#again = true;
    this.#looking ??= this.#run().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #run(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      try {
        await this.#raise();
        await this.#tell();
      } catch {
        return; // the inference process or the store ended under it: they say so themselves, and the next change looks again
      }
    }
  }

  async #raise(): Promise<void> {
    const { journal, inference } = this.#options;
    const found = await inference.suspects();
    const known = asked(journal.entries);
    for (const suspicion of found) {
      const { labelId } = suspicion;
      // A label may have been taken back since the process looked.
      if (known.has(labelId) || !journal.view.labels.some(({ id }) => id === labelId)) continue;
      await journal.append({ type: 'suspicion', id: `${labelId}:suspicion`, ...suspicion });
    }
  }

  async #tell(): Promise<void> {
    const open = openSuspicions(this.#options.journal.entries);
    const shown = open.slice(0, SHOWN);
    const known = this.#pictures;
    const missing = shown.filter(({ label }) => !known.has(label.id));
    const made = missing.length === 0 ? [] : await this.#thumbnails(missing);
    const added = new Map(missing.map(({ label }, i) => [label.id, made[i] ?? new Uint8Array(0)] as const));
    const pictureOf = (id: string): Uint8Array => known.get(id) ?? added.get(id) ?? new Uint8Array(0);
    this.#pictures = new Map(shown.map(({ label }) => [label.id, pictureOf(label.id)]));
    const suspicions = shown.map((one) => suspected(one, pictureOf(one.label.id)));
    this.#message.next({ type: 'second-look', suspicions, total: open.length });
  }

  #thumbnails(open: readonly Open[]): Promise<readonly Uint8Array[]> {
    return this.#options.inference.thumbnails(open.map(({ label }) => label.seq));
  }
}

function suspected({ label, suspicion }: Open, picture: Uint8Array): Suspected {
  const { id: labelId, sessionId, start, end, by, labelledAt: at } = label;
  const { otherId, audio, video } = suspicion;
  const classId = label.classId ?? '';
  return { labelId, sessionId, start, end, classId, otherId, audio, video, by, at, picture };
}
