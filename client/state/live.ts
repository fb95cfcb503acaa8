/** A prediction in the words and colours of the screen. Pure. */
import type { Belief, ClassInfo, Modality, Prediction, SignalState } from '../../proto/messages.ts';
import { type Millis, millisFromMicros } from '../../proto/units.ts';

export type Named = { readonly id: string; readonly name: string; readonly colour: string };

export type BeliefView = {
  readonly modality: Modality;
  readonly signal: SignalState;
  /** Null: unknown, or no prototype yet. */
  readonly answer: Named | null;
  /** True where this modality has something to say at all. */
  readonly speaks: boolean;
  readonly confidence: number;
  /** Share of the decision in [0, 1]: positive contributions over their sum; null where nobody contributed. */
  readonly share: number | null;
  readonly contribution: number;
  readonly weight: number;
  /** Its likeliest classes, first the likeliest; empty where it has nothing to say. */
  readonly top: readonly (Named & { readonly probability: number })[];
};

export type ClassRow = Named & {
  readonly fused: number;
  readonly audio: number | null;
  readonly video: number | null;
};

export type LiveView = {
  readonly answer: Named | null;
  readonly confidence: number;
  readonly audio: BeliefView;
  readonly video: BeliefView;
  readonly rows: ReadonlyMap<string, ClassRow>;
  readonly skew: Millis | null;
  readonly modelVersion: number;
  readonly headGate: number;
};

const GREY = '#8a93a5';

/** Classes that each sense names with a number. */
const TOP = 3;

function nameOf(classes: readonly ClassInfo[], id: string): Named {
  return classes.find((known) => known.id === id) ?? { id, name: 'deleted class', colour: GREY };
}

/** A class as it is shown, null for unknown; one that has just been deleted is called that. */
export const named = (classes: readonly ClassInfo[], id: string | null): Named | null =>
  id === null || id === '' ? null : nameOf(classes, id);

/** With one class nobody contributes more to it than to others; then who is counted alone has decided. */
function share(mine: Belief, other: Belief): number | null {
  const [a, b] = [Math.max(0, mine.contribution), Math.max(0, other.contribution)];
  if (a + b > 0) return a / (a + b);
  if (mine.weight > 0 === other.weight > 0) return null;
  return mine.weight > 0 ? 1 : 0;
}

type Context = { readonly classIds: readonly string[]; readonly classes: readonly ClassInfo[] };

function topOf(belief: Belief, { classIds, classes }: Context): BeliefView['top'] {
  return belief.probabilities
    .map((probability, i) => ({ ...nameOf(classes, classIds[i] ?? ''), probability }))
    .toSorted((a, b) => b.probability - a.probability)
    .slice(0, TOP);
}

function beliefView(modality: Modality, mine: Belief, other: Belief, context: Context): BeliefView {
  return {
    modality,
    signal: mine.signal,
    answer: named(context.classes, mine.answer),
    speaks: mine.probabilities.length > 0,
    confidence: mine.confidence,
    share: share(mine, other),
    contribution: mine.contribution,
    weight: mine.weight,
    top: topOf(mine, context),
  };
}

/** What the screen shows of one prediction. */
export function liveView(prediction: Prediction, classes: readonly ClassInfo[]): LiveView {
  const { audio, video, fused, classIds } = prediction;
  const context: Context = { classIds, classes };
  const rows = classIds.map((id, i): [string, ClassRow] => [
    id,
    {
      ...nameOf(classes, id),
      fused: fused[i] ?? 0,
      audio: audio.probabilities[i] ?? null,
      video: video.probabilities[i] ?? null,
    },
  ]);
  return {
    answer: named(classes, prediction.answer),
    confidence: fused.length === 0 ? 0 : Math.max(...fused),
    audio: beliefView('audio', audio, video, context),
    video: beliefView('video', video, audio, context),
    rows: new Map(rows),
    skew: prediction.skew === null ? null : millisFromMicros(prediction.skew),
    modelVersion: prediction.modelVersion,
    headGate: prediction.headGate,
  };
}
