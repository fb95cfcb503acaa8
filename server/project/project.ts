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
  ClassInfo,
  Forget,
  LabelMessage,
  LabelPlaced,
  Model,
  RebalanceCommand,
  Rollback,
  Training,
  Undo,
} from '../../proto/messages.ts';
import type { Sample } from '../../src/journal.ts';
import { declineOf } from '../../src/pmr/stream/rollback.ts';
import { STREAM } from '../../src/pmr/stream/settings.ts';
import type { Inference } from '../compute/ports.ts';
import { SessionError } from '../errors.ts';
import type { FeedbackLog, ModelRegistry, StoreStats } from '../store/ports.ts';
import { classEvent, classInfos } from './classes.ts';
import type { JournalView } from './journal-view.ts';
import { acknowledged, duplicate, emptySpan, labelEvent, placed, scoped } from './labels.ts';
import type { Learning } from './learning.ts';
import { trainingMessage } from './learning-state.ts';
import { cleanVersions, olderChampion, servingOf } from './lineage.ts';
import { modelState } from './model-state.ts';
import type { Rebalancing } from './rebalancing.ts';
import { Scoreboard } from './scoreboard.ts';

export type ProjectDeps = {
  readonly journal: JournalView;
  readonly feedback: FeedbackLog;
  readonly registry: ModelRegistry;
  readonly inference: Inference;
  readonly learning: Learning;
  readonly rebalancing: Rebalancing;
};

export class Project {
  readonly #deps: ProjectDeps;
  readonly #classes: BehaviorSubject<Classes>;
  readonly #placed = new Subject<LabelPlaced>();
  readonly #scores: BehaviorSubject<Scoreboard>;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(deps: ProjectDeps) {
    this.#deps = deps;
    this.#classes = new BehaviorSubject(this.#classTable());
    this.#scores = new BehaviorSubject(Scoreboard.of(deps.journal.entries));
    deps.rebalancing.open(() => void this.#inTurn(() => this.#decide()));
  }

  /** The class table, current value first. */
  get classes$(): Observable<Classes> {
    return this.#classes.asObservable();
  }

  /** The champion, its history and the backend, current value first. */
  get model$(): Observable<Model> {
    return combineLatest([this.#classes, this.#deps.learning.state$]).pipe(
      map(() => modelState(this.#deps.journal.entries, this.#deps.inference.report)),
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
      map(([state, scores]) => trainingMessage(state, scores, learning.waiting)),
    );
  }

  /** The balance as it went, what is done about it, and the evidence; current value first. */
  get balance$(): Observable<BalanceReport> {
    const { rebalancing, learning } = this.#deps;
    return rebalancing.report$(merge(this.#classes, this.#scores), learning);
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
  label(message: LabelMessage, by: string, samples: readonly Sample[]): Promise<Ack> {
    return this.#inTurn(async () => {
      const known = this.#deps.journal.seqOf(message.id);
      if (known !== null) return duplicate(message.id, known);
      const kept = samples
        .map((sample) => scoped(sample, message.scope))
        .filter(({ mel, rgb }) => mel ?? rgb);
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
      this.#scores.next(Scoreboard.of(this.#deps.journal.entries));
      this.#placed.next(placed(event, false));
      await this.#leaveDeclined();
      this.#changed();
      return { type: 'ack', id: message.id, seq, duplicate: false, effects, samples: kept.length };
    });
  }

  /** Takes a label back: from now on it counts as never given. @throws {SessionError} ERR_LABEL_UNKNOWN */
  undo({ id, labelId }: Undo): Promise<Ack> {
    return this.#inTurn(async () => {
      const label = this.#deps.journal.view.labels.find((other) => other.id === labelId);
      const known = this.#deps.journal.seqOf(id);
      if (known !== null) return duplicate(id, known);
      if (!label)
        throw new SessionError(
          'ERR_LABEL_UNKNOWN',
          `no label ${labelId} is in force: it was undone or forgotten already`,
        );
      const { seq } = await this.#deps.journal.append({ type: 'undo', id, labelId });
      await this.#deps.inference.rebuild();
      await this.#leaveTainted(false);
      this.#placed.next(placed(label, true));
      this.#changed();
      return acknowledged(id, seq);
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
      for (const label of gone) this.#placed.next(placed(label, true));
      if (change.type === 'add' || change.type === 'delete') await this.#deps.inference.rebuild();
      if (change.type === 'delete') await this.#leaveTainted(false);
      this.#changed();
      return acknowledged(id, seq);
    });
  }

  /** Serves an older version again. @throws {SessionError} ERR_VERSION_UNKNOWN */
  rollback({ id, version }: Rollback): Promise<Ack> {
    return this.#inTurn(async () => {
      const known = this.#deps.journal.seqOf(id);
      if (known !== null) return duplicate(id, known);
      const clean = cleanVersions(this.#deps.journal.entries).map((ancestry) => ancestry.version);
      const kept = (await this.#deps.registry.list()).filter((record) => clean.includes(record.version));
      const target = kept.find((record) => record.version === version);
      if (!target) {
        const versions = kept.map((record) => record.version).join(', ');
        const seen = `version ${version} is not kept, or has learned from a label that was taken back`;
        throw new SessionError('ERR_VERSION_UNKNOWN', `${seen}; there are ${versions}`);
      }
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
    return this.#inTurn(async () => {
      await this.#deps.rebalancing.choose(command);
      this.#deps.learning.choose(this.#deps.rebalancing.chosen.policy);
    });
  }

  /** Erases the data of one class, or everything: features, spans, names, and every version that learned from them. */
  forget({ id, classId, everything }: Forget): Promise<Ack> {
    return this.#inTurn(async () => {
      if (!everything && !this.#deps.journal.view.classes.some((record) => record.id === classId)) {
        throw new SessionError('ERR_CLASS_UNKNOWN', `no class ${classId}: it was deleted already`);
      }
      const gone = this.#deps.journal.view.labels.filter((label) => everything || label.classId === classId);
      const { seq } = await this.#deps.journal.forget(id, everything ? null : classId);
      await this.#deps.inference.rebuild();
      await this.#leaveTainted(true);
      await this.#removeTainted();
      for (const label of gone) this.#placed.next(placed(label, true));
      this.#scores.next(Scoreboard.of(this.#deps.journal.entries));
      this.#changed();
      return acknowledged(id, seq);
    });
  }

