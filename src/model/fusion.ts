/**
 * The fused answer: `log p = g log p_head + (1 - g)(w_a log p_a + w_v log p_v)`, renormalized over the classes.
 *
 * A class takes part once it has a prototype in at least one of the modalities that speak. A modality without a
 * prototype of a class has no opinion of it: it gives the class the mean of its other terms, which moves no odds
 * on average. With one modality speaking, it answers alone, by prototype (w is 1, g is 0).
 */
import type { PerModality } from './evidence.ts';
import type { HeadLogits } from './head.ts';
import type { Opinion } from './prototypes.ts';

export type FusionInput = {
  readonly classes: number;
  /** Null: the modality does not speak (missing, dead, or never taught). */
  readonly opinions: PerModality<Opinion | null>;
  /** Held-out accuracy in [0, 1]; null where it is not known yet. */
  readonly accuracy: PerModality<number | null>;
  /** Null unless the head was made for exactly these classes and both representations are there. In class order. */
  readonly head: { readonly logits: HeadLogits; readonly gate: number } | null;
};

export type Fusion = {
  /** One per class, summing to 1; 0 for a class without a prototype, all 0 when there is none at all. */
  readonly probabilities: readonly number[];
  /** Index of the most probable class (the lowest of equals); null when nothing was taught. */
  readonly winner: number | null;
  /** w, summing to 1, or both 0 when no modality speaks. */
  readonly weights: PerModality<number>;
  /** Each modality's term for the winner minus its mean over the classes, in nats; the head's part is split by modality. */
  readonly contributions: PerModality<number>;
  /** The g that was used. */
  readonly gate: number;
  /** No modality speaks, or every one that does is far from all its prototypes. */
  readonly unknown: boolean;
};

const UNKNOWN_RELIABILITY = 0.5;
const LEAST_RELIABILITY = 0.05; // a modality at chance keeps a whisper, so that its recovery can be seen

/** How much better than chance: `(accuracy - 1/K) / (1 - 1/K)`, at least 0.05; 0.5 while not known. */
export function reliability(accuracy: number | null, classes: number): number {
  if (accuracy === null || classes < 2) return UNKNOWN_RELIABILITY;
  const chance = 1 / classes;
  return Math.max(LEAST_RELIABILITY, (accuracy - chance) / (1 - chance));
}

function weightsOf({ classes, opinions, accuracy }: FusionInput): PerModality<number> {
  const audio = opinions.audio ? reliability(accuracy.audio, classes) : 0;
  const video = opinions.video ? reliability(accuracy.video, classes) : 0;
  const sum = audio + video;
  return sum === 0 ? { audio: 0, video: 0 } : { audio: audio / sum, video: video / sum };
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Log probabilities of the classes in `taking`, with the mean of its own terms where there is no opinion. */
function termsOf(opinion: Opinion | null, taking: readonly number[]): readonly number[] {
  if (!opinion) return taking.map(() => 0);
  const neutral = meanOf(opinion.logs.filter((log) => log !== null));
  return taking.map((k) => opinion.logs[k] ?? neutral);
}

function logSoftmax(logits: readonly number[]): readonly number[] {
  const top = Math.max(...logits);
  const mass = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - top), 0));
  return logits.map((logit) => logit - top - mass);
}

/** A modality's own terms, weighted, over the classes taking part: by prototype and through its half of the head. */
type Terms = PerModality<readonly number[]>;

function weighted(
  input: FusionInput,
  weights: PerModality<number>,
  gate: number,
  taking: readonly number[],
): Terms {
  const side = (modality: 'audio' | 'video'): readonly number[] => {
    const byPrototype = termsOf(input.opinions[modality], taking);
    const byHead = input.head?.logits[modality];
    return taking.map(
      (k, i) =>
        (1 - gate) * weights[modality] * (byPrototype[i] ?? 0) + (gate > 0 ? gate * (byHead?.[k] ?? 0) : 0),
    );
  };
  return { audio: side('audio'), video: side('video') };
}

const silentFusion = (classes: number): Fusion => ({
  probabilities: new Array<number>(classes).fill(0),
  winner: null,
  weights: { audio: 0, video: 0 },
  contributions: { audio: 0, video: 0 },
  gate: 0,
  unknown: true,
});

function takingPart({ classes, opinions }: FusionInput): readonly number[] {
  return Array.from({ length: classes }, (_, k) => k).filter(
    (k) => (opinions.audio?.logs[k] ?? null) !== null || (opinions.video?.logs[k] ?? null) !== null,
  );
}

/** Fuses what the modalities and the head say of one window. Pure; swapping the modalities swaps the result. */
export function fuse(input: FusionInput): Fusion {
  const taking = takingPart(input);
  if (taking.length === 0) return silentFusion(input.classes);
  const { audio, video } = input.opinions;
  const weights = weightsOf(input);
  const gate = audio && video && input.head ? input.head.gate : 0;
  const terms = weighted(input, weights, gate, taking);
  // log p_head's normalizer is the same for every class, so renormalizing the sum takes it out again.
  const bias = input.head?.logits.bias;
  const logs = logSoftmax(
    taking.map(
      (k, i) => (terms.audio[i] ?? 0) + (terms.video[i] ?? 0) + (gate > 0 ? gate * (bias?.[k] ?? 0) : 0),
    ),
  );
  const best = logs.indexOf(Math.max(...logs));
  const probabilities = new Array<number>(input.classes).fill(0);
  taking.forEach((k, i) => {
    probabilities[k] = Math.exp(logs[i] ?? Number.NEGATIVE_INFINITY);
  });
  return {
    probabilities,
    winner: taking[best] ?? null,
    weights,
    contributions: {
      audio: (terms.audio[best] ?? 0) - meanOf(terms.audio),
      video: (terms.video[best] ?? 0) - meanOf(terms.video),
    },
    gate,
    unknown: (audio?.far ?? true) && (video?.far ?? true),
  };
}
