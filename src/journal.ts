/**
 * The journal: what happened to a project, append-only, in order. Training and prototypes are functions of it alone.
 */
import type { GateEvidence, LabelKind, Scope, SignalState, Switch } from '../proto/messages.ts';
import type { PolicyChoice, PolicyName } from '../proto/policies.ts';
import type { Micros, Millis } from '../proto/units.ts';

/** Which side of the training/validation split all samples of a span stand on; decided once, when the label is written. */
export type Split = 'train' | 'validation';

export type LabelEvent = {
  readonly type: 'label';
  /** ULID made by the labelling client; the idempotency key. */
  readonly id: string;
  readonly sessionId: string;
  readonly start: Micros;
  readonly end: Micros;
  readonly kind: LabelKind;
  /** Null exactly for `unknown`. */
  readonly classId: string | null;
  readonly scope: Scope;
  /** Wall clock of the person's action. */
  readonly labelledAt: Millis;
  readonly by: string;
  readonly split: Split;
  /** How many of its samples carry sound, or picture, that the scope lets count. */
  readonly audioSamples: number;
  readonly videoSamples: number;
  /** The label that somebody found wrong on a second look and changed into this one; its samples are those of that. */
  readonly replaces?: string;
};
/** What the model believed of one labelled sample before the label was applied (prequential). */
export type SampleScore = {
  /** Answers as class ids; null: unknown or not there. */
  readonly fused: string | null;
  readonly audio: string | null;
  readonly video: string | null;
  /** Prototype score of the true class, null where the modality was missing or had no such prototype. */
  readonly audioScore: number | null;
  readonly videoScore: number | null;
};
export type ClassEvent =
  | {
      readonly type: 'class-add';
      readonly id: string;
      readonly classId: string;
      readonly name: string;
      readonly colour: string;
    }
  | { readonly type: 'class-rename'; readonly id: string; readonly classId: string; readonly name: string }
  | {
      readonly type: 'class-recolour';
      readonly id: string;
      readonly classId: string;
      readonly colour: string;
    }
  | { readonly type: 'class-delete'; readonly id: string; readonly classId: string };

/** Held-out accuracies in [0, 1]. */
export type HeldOut = { readonly fused: number; readonly audio: number; readonly video: number };

export type TrainingEvent =
  /** A round is about to run: with these, and the entries up to `lastSeq`, it gives the same candidate again. */
  | {
      readonly type: 'round';
      readonly id: string;
      readonly round: number;
      readonly baseVersion: number;
      readonly lastSeq: number;
      readonly seed: number;
      readonly steps: number;
      /** What it trained by; absent where the journal is older than the choice: `uni-modal-pmr`. */
      readonly policy?: PolicyName;
      readonly backend: string;
    }
  | {
      readonly type: 'rejection';
      readonly id: string;
      readonly round: number;
      readonly verdict: string;
      readonly heldOut: HeldOut | null;
      /** What the gate looked at; absent where the journal is older than the record of it. */
      readonly evidence?: GateEvidence;
    }
  | {
      readonly type: 'promotion';
      readonly id: string;
      readonly round: number;
      readonly version: number;
      readonly baseVersion: number;
      /** Last entry whose labels the candidate was trained on or has in its prototypes. */
      readonly appliedSeq: number;
      /** Hex sha-256 over the checkpoint's weights. */
      readonly sha256: string;
      readonly heldOut: HeldOut | null;
      readonly verdict: string;
      readonly evidence?: GateEvidence;
    }
  | {
      readonly type: 'rollback';
      readonly id: string;
      readonly version: number;
      readonly reason: string;
      /** Set where what newer versions had learned from was taken back: labels that this one never read wait again. */
      readonly takenBack?: true;
    }
  /** From here on rounds train by `policy`: chosen by a person, or found by `auto` for this reason. */
  | {
      readonly type: 'training-choice';
      readonly id: string;
      readonly choice: PolicyChoice;
      readonly policy: PolicyName;
      readonly reason: string;
      /** Whether policies are compared in the background. */
      readonly comparison: Switch;
    };

/** What a suspicious label was given as, what it looks like, and how many times as far from its class as is usual it lies. */
export type Suspected = {
  readonly labelId: string;
  readonly classId: string;
  readonly otherId: string;
  readonly audio: number;
  readonly video: number;
};

/** A span of one session's media time. */
export type SessionSpan = { readonly sessionId: string; readonly start: Micros; readonly end: Micros };

/** Whether two spans share a moment. */
export const overlaps = (a: SessionSpan, b: SessionSpan): boolean =>
  a.sessionId === b.sessionId && a.start < b.end && b.start < a.end;

