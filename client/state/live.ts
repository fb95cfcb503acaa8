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

/** A class as it is shown; one that has just been deleted keeps its id's end as a name. */
export function named(classes: readonly ClassInfo[], id: string | null): Named | null {
  if (id === null || id === '') return null;
  return classes.find((known) => known.id === id) ?? { id, name: 'deleted class', colour: GREY };
}

function share(mine: number, other: number): number | null {
  const [a, b] = [Math.max(0, mine), Math.max(0, other)];
  return a + b > 0 ? a / (a + b) : null;
}

function beliefView(
  modality: Modality,
  mine: Belief,
  other: Belief,
  classes: readonly ClassInfo[],
): BeliefView {
  return {
    modality,
    signal: mine.signal,
    answer: named(classes, mine.answer),
    speaks: mine.probabilities.length > 0,
    confidence: mine.confidence,
    share: share(mine.contribution, other.contribution),
    contribution: mine.contribution,
    weight: mine.weight,
  };
}

/** What the screen shows of one prediction. */
export function liveView(prediction: Prediction, classes: readonly ClassInfo[]): LiveView {
  const { audio, video, fused, classIds } = prediction;
  const rows = classIds.map((id, i): [string, ClassRow] => [
    id,
    {
      ...(named(classes, id) ?? { id, name: id, colour: GREY }),
      fused: fused[i] ?? 0,
      audio: audio.probabilities[i] ?? null,
      video: video.probabilities[i] ?? null,
    },
  ]);
  return {
    answer: named(classes, prediction.answer),
    confidence: fused.length === 0 ? 0 : Math.max(...fused),
    audio: beliefView('audio', audio, video, classes),
    video: beliefView('video', video, audio, classes),
    rows: new Map(rows),
    skew: prediction.skew === null ? null : millisFromMicros(prediction.skew),
    modelVersion: prediction.modelVersion,
    headGate: prediction.headGate,
  };
}
