/** The representations of labelled samples under one set of weights: made once, kept while their label counts. */
import { signalsOf } from '../../src/features/sample-sides.ts';
import type { EffectiveLabel, Sample } from '../../src/journal.ts';
import { lessonsOf } from '../../src/model/classifier.ts';
import { REPRESENTATION_WIDTH } from '../../src/model/encoders.ts';
import type { Representation } from '../../src/model/evidence.ts';
import { KEPT_EXEMPLARS } from '../../src/model/exemplars.ts';
import type { JournalReader } from '../store/ports.ts';
import type { Embedder, EncoderWeights } from './embedder.ts';

export type LessonsOptions = {
  /** Borrowed. */
  readonly embedder: Pick<Embedder, 'embed'>;
  /** Borrowed. */
  readonly weights: EncoderWeights;
  /** Borrowed. */
  readonly journal: Pick<JournalReader, 'samples'>;
};

/** Work that lets go of the thread between steps; each step embeds at most `STEP_WINDOWS`. */
export type Steps<T> = Generator<undefined, T, undefined>;

const STEP_WINDOWS = 8; // about 10 ms in graph mode: what a live window may have to wait for

/** Runs steps to their end at once. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

type Count = { audio: number; video: number };

export class Lessons {
  readonly #options: LessonsOptions;
  readonly #known = new Map<number, readonly Representation[]>();

  constructor(options: LessonsOptions) {
    this.#options = options;
  }

  /** Representations of a label's samples; empty for a label that was not loaded. */
  of(seq: number): readonly Representation[] {
    return this.#known.get(seq) ?? [];
  }

  /** Reads and embeds one label's samples; nothing to do, and no step, where they are there. */
  *load(seq: number): Steps<readonly Representation[]> {
    const known = this.#known.get(seq);
    if (known) return known;
    const { embedder, weights, journal } = this.#options;
    const samples = journal.samples(seq);
    const made: Representation[] = [];
    for (let from = 0; from < samples.length; from += STEP_WINDOWS) {
      const part = samples.slice(from, from + STEP_WINDOWS);
      const embeddings = embedder.embed(weights, part);
      made.push(
        ...part.map((sample, i) => representationOf(sample, embeddings[i] ?? { zAudio: null, zVideo: null })),
      );
      yield;
    }
    this.#known.set(seq, made);
    return made;
  }

  /**
   * Loads the labels that shape prototypes, newest first, and gives them in their order. A label counts while its
   * class has fewer than the kept number of newer samples, so the work is bounded by the classes, not by the journal.
   */
  *prepare(labels: readonly EffectiveLabel[]): Steps<readonly EffectiveLabel[]> {
    const counts = new Map<string, Count>();
    const counting: EffectiveLabel[] = [];
    for (const label of labels.toReversed()) {
      const shelf = `${label.kind} ${label.classId ?? ''}`;
      const count = counts.get(shelf) ?? { audio: 0, video: 0 };
      const full = (modality: 'audio' | 'video'): boolean =>
        count[modality] >= KEPT_EXEMPLARS || (label.scope !== 'both' && label.scope !== modality);
      if (full('audio') && full('video')) continue;
      const { audio, video } = lessonsOf(label, yield* this.load(label.seq), REPRESENTATION_WIDTH);
      counts.set(shelf, { audio: count.audio + audio.length, video: count.video + video.length });
      counting.push(label);
    }
    return counting.reverse();
  }

  /** Drops what none of these labels needs. */
  keepOnly(labels: readonly EffectiveLabel[]): void {
    const wanted = new Set(labels.map(({ seq }) => seq));
    for (const seq of this.#known.keys()) if (!wanted.has(seq)) this.#known.delete(seq);
  }
}

type Embedded = Pick<Representation, 'zAudio' | 'zVideo'>;

function representationOf(sample: Sample, { zAudio, zVideo }: Embedded): Representation {
  return { start: sample.start, zAudio, zVideo, signals: signalsOf(sample) };
}
