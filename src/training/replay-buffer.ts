/**
 * The replay buffer: which labelled samples training may see, and which judge it.
 *
 * Built anew for each round from the journal's labels, never carried along, so an undone or forgotten label is gone at
 * once. Which spans are kept is decided by a hash of the label's id: a uniform choice (bottom-k sampling) that needs no
 * state, so the same journal gives the same buffer, and one more label displaces at most as many samples as it brings.
 */
import type { EffectiveLabel, Sample } from '../journal.ts';
import type { Random } from '../random.ts';

/** One sample with what its label says of it. */
export type Labelled = {
  readonly label: EffectiveLabel;
  /** Place within the span's samples; with `label.seq` it names the sample. */
  readonly index: number;
  readonly sample: Sample;
  /** The class of a `class` or `not-class` label. */
  readonly classId: string | null;
};

export type BufferLimits = {
  /** Most training samples kept of one class. */
  readonly perClass: number;
  /** Most training samples kept in all; shared equally by the classes where it is less than `perClass` allows. */
  readonly total: number;
  /** Most samples taken from one span, evenly over it, so that a minute's hold does not become the class. */
  readonly perSpan: number;
  /** Most held-out samples of one class. */
  readonly heldOutPerClass: number;
};

/** 80 KB a sample in memory: at most 160 MB. 96 a class is above CBRS's 20 to 50 because raw windows are cheap here. */
export const BUFFER_LIMITS: BufferLimits = { perClass: 96, total: 2048, perSpan: 16, heldOutPerClass: 40 };

/** Held-out samples of a class below which its evidence is thin (design.md, "The online loop"). */
export const ENOUGH_HELD_OUT = 10;

export type ReplayBuffer = {
  /** Classes in force that have at least one training span, in the order of `classIds`; the head's columns. */
  readonly classIds: readonly string[];
  /** `class` samples by class; `classIds` order. */
  readonly byClass: readonly (readonly Labelled[])[];
  /** `not-class` and `unknown` samples. */
  readonly others: readonly Labelled[];
  /** Samples of labels after the base's last entry, newest first. */
  readonly newest: readonly Labelled[];
  /** `class` samples that no training of this round or its base has seen. */
  readonly heldOut: readonly Labelled[];
  /** Classes judged by fewer than `ENOUGH_HELD_OUT` samples of the validation split. */
  readonly thinClassIds: readonly string[];
};

export type BufferSource = {
  readonly classIds: readonly string[];
  /** Labels in force, in journal order. */
  readonly labels: readonly EffectiveLabel[];
  /** Reads one span's samples; called at most once for each label that is kept. */
  readonly samplesOf: (seq: number) => readonly Sample[];
  /** Last journal entry the base checkpoint was trained on; later labels are "newest". */
  readonly baseSeq: number;
};

const NEWEST_SPANS = 8;

/** FNV-1a over the id, finished by Murmur3's mixer: a fair coin for keeping a span. */
export function spanPriority(id: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) h = Math.imul(h ^ id.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function evenly<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  const step = items.length / most;
  return Array.from({ length: most }, (_, i) => items[Math.floor((i + 0.5) * step)]!);
}

/**
 * How many of a class's newest training spans are held back to judge by, when the validation split has `validation`
 * spans of it: so many that a quarter of all its spans judge, at least one, but never so many that fewer than two train.
 *
 * It grows by at most one with each span added. So a span that is held back now was held back, or not yet given, at every
 * earlier round: no ancestor of the base was trained on it either, and champion and candidate are judged fairly.
 */
export function heldBackSpans(train: number, validation: number): number {
  const judges = Math.max(1, Math.floor((train + validation) / 4));
  return Math.max(0, Math.min(judges - validation, train - 2));
}

type ClassSpans = { readonly train: readonly EffectiveLabel[]; readonly heldOut: readonly EffectiveLabel[] };
type Collector = (label: EffectiveLabel, most: number) => readonly Labelled[];

function collector(source: BufferSource, perSpan: number): Collector {
  const read = new Map<number, readonly Labelled[]>();
  return (label, most) => {
    let items = read.get(label.seq);
    if (!items) {
      const all = source
        .samplesOf(label.seq)
        .map((sample, index): Labelled => ({ label, index, sample, classId: label.classId }));
      items = evenly(all, perSpan);
      read.set(label.seq, items);
    }
    return evenly(items, most);
  };
}

/** Spans in order until `capacity` samples are there; the last one is cut to fit. */
function fill(spans: readonly EffectiveLabel[], capacity: number, collect: Collector): readonly Labelled[] {
  const kept: Labelled[] = [];
  for (const span of spans) {
    if (kept.length >= capacity) break;
    kept.push(...collect(span, capacity - kept.length));
  }
  return kept;
}

/** The newest few first, so that a correction is never displaced before it was learned from; the rest by hash. */
function keepingOrder(spans: readonly EffectiveLabel[]): readonly EffectiveLabel[] {
  const newest = spans.slice(-NEWEST_SPANS).reverse();
  const rest = spans.slice(0, -NEWEST_SPANS);
  const priority = new Map(rest.map((span) => [span.seq, spanPriority(span.id)]));
  return [...newest, ...rest.sort((a, b) => priority.get(a.seq)! - priority.get(b.seq)! || a.seq - b.seq)];
}

