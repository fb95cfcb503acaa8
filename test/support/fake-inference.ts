/**
 * Inference without a process, a tensor or a weight: a window's representation is what can be read off it at once
 * (mel bands, picture rows), the classifier and the journal are the real ones. Same order and same meaning of calls.
 */

import type { Answer, ComputeStats, Inference, Learned } from '../../server/compute/ports.ts';
import { ComputeError } from '../../server/errors.ts';
import type { JournalReader } from '../../server/store/ports.ts';
import { audioSignal, videoSignal } from '../../src/features/signal.ts';
import { MEL_BANDS, PICTURE_BYTES } from '../../src/features/spec.ts';
import type { RawSample, Sample } from '../../src/journal.ts';
import { viewOf } from '../../src/journal.ts';
import type { Pair } from '../../src/media.ts';
import { answer, effects, score } from '../../src/model/answer.ts';
import {
  createClassifier,
  forgetLabel,
  learn,
  observe,
  setClasses,
  withAppliedSeq,
} from '../../src/model/classifier.ts';
import { REPRESENTATION_WIDTH } from '../../src/model/encoders.ts';
import type { Representation } from '../../src/model/evidence.ts';
import { type Suspicion, suspiciousLabels } from '../../src/model/suspicion.ts';

/** Means of `values` in [0, width) equal parts by `partOf`. */
function profile(values: ArrayLike<number>, partOf: (i: number) => number): Float32Array {
  const sums = new Float32Array(REPRESENTATION_WIDTH);
  const counts = new Float32Array(REPRESENTATION_WIDTH);
  for (let i = 0; i < values.length; i++) {
    const part = partOf(i);
    sums[part] = (sums[part] ?? 0) + (values[i] ?? 0);
    counts[part] = (counts[part] ?? 0) + 1;
  }
  return sums.map((sum, part) => sum / Math.max(1, counts[part] ?? 0));
}

const soundOf = (mel: Float32Array | null): Float32Array | null => mel && profile(mel, (i) => i % MEL_BANDS);
const pictureOf = (rgb: Uint8Array | null): Float32Array | null =>
  rgb && profile(rgb, (i) => Math.floor((i * REPRESENTATION_WIDTH) / PICTURE_BYTES));

function representationOf({ start, mel, rgb, older }: Sample): Representation {
  const signals = {
    audio: mel ? audioSignal(mel) : 'missing',
    video: rgb && older ? videoSignal(rgb, older) : 'missing',
  } as const;
  return { start, zAudio: soundOf(mel), zVideo: pictureOf(rgb), signals };
}

export class FakeInference implements Inference {
  readonly report = { backend: 'wasm', reason: 'a fake, for tests', remedy: '' } as const;
  /** What was asked, in order, for tests to read. */
  readonly calls: string[] = [];
  readonly #journal: Pick<JournalReader, 'entries' | 'samples'>;
  #state = createClassifier({ width: REPRESENTATION_WIDTH, modelVersion: 0 });
  #windows = 0;
  #closed = false;

  constructor(journal: Pick<JournalReader, 'entries' | 'samples'>) {
    this.#journal = journal;
  }

  async infer(pair: Pair): Promise<Answer> {
    this.#called(`infer ${pair.index}`);
    const { index, start, end, skew, audio, video } = pair;
    const window = {
      ...{ index, start, end, skew },
      zAudio: soundOf(audio?.mel ?? null),
      zVideo: pictureOf(video?.rgb ?? null),
      signals: { audio: audio?.signal ?? 'missing', video: video?.signal ?? 'missing' },
    } as const;
    const answered = answer(this.#state, window);
    this.#state = observe(this.#state, window);
    this.#windows += 1;
    return answered;
  }

  async keep({ pcm: _, ...sample }: RawSample): Promise<Sample> {
    return sample;
  }

  async learn(seq: number): Promise<Learned> {
    this.#called(`learn ${seq}`);
    const [entry] = this.#journal.entries(seq - 1, seq);
    if (entry?.event.type !== 'label') {
      throw new ComputeError('ERR_COMPUTE_LABEL', `journal entry ${seq} is no label: append the label first`);
    }
    const label = { ...entry.event, seq };
    const samples = this.#journal.samples(seq).map(representationOf);
    const before = forgetLabel(this.#state, label.id);
    this.#state = learn(before, label, samples);
    return { scored: score(before, label, samples), effects: effects(before, this.#state, label, samples) };
  }

  async suspects(): Promise<readonly Suspicion[]> {
    return suspiciousLabels(this.#state);
  }

  async thumbnails(seqs: readonly number[]): Promise<readonly Uint8Array[]> {
    return seqs.map(() => new Uint8Array(0));
  }

  async rebuild(): Promise<void> {
    this.#called('rebuild');
    this.#replay();
  }

  async swap(_folder: string, version: number): Promise<void> {
    this.#called(`swap ${version}`);
    this.#state = { ...this.#state, modelVersion: version };
    this.#replay();
  }

  async stats(): Promise<ComputeStats> {
    this.#called('stats');
    return { rssBytes: 0, tensors: 0, windows: this.#windows, batches: this.#windows };
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #called(call: string): void {
    if (this.#closed) throw new ComputeError('ERR_COMPUTE_CLOSED', 'a call after close: start another');
    this.calls.push(call);
  }

  #replay(): void {
    const view = viewOf(this.#journal.entries());
    const classIds = view.classes.map(({ id }) => id);
    const { modelVersion, width } = this.#state;
    const taught = view.labels.reduce(
      (state, label) => learn(state, label, this.#journal.samples(label.seq).map(representationOf)),
      setClasses(createClassifier({ width, modelVersion }), classIds),
    );
    this.#state = withAppliedSeq(taught, view.lastSeq);
  }
}
