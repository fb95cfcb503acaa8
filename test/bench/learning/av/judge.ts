/** How a served model does on the test: which of its windows it answers rightly, fused and by each sense. */
import type { Sample } from '../../../../src/journal.ts';
import { answer } from '../../../../src/model/answer.ts';
import type { ClassifierState } from '../../../../src/model/classifier.ts';
import type { NamedArray } from '../../../../src/model/encoders.ts';
import { headFits, headLogits } from '../../../../src/model/head.ts';
import { type Embed, representationOf } from '../../../../src/training/judging.ts';
import { AV_CLASSES } from './classes.ts';
import type { TestSet } from './course.ts';

/** By window; null where the sense was not asked, or the model has no head. */
export type Hits = {
  readonly fused: readonly boolean[];
  /** Nearest prototype. */
  readonly audio: readonly (boolean | null)[];
  readonly video: readonly (boolean | null)[];
  /** A sense's half of the head, with half of its bias. */
  readonly audioHead: readonly (boolean | null)[];
  readonly videoHead: readonly (boolean | null)[];
};

export type Model = { readonly encoders: readonly NamedArray[]; readonly state: ClassifierState };

const highest = (values: readonly number[]): number => values.indexOf(Math.max(...values));

type Halves = { readonly audio: string | null; readonly video: string | null };

function halvesOf({ head, classIds }: ClassifierState, zAudio: Float32Array, zVideo: Float32Array): Halves {
  if (!head || !headFits(head, classIds)) return { audio: null, video: null };
  const { audio, video, bias } = headLogits(head, zAudio, zVideo);
  const half = (logits: readonly number[]): string | null =>
    head.classIds[highest(logits.map((value, k) => value + (bias[k] ?? 0) / 2))] ?? null;
  return { audio: half(audio), video: half(video) };
}

/** @param sensed hides what the policy has no sense for. */
export function takeTest(
  { encoders, state }: Model,
  { samples }: TestSet,
  { embed, sensed }: { readonly embed: Embed; readonly sensed: (sample: Sample) => Sample },
): Hits {
  const windows = samples.map(({ sample }) => sensed(sample));
  const embedded = embed(encoders, windows);
  const rows = samples.map(({ classIndex }, i) => {
    const truth = AV_CLASSES[classIndex]?.name ?? '';
    const { zAudio, zVideo } = embedded[i] ?? { zAudio: null, zVideo: null };
    const place = { index: 0, end: windows[i]!.end, skew: null };
    const said = answer(state, { ...representationOf(windows[i]!, { zAudio, zVideo }), ...place });
    const halves = zAudio && zVideo ? halvesOf(state, zAudio, zVideo) : { audio: null, video: null };
    const nearest = (side: 'audio' | 'video'): boolean | null => {
      const { probabilities } = said[side];
      return probabilities.length === 0 ? null : state.classIds[highest(probabilities)] === truth;
    };
    const half = (side: 'audio' | 'video'): boolean | null =>
      halves[side] === null ? null : halves[side] === truth;
    return {
      fused: said.answer === truth,
      audio: nearest('audio'),
      video: nearest('video'),
      audioHead: half('audio'),
      videoHead: half('video'),
    };
  });
  return {
    fused: rows.map(({ fused }) => fused),
    audio: rows.map(({ audio }) => audio),
    video: rows.map(({ video }) => video),
    audioHead: rows.map(({ audioHead }) => audioHead),
    videoHead: rows.map(({ videoHead }) => videoHead),
  };
}
