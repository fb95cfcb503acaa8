/**
 * A project: classes, journal, champion. Streams and people of one project share its model.
 *
 * Every change goes through here, one at a time, in this order: journal (fsync), inference process, acknowledgement.
 */
import {
  BehaviorSubject,
  combineLatest,
  distinctUntilChanged,
  map,
  merge,
  type Observable,
  Subject,
} from 'rxjs';
import { ulid } from 'ulid';
import type {
  Ack,
  BalanceReport,
  ClassChange,
  Classes,
  Forget,
  LabelMessage,
  LabelPlaced,
  Model,
  RebalanceCommand,
  Review,
  Rollback,
  SecondLook as SecondLookMessage,
  Training,
  Undo,
} from '../../proto/messages.ts';
import type { EffectiveLabel, RawSample } from '../../src/journal.ts';
import type { Inference } from '../compute/ports.ts';
import { SessionError } from '../errors.ts';
import type { FeedbackLog, ModelRegistry, StoreStats } from '../store/ports.ts';
import { classEvent, classInfos, classNamed, deletedClasses, requireClass } from './classes.ts';
import type { JournalView } from './journal-view.ts';
import {
  acknowledged,
  changedLabel,
  duplicate,
  emptySpan,
  keptSamples,
  labelEvent,
  labelInForce,
  placed,
} from './labels.ts';
import type { Learning } from './learning.ts';
import { trainingMessage } from './learning-state.ts';
import { modelState } from './model-state.ts';
import { oncePerChange } from './once-per-change.ts';
import { oneAfterAnother } from './one-after-another.ts';
import type { Rebalancing } from './rebalancing.ts';
import { Scoreboard } from './scoreboard.ts';
import type { SecondLook } from './second-look.ts';
import { leaveDeclined, leaveTainted, removeTainted, versionToServe } from './ways-back.ts';

export type ProjectDeps = {
  readonly journal: JournalView;
  readonly feedback: FeedbackLog;
  readonly registry: ModelRegistry;
  readonly inference: Inference;
  readonly learning: Learning;
  readonly rebalancing: Rebalancing;
  readonly secondLook: SecondLook;
  /** What the encoders began as, in words. */
  readonly beginning: string;
};

export class Project {
  readonly #deps: ProjectDeps;
  readonly #classes: BehaviorSubject<Classes>;
  readonly #placed = new Subject<LabelPlaced>();
  readonly #scores: BehaviorSubject<Scoreboard>;
  readonly #inTurn = oneAfterAnother();
  readonly #scoreboard: () => Scoreboard;