function splitClass(labels: readonly EffectiveLabel[], countHeldOut: Collector, enough: number): ClassSpans {
  const validation = labels.filter((label) => label.split === 'validation');
  const train = labels.filter((label) => label.split === 'train');
  const samples = validation.reduce((sum, label) => sum + countHeldOut(label, enough).length, 0);
  if (samples >= enough) return { train, heldOut: validation };
  const back = heldBackSpans(train.length, validation.length);
  const cut = train.length - back;
  return { train: train.slice(0, cut), heldOut: [...validation, ...train.slice(cut)] };
}

/**
 * Chooses a round's training samples and judges.
 *
 * Judges are the validation split; where it has fewer than ten samples of a class, the class's newest training spans
 * stand by it and sit this round out (`heldBackSpans`). Whole spans move, never windows: neighbours overlap.
 */
export function fillReplayBuffer(source: BufferSource, limits: BufferLimits = BUFFER_LIMITS): ReplayBuffer {
  const collect = collector(source, limits.perSpan);
  const known = new Set(source.classIds);
  const taught = source.labels.filter((label) => label.kind === 'class' && known.has(label.classId ?? ''));
  const split = new Map(
    source.classIds.map((id) => {
      const labels = taught.filter((label) => label.classId === id);
      return [id, splitClass(labels, collect, ENOUGH_HELD_OUT)] as const;
    }),
  );
  const classIds = source.classIds.filter((id) => (split.get(id)?.train.length ?? 0) > 0);
  const capacity = Math.min(limits.perClass, Math.floor(limits.total / Math.max(1, classIds.length)));
  const byClass = classIds.map((id) => fill(keepingOrder(split.get(id)?.train ?? []), capacity, collect));
  const heldOut = source.classIds.flatMap((id) =>
    fill([...(split.get(id)?.heldOut ?? [])].reverse(), limits.heldOutPerClass, collect),
  );
  const others = source.labels.filter(
    (label) =>
      label.split === 'train' &&
      label.kind !== 'class' &&
      known.has(label.classId ?? label.id) === (label.classId !== null),
  );
  return {
    classIds,
    byClass,
    others: fill(keepingOrder(others), capacity, collect),
    newest: newestOf(byClass, source.baseSeq),
    heldOut,
    thinClassIds: thinClasses(source.classIds, heldOut),
  };
}

function newestOf(byClass: readonly (readonly Labelled[])[], baseSeq: number): readonly Labelled[] {
  const later = byClass.flat().filter(({ label }) => label.seq > baseSeq);
  const seqs = [...new Set(later.map(({ label }) => label.seq))].sort((a, b) => b - a).slice(0, NEWEST_SPANS);
  return later.filter(({ label }) => seqs.includes(label.seq));
}

function thinClasses(classIds: readonly string[], heldOut: readonly Labelled[]): readonly string[] {
  return classIds.filter((id) => {
    const judged = heldOut.filter(({ classId, label }) => classId === id && label.split === 'validation');
    return judged.length < ENOUGH_HELD_OUT;
  });
}

/** How a batch is put together. */
export type BatchMix = { readonly size: number; readonly newest: number; readonly others: number };

/** Up to a quarter newest (pmr.md section d, 5), up to an eighth of "not this" and "unknown". */
export const BATCH_MIX: BatchMix = { size: 32, newest: 8, others: 4 };

const draw = <T>(items: readonly T[], random: Random): T => items[random.integer(items.length)]!;

/** A span first, then one of its samples: a long hold weighs no more than a short one. */
function spansOf(items: readonly Labelled[]): readonly (readonly Labelled[])[] {
  const spans = new Map<number, Labelled[]>();
  for (const item of items) {
    const span = spans.get(item.label.seq);
    if (span) span.push(item);
    else spans.set(item.label.seq, [item]);
  }
  return [...spans.values()];
}

/**
 * A source of batches: each has every class equally often (to within one, the surplus going round), with some of the
 * newest samples and of the other kinds mixed in. Draws from `random` alone.
 */
export function batchesOf(
  buffer: ReplayBuffer,
  random: Random,
  mix: BatchMix = BATCH_MIX,
): () => readonly Labelled[] {
  const classes = buffer.byClass.map(spansOf).filter((spans) => spans.length > 0);
  const newest = spansOf(buffer.newest);
  const others = spansOf(buffer.others);
  let turn = 0;
  return () => {
    const batch: Labelled[] = [];
    const fresh = Math.min(mix.newest, newest.length * 2);
    for (let i = 0; i < fresh; i++) batch.push(draw(draw(newest, random), random));
    const other = Math.min(mix.others, others.length);
    for (let i = 0; i < other; i++) batch.push(draw(draw(others, random), random));
    while (classes.length > 0 && batch.length < mix.size) {
      batch.push(draw(draw(classes[turn++ % classes.length]!, random), random));
    }
    return batch;
  };
}
