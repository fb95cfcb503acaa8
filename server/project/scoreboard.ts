/**
 * How the answers did before each label: test, then train.
 */
import type { Prequential } from '../../proto/messages.ts';
import { accuracyOf, type Fading, NOTHING_SCORED, scored } from '../../src/evaluation/prequential.ts';
import type { JournalEntry, SampleScore } from '../../src/journal.ts';
import { streamStateOf } from '../../src/pmr/stream/fold.ts';
import type { StreamState } from '../../src/pmr/stream/state.ts';

/** Prequential accuracy of the fused answer and of each modality, forgetting factor 0.98 a label, and PMR-stream's state. Immutable. */
export class Scoreboard {
  readonly prequential: Prequential;
  /** Kept whatever trains: it says what PMR-stream would do, and whether the served version has declined. */
  readonly stream: StreamState;

  private constructor(prequential: Prequential, stream: StreamState) {
    this.prequential = prequential;
    this.stream = stream;
  }

  /** Folds the journal's scores of labels that were given to classes, in order; those later taken back stay counted: they were answers too. */
  static of(entries: readonly JournalEntry[]): Scoreboard {
    const classOf = new Map<string, string | null>();
    const fading = { fused: NOTHING_SCORED, audio: NOTHING_SCORED, video: NOTHING_SCORED };
    let labels = 0;
    for (const { event } of entries) {
      if (event.type === 'label') classOf.set(event.id, event.classId);
      if (event.type !== 'score' || event.samples.length === 0) continue;
      const truth = classOf.get(event.labelId) ?? null;
      labels++;
      for (const modality of ['fused', 'audio', 'video'] as const)
        fading[modality] = scored(fading[modality], share(event.samples, modality, truth));
    }
    const { fused, audio, video } = fading;
    const prequential = { fused: rate(fused), audio: rate(audio), video: rate(video), labels };
    return new Scoreboard(prequential, streamStateOf(entries));
  }
}

/** 0 before the first label. */
const rate = (fading: Fading): number => accuracyOf(fading) ?? 0;

/** Share of a label's samples that were answered rightly. */
function share(
  samples: readonly SampleScore[],
  modality: 'fused' | 'audio' | 'video',
  truth: string | null,
): number {
  return samples.filter((sample) => sample[modality] === truth).length / samples.length;
}