  constructor(deps: ProjectDeps) {
    this.#deps = deps;
    this.#classes = new BehaviorSubject(this.#classTable());
    this.#scoreboard = oncePerChange(deps.journal, (entries) => Scoreboard.of(entries));
    this.#scores = new BehaviorSubject(this.#scoreboard());
    deps.rebalancing.open(this.#inTurn, deps.learning);
  }

  /** The class table, current value first. */
  get classes$(): Observable<Classes> {
    return this.#classes.asObservable();
  }

  /** The champion, its history and the backend, current value first. */
  get model$(): Observable<Model> {
    return combineLatest([this.#classes, this.#deps.learning.state$]).pipe(
      map(() => modelState(this.#deps.journal.entries, this.#deps.inference.report, this.#deps.beginning)),
      distinctUntilChanged((a, b) => a.version === b.version && a.history.length === b.history.length),
    );
  }

  /** Labels as they are placed on a ribbon or taken off it. */
  get placed$(): Observable<LabelPlaced> {
    return this.#placed.asObservable();
  }

  /** What training does and how the answers did, current value first. */
  get training$(): Observable<Training> {
    const { learning } = this.#deps;
    return combineLatest([learning.state$, this.#scores]).pipe(
      // A promotion too changes what the scores say: nothing of the new version was scored yet.
      map(([state]) => trainingMessage(state, this.#scoreboard(), learning.waiting)),
    );
  }

  /** The balance as it went, what is done about it, and the evidence; current value first. */
  get balance$(): Observable<BalanceReport> {
    const { rebalancing, learning } = this.#deps;
    return rebalancing.report$(merge(this.#classes, this.#scores), learning);
  }

  /** Labels that look mislabelled, current value first. */
  get secondLook$(): Observable<SecondLookMessage> {
    return this.#deps.secondLook.message$;
  }

  get learning(): Learning {
    return this.#deps.learning;
  }

  /** Labels in force that were given on one session's ribbon. */
  labelsOf(sessionId: string): readonly LabelPlaced[] {
    return this.#deps.journal.view.labels
      .filter((label) => label.sessionId === sessionId)
      .map((label) => placed(label, false));
  }

  stats(): Promise<StoreStats> {
    return this.#deps.feedback.stats();
  }

  /**
   * Writes a label with its samples, moves the prototypes, and only then answers.
   * @throws {SessionError} ERR_LABEL_EMPTY when no window lies inside the span, ERR_CLASS_UNKNOWN for "not X" of an unknown X.
   */
  label(message: LabelMessage, by: string, samples: readonly RawSample[]): Promise<Ack> {
    return this.#inTurn(async () => {
      const known = this.#deps.journal.seqOf(message.id);
      if (known !== null) return duplicate(message.id, known);
      const kept = await keptSamples(this.#deps.inference, samples, message.scope);
      if (kept.length === 0) throw new SessionError('ERR_LABEL_EMPTY', emptySpan(message, samples.length));
      const event = labelEvent(message, {
        by,
        classId: await this.#classFor(message),
        samples: kept,
        entries: this.#deps.journal.entries,
      });
      const { seq, duplicate: twice } = await this.#deps.journal.append(event, kept);
      if (twice) return duplicate(message.id, seq);
      const { effects, scored } = await this.#deps.inference.learn(seq);
      if (event.kind === 'class') {
        await this.#deps.journal.append({
          type: 'score',
          id: `${event.id}:score`,
          labelId: event.id,
          samples: scored,
        });
      }
      this.#scores.next(this.#scoreboard());
      this.#placed.next(placed(event, false));
      const left = await leaveDeclined(this.#deps, this.#scores.value.stream);
      if (left) this.#scores.next(this.#scoreboard());
      this.#changed();
      return { type: 'ack', id: message.id, seq, duplicate: false, effects, samples: kept.length };
    });
  }

  /** Takes a label back: from now on it counts as never given. `by`: who did. @throws {SessionError} ERR_LABEL_UNKNOWN */
  undo({ id, labelId }: Undo, by = ''): Promise<Ack> {
    return this.#inTurn(async () => {
      const known = this.#deps.journal.seqOf(id);
      if (known !== null) return duplicate(id, known);
      const label = labelInForce(this.#deps.journal.view, labelId);
      const { seq } = await this.#deps.journal.append({ type: 'undo', id, labelId, by });
      await this.#takenBack([label], false);
      return acknowledged(id, seq);
    });
  }

  /**
   * What somebody says of a label on a second look: it is right and nobody is asked again, or it is of another class.
   * @throws {SessionError} ERR_LABEL_UNKNOWN, ERR_CLASS_UNKNOWN
   */
  review({ id, labelId, classId }: Review, by: string): Promise<Ack> {
    return this.#inTurn(async () => {
      const { journal } = this.#deps;
      const known = journal.seqOf(id);
      if (known !== null) return duplicate(id, known);
      const label = labelInForce(this.#deps.journal.view, labelId);
      if (classId === '') {
        const { seq } = await journal.append({ type: 'keep', id, labelId, by });
        this.#changed();
        return acknowledged(id, seq);
      }
      requireClass(classId, journal.view.classes);
      const changed = changedLabel(label, { id, classId }, by, journal.entries);
      const { seq } = await journal.change({ label: changed, by }, label.seq);
      this.#placed.next(placed(changed, false));
      await this.#takenBack([label], false);
      const samples = Math.max(changed.audioSamples, changed.videoSamples);
      return { ...acknowledged(id, seq), samples };
    });
  }

  /** Adds, renames, recolours or deletes a class. @throws {SessionError} ERR_CLASS_NAME_TAKEN, ERR_CLASS_UNKNOWN */
  edit(id: string, change: ClassChange): Promise<Ack> {
    return this.#inTurn(async () => {
      const known = this.#deps.journal.seqOf(id);
      if (known !== null) return duplicate(id, known);
      const gone = this.#deps.journal.view.labels.filter(
        (label) => change.type === 'delete' && label.classId === change.classId,
      );
      const { seq } = await this.#edit(id, change);
      if (change.type === 'delete') await this.#takenBack(gone, false);
      else {
        if (change.type === 'add') await this.#deps.inference.rebuild();
        this.#changed();
      }
      return acknowledged(id, seq);
    });
  }

  /** Serves an older version again. @throws {SessionError} ERR_VERSION_UNKNOWN */
  rollback({ id, version }: Rollback): Promise<Ack> {
    return this.#inTurn(async () => {
      const known = this.#deps.journal.seqOf(id);
      if (known !== null) return duplicate(id, known);
      const target = await versionToServe(this.#deps, version);
      const { seq } = await this.#deps.journal.append({
        type: 'rollback',
        id,
        version,
        reason: 'asked for on the page',
      });
      await this.#deps.inference.swap(target.folder, version);
      this.#changed();
      return acknowledged(id, seq);
    });
  }

  /** What rounds train by from the next one on, and whether policies are compared. Durable when it resolves. */
  choose(command: RebalanceCommand): Promise<void> {
    return this.#deps.rebalancing.choose(command);
  }

  /**
   * Erases the data of one class (deleted or not), of a span of a session, or everything: labels, those that were undone too,
   * their features and names, and every version that learned from them.
   * @throws {SessionError} ERR_CLASS_UNKNOWN for a class of which nothing is left
   */
  forget({ id, classId, everything, span }: Forget): Promise<Ack> {
    return this.#inTurn(async () => {
      const { journal } = this.#deps;
      const known = journal.seqOf(id);
      const what = span ?? (everything ? null : classId);
      if (known === null && typeof what === 'string')
        requireClass(what, [...journal.view.classes, ...deletedClasses(journal.entries)]);
      const before = journal.view.labels;
      const { seq } = await journal.forget(id, what);
      const left = new Set(journal.view.labels.map((label) => label.id));
      // All of it also where it was asked for before: that attempt may have ended here.
      const gone = before.filter((label) => !left.has(label.id));
      await this.#takenBack(gone, true);
      await removeTainted(this.#deps);
      return known === null ? acknowledged(id, seq) : duplicate(id, seq);
    });
  }

  /** These count no more: prototypes, the version that serves and every page follow. `erased`: not even for a while. */
  async #takenBack(gone: readonly EffectiveLabel[], erased: boolean): Promise<void> {
    await this.#deps.inference.rebuild();
    await leaveTainted(this.#deps, erased);
    for (const label of gone) this.#placed.next(placed(label, true));
    this.#scores.next(this.#scoreboard());
    this.#changed();
  }

  #changed(): void {
    this.#classes.next(this.#classTable());
    this.#deps.rebalancing.follow();
    this.#deps.learning.notify();
    void this.#deps.secondLook.look();
  }

  async #classFor(message: LabelMessage): Promise<string | null> {
    if (message.kind === 'unknown') return null;
    const known = classNamed(this.#deps.journal.view.classes, message);
    if (known) return known.id;
    const classId = ulid();
    await this.#edit(`${message.id}:class`, { type: 'add', name: message.className, colour: '' }, classId);
    return classId;
  }

  #edit(id: string, change: ClassChange, newId = ulid()): Promise<{ readonly seq: number }> {
    const { journal } = this.#deps;
    return journal.append(classEvent(journal.view.classes, { id, change, newId }));
  }

  #classTable(): Classes {
    const { view } = this.#deps.journal;
    const deleted = deletedClasses(this.#deps.journal.entries);
    return { type: 'classes', classes: classInfos(view), seq: view.lastSeq, deleted };
  }
}
