/**
 * The model that answers: encoder weights, the classifier's state, and the representations of what it was taught.
 *
 * The journal is the truth: a state is one that a replay of the journal with these weights gives (running statistics
 * of unlabelled windows aside). Everything here is synchronous and happens between two batches.
 */
import type { EffectiveLabel, ProjectView } from '../../src/journal.ts';
import { viewOf } from '../../src/journal.ts';
import type { Pair } from '../../src/media.ts';
import type { WindowRepresentation } from '../../src/model/answer.ts';
import { answer, effects, score } from '../../src/model/answer.ts';
import type { ClassifierState } from '../../src/model/classifier.ts';
import { createClassifier, forgetLabel, learn, observe, withAppliedSeq } from '../../src/model/classifier.ts';
import { type Suspicion, suspiciousLabels } from '../../src/model/suspicion.ts';
import { ComputeError } from '../errors.ts';
import type { JournalReader } from '../store/ports.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { BackboneEmbedding, Embedder, Embedding, RawWindow } from './embedder.ts';
import { EncoderWeights } from './embedder.ts';
import type { Steps } from './lessons.ts';
import { finish, Lessons } from './lessons.ts';
import type { Answer, Learned } from './ports.ts';
import { thumbnailOf } from './thumbnail.ts';

export type ServingOptions = {
  /** Borrowed. */
  readonly embedder: Pick<Embedder, 'embed' | 'throughBackbones'>;
  /** Borrowed. */
  readonly journal: JournalReader;
};

/** One set of weights with what it makes of the journal. */
type Model = { readonly weights: EncoderWeights; readonly lessons: Lessons; readonly state: ClassifierState };

export class Serving {
  readonly #options: ServingOptions;
  #model: Model | null = null;

  constructor(options: ServingOptions) {
    this.#options = options;
  }

  /** Answers windows (at most 16) in their order, then takes them into the running statistics. @throws {ShapeError} */
  infer(pairs: readonly Pair[]): readonly Answer[] {
    const model = this.#serving();
    const embeddings = this.#options.embedder.embed(model.weights, pairs.map(rawOf));
    let { state } = model;
    const answers = pairs.map((pair, i) => {
      const window = windowOf(pair, embeddings[i] ?? { zAudio: null, zVideo: null });
      const answered = answer(state, window);
      state = observe(state, window);
      return answered;
    });
    this.#model = { ...model, state };
    return answers;
  }

  /**
   * Scores label `seq` with a state that has not learned it, then learns it. Right also where a swap or a rebuild has
   * read it from the journal before this call came.
   *
   * @throws {ComputeError} ERR_COMPUTE_LABEL if the journal's entry `seq` is no label.
   */
  learn(seq: number): Learned {
    const model = this.#serving();
    const label = this.#label(seq);
    const samples = finish(model.lessons.load(seq));
    const before = forgetLabel(model.state, label.id);
    const scored = score(before, label, samples);
    const after = learn(before, label, samples);
    this.#model = { ...model, state: after };
    return { scored, effects: effects(before, after, label, samples) };
  }

  /** What the backbones give of a window. @throws {BackboneError} */
  embed(pair: Pair): BackboneEmbedding {
    return this.#options.embedder.throughBackbones([rawOf(pair)])[0] ?? { audio: null, video: null };
  }

  /** Labels that deserve a second look. */
  suspects(): readonly Suspicion[] {
    return suspiciousLabels(this.#serving().state);
  }

  /** A small picture of each of these labels; empty where it has none. */
  thumbnails(seqs: readonly number[]): readonly Uint8Array[] {
    return seqs.map((seq) => {
      const pictures = this.#options.journal.samples(seq).flatMap(({ rgb }) => rgb ?? []);
      const middle = pictures[pictures.length >> 1];
      return middle ? thumbnailOf(middle) : new Uint8Array(0);
    });
  }

  /** Makes classes and prototypes anew from the journal as it stands. */
  rebuild(): void {
    const model = this.#serving();
    const view = this.#view();
    const counting = finish(model.lessons.prepare(view.labels));
    this.#install({ ...model, state: replay(model.state, view, counting, model.lessons) }, counting);
  }

  /**
   * Takes a checkpoint into service in steps: embeds with it what was taught, the labels that come meanwhile included,
   * then puts it in the old one's place within one step. Ending the steps early leaves the old one as it is.
   */
  *adopt(checkpoint: Checkpoint, version: number): Steps<void> {
    const { encoders, classifier } = checkpoint;
    const weights = new EncoderWeights(encoders.audio, encoders.video);
    const lessons = new Lessons({ ...this.#options, weights });
    const fresh: ClassifierState = { ...classifier, modelVersion: version };
    let adopted = false;
    try {
      while (!adopted) {
        const view = this.#view();
        const steps = lessons.prepare(view.labels);
        let step = steps.next();
        const complete = step.done;
        for (; !step.done; step = steps.next()) yield;
        if (!complete) continue; // time has passed: look again for labels that came meanwhile
        const old = this.#model;
        this.#install({ weights, lessons, state: replay(fresh, view, step.value, lessons) }, step.value);
        adopted = true;
        old?.weights.dispose();
      }
    } finally {
      if (!adopted) weights.dispose();
    }
  }

  /** Idempotent. */
  dispose(): void {
    this.#model?.weights.dispose();
    this.#model = null;
  }

  #install(model: Model, counting: readonly EffectiveLabel[]): void {
    model.lessons.keepOnly(counting);
    this.#model = model;
  }

  #serving(): Model {
    if (!this.#model)
      throw new ComputeError('ERR_COMPUTE_FAILED', 'no checkpoint is loaded: adopt one first');
    return this.#model;
  }

  #view(): ProjectView {
    return viewOf(this.#options.journal.entries());
  }

  #label(seq: number): EffectiveLabel {
    const [entry] = this.#options.journal.entries(seq - 1, seq);
    if (entry?.event.type === 'label') return { ...entry.event, seq };
    const seen = entry ? `a ${entry.event.type}` : 'not there';
    throw new ComputeError('ERR_COMPUTE_LABEL', `journal entry ${seq} is ${seen}: append the label first`);
  }
}

/** The state that `labels` give on top of `base`'s running statistics, whatever `base` was taught. */
function replay(
  base: ClassifierState,
  view: ProjectView,
  labels: readonly EffectiveLabel[],
  lessons: Lessons,
): ClassifierState {
  const { width, modelVersion, head, heldOut } = base;
  const classIds = view.classes.map(({ id }) => id);
  const fresh = createClassifier({ width, modelVersion, classIds, head, heldOut });
  const untaught: ClassifierState = {
    ...fresh,
    audio: { ...base.audio, taught: fresh.audio.taught },
    video: { ...base.video, taught: fresh.video.taught },
  };
  const state = labels.reduce((taught, label) => learn(taught, label, lessons.of(label.seq)), untaught);
  return withAppliedSeq(state, view.lastSeq);
}

function rawOf({ audio, video }: Pair): RawWindow {
  return {
    mel: audio?.mel ?? null,
    pcm: audio?.pcm ?? null,
    rgb: video?.rgb ?? null,
    older: video?.older ?? null,
  };
}

function windowOf(pair: Pair, { zAudio, zVideo }: Embedding): WindowRepresentation {
  const { index, start, end, skew, audio, video } = pair;
  const signals = {
    audio: zAudio && audio ? audio.signal : 'missing',
    video: zVideo && video ? video.signal : 'missing',
  } as const;
  return { index, start, end, skew, zAudio, zVideo, signals };
}
