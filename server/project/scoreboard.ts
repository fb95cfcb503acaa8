/**
 * How the answers did before each label: test, then train.
 */
import type { Prequential } from '../../proto/messages.ts';
import { accuracyOf, type Fading, NOTHING_SCORED, scored } from '../../src/evaluation/prequential.ts';
import type { JournalEntry, LabelEvent, SampleScore } from '../../src/journal.ts';
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
    const labelled = new Map<string, LabelEvent>();
    const fading = { fused: NOTHING_SCORED, audio: NOTHING_SCORED, video: NOTHING_SCORED };
    let labels = 0;
    for (const { event } of entries) {
      if (event.type === 'label') labelled.set(event.id, event);
      if (event.type !== 'score' || event.samples.length === 0) continue;
      const label = labelled.get(event.labelId);
      labels++;
      for (const modality of ['fused', 'audio', 'video'] as const) {
        if (!speaksOf(label, modality)) continue;
        fading[modality] = scored(fading[modality], share(event.samples, modality, label?.classId ?? null));
      }
    }
    const { fused, audio, video } = fading;
    const prequential = { fused: rate(fused), audio: rate(audio), video: rate(video), labels };
    return new Scoreboard(prequential, streamStateOf(entries));
  }
}

/** A label of the sound says nothing of how the picture answers: it is no mistake of the picture. */
function speaksOf(label: LabelEvent | undefined, modality: 'fused' | 'audio' | 'video'): boolean {
  if (!label || modality === 'fused') return true;
  return modality === 'audio' ? label.audioSamples > 0 : label.videoSamples > 0;
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