  /** There are new figures of both policies. */
  async #decide(): Promise<void> {
    const { rebalancing, learning } = this.#deps;
    await rebalancing.decide();
    learning.choose(rebalancing.chosen.policy);
  }

  #changed(): void {
    this.#classes.next(this.#classTable());
    this.#deps.rebalancing.follow();
    this.#deps.learning.notify();
  }

  /** One change after another, whoever asks; a refused one does not hold up the next. */
  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(change);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #classFor({ id, kind, className }: LabelMessage): Promise<string | null> {
    if (kind === 'unknown') return null;
    const known = this.#deps.journal.view.classes.find(({ name }) => name === className);
    if (known) return known.id;
    if (kind === 'not-class') {
      throw new SessionError(
        'ERR_CLASS_UNKNOWN',
        `"not this" names a class that does not exist; make it first or pick one of the list`,
      );
    }
    const classId = ulid();
    await this.#edit(`${id}:class`, { type: 'add', name: className, colour: '' }, classId);
    return classId;
  }

  #edit(id: string, change: ClassChange, newId = ulid()): Promise<{ readonly seq: number }> {
    const { journal } = this.#deps;
    return journal.append(classEvent(journal.view.classes, { id, change, newId }));
  }

  /**
   * After a label was taken back: serves the newest version that never learned from it. Unless `atOnce`, the seeded version 0
   * is no such choice: the old one serves on, with clean prototypes, until a clean round replaces it.
   */
  async #leaveTainted(atOnce: boolean): Promise<void> {
    const { journal, registry, inference } = this.#deps;
    const clean = cleanVersions(journal.entries).map(({ version }) => version);
    if (clean.includes(servingOf(journal.entries))) return;
    const kept = (await registry.list()).filter(({ version }) => clean.includes(version));
    const target = kept.toSorted((a, b) => b.version - a.version)[0];
    if (!target || (target.version === 0 && !atOnce)) return;
    const reason = 'a label that the newer ones learned from was taken back';
    await journal.append({ type: 'rollback', id: ulid(), version: target.version, reason });
    await inference.swap(target.folder, target.version);
  }

  /** Leaves the served version when the answers have clearly fallen since it was promoted (ADR 0052). */
  async #leaveDeclined(): Promise<void> {
    const { journal, registry, inference } = this.#deps;
    const decline = declineOf(this.#scores.value.stream.watch, STREAM);
    if (!decline) return;
    const kept = await registry.list();
    const older = olderChampion(
      journal.entries,
      kept.map(({ version }) => version),
    );
    const target = kept.find(({ version }) => version === older);
    if (!target) return;
    const [before, now] = [decline.before, decline.now].map((share) => `${Math.round(100 * share)} %`);
    const reason = `answers fell from ${before} to ${now} since version ${servingOf(journal.entries)} serves`;
    await journal.append({ type: 'rollback', id: ulid(), version: target.version, reason });
    await inference.swap(target.folder, target.version);
    this.#scores.next(Scoreboard.of(journal.entries));
  }

  /** Versions that learned from what was erased are erased too. */
  async #removeTainted(): Promise<void> {
    const { journal, registry } = this.#deps;
    const clean = cleanVersions(journal.entries).map(({ version }) => version);
    for (const { version } of await registry.list())
      if (!clean.includes(version)) await registry.remove(version);
  }

  #classTable(): Classes {
    const { view } = this.#deps.journal;
    return { type: 'classes', classes: [...classInfos(view)] satisfies ClassInfo[], seq: view.lastSeq };
  }
}