export type JournalEvent =
  | LabelEvent
  | {
      readonly type: 'score';
      readonly id: string;
      readonly labelId: string;
      readonly samples: readonly SampleScore[];
    }
  /** `by`: who did; absent where the journal is older than the question. */
  | { readonly type: 'undo'; readonly id: string; readonly labelId: string; readonly by?: string }
  /** A label looked mislabelled. Raised once; it stands until somebody has decided. */
  | ({ readonly type: 'suspicion'; readonly id: string } & Suspected)
  /** Somebody looked at a suspicious label again and said that it is right: nobody is asked again. */
  | { readonly type: 'keep'; readonly id: string; readonly labelId: string; readonly by: string }
  | ClassEvent
  | TrainingEvent
  /** The person had the data of one class (or of all, classId null) deleted; its spans count as never given. */
  | { readonly type: 'forget'; readonly id: string; readonly classId: string | null }
  /** The person had a span of a session deleted: every label that shares a moment with it counts, whole, as never given. */
  | ({ readonly type: 'forget-span'; readonly id: string } & SessionSpan)
  /** What the store leaves of a label or class event that was forgotten: its place, its idempotency key and which forget it was; nothing of what it said. */
  | { readonly type: 'erased'; readonly id: string; readonly forgetId: string };

export type JournalEntry = { readonly seq: number; readonly at: Millis; readonly event: JournalEvent };

/** A class in force. */
export type ClassRecord = { readonly id: string; readonly name: string; readonly colour: string };

/** What a plugged-in backbone gave for one side of a pair, kept in place of what it was made of. */
export type KeptEmbedding = {
  /** [E]; as the backbone gave it. */
  readonly values: Float32Array;
  /** The window's, which nothing could tell from the embedding. */
  readonly signal: Exclude<SignalState, 'missing'>;
};

/**
 * One labelled pair as it is stored: raw features, so that any later encoder can read them, or the embedding by a plugged-in backbone. A
 * side is null when its window was missing.
 */
export type Sample = {
  /** Nominal start and end of the pair. */
  readonly start: Micros;
  readonly end: Micros;
  /** [96, 64] natural-log mel energies. */
  readonly mel: Float32Array | null;
  /** [96, 96, 3]. */
  readonly rgb: Uint8Array | null;
  /** [3, 96, 96]. */
  readonly older: Uint8Array | null;
  /** In projects with a backbone, which keep no raw features of that side. */
  readonly audioEmbedding?: KeptEmbedding | null;
  readonly videoEmbedding?: KeptEmbedding | null;
};

/** A sample as a session has it, on its way to the journal: `pcm` is what a backbone may take its embedding of, and is never stored. */
export type RawSample = Sample & {
  /** [15600] samples of 16 kHz. */
  readonly pcm?: Float32Array | null;
};

/** A label that counts (neither undone nor forgotten), with its place in the journal. */
export type EffectiveLabel = LabelEvent & { readonly seq: number };

/** What the entries up to a sequence number amount to. */
export type ProjectView = {
  readonly lastSeq: number;
  readonly classes: readonly ClassRecord[];
  /** In journal order. */
  readonly labels: readonly EffectiveLabel[];
};

type Building = {
  lastSeq: number;
  classes: Map<string, ClassRecord>;
  labels: Map<string, EffectiveLabel>;
};

function rename(view: Building, classId: string, change: Partial<ClassRecord>): void {
  const old = view.classes.get(classId);
  if (old) view.classes.set(classId, { ...old, ...change });
}

function dropLabels(view: Building, classId: string | null): void {
  for (const [id, label] of view.labels)
    if (classId === null || label.classId === classId) view.labels.delete(id);
}

function apply(view: Building, { seq, event }: JournalEntry): void {
  view.lastSeq = seq;
  switch (event.type) {
    case 'label':
      view.labels.set(event.id, { ...event, seq });
      break;
    case 'undo':
      view.labels.delete(event.labelId);
      break;
    case 'class-add':
      view.classes.set(event.classId, { id: event.classId, name: event.name, colour: event.colour });
      break;
    case 'class-rename':
      rename(view, event.classId, { name: event.name });
      break;
    case 'class-recolour':
      rename(view, event.classId, { colour: event.colour });
      break;
    case 'class-delete':
      view.classes.delete(event.classId);
      dropLabels(view, event.classId);
      break;
    case 'forget':
      dropLabels(view, event.classId);
      if (event.classId === null) view.classes.clear();
      else view.classes.delete(event.classId);
      break;
    case 'forget-span':
      for (const [id, label] of view.labels) if (overlaps(label, event)) view.labels.delete(id);
      break;
    default: // what training did changes no label and no class, and an erased event counts as never given
      break;
  }
}

/** Folds entries (in order of `seq`) into the classes and labels in force. Pure; linear in the number of entries. */
export function viewOf(entries: Iterable<JournalEntry>): ProjectView {
  const view: Building = { lastSeq: 0, classes: new Map(), labels: new Map() };
  for (const entry of entries) apply(view, entry);
  return { lastSeq: view.lastSeq, classes: [...view.classes.values()], labels: [...view.labels.values()] };
}
