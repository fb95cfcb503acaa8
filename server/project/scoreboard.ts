/**
 * How the answers did before each label: test, then train.
 */
import type { Prequential } from '../../proto/messages.ts';
import type { JournalEntry, SampleScore } from '../../src/journal.ts';

/** Weight of the past in the fading accuracy: about the last 50 labels count. */
const FORGETTING = 0.98;

type Fading = { hits: number; weight: number };

/** Prequential accuracy of the fused answer and of each modality, forgetting factor 0.98 a label. Immutable. */
export class Scoreboard {
  readonly prequential: Prequential;

  private constructor(prequential: Prequential) {
    this.prequential = prequential;
  }

  /** Folds the journal's scores of labels that were given to classes, in order; those later taken back stay counted: they were answers too. */
  static of(entries: readonly JournalEntry[]): Scoreboard {
    const classOf = new Map<string, string | null>();
    const fading = { fused: empty(), audio: empty(), video: empty() };
    let labels = 0;
    for (const { event } of entries) {
      if (event.type === 'label') classOf.set(event.id, event.classId);
      if (event.type !== 'score') continue;
      const truth = classOf.get(event.labelId) ?? null;
      labels++;
      for (const modality of ['fused', 'audio', 'video'] as const)
        take(fading[modality], share(event.samples, modality, truth));
    }
    const { fused, audio, video } = fading;
    return new Scoreboard({ fused: rate(fused), audio: rate(audio), video: rate(video), labels });
  }
}

const empty = (): Fading => ({ hits: 0, weight: 0 });
const rate = ({ hits, weight }: Fading): number => (weight === 0 ? 0 : hits / weight);

/** Share of a label's samples that were answered rightly; null where the modality gave no answer to score. */
function share(
  samples: readonly SampleScore[],
  modality: 'fused' | 'audio' | 'video',
  truth: string | null,
): number | null {
  if (samples.length === 0) return null;
  return samples.filter((sample) => sample[modality] === truth).length / samples.length;
}

function take(fading: Fading, hit: number | null): void {
  if (hit === null) return;
  fading.hits = FORGETTING * fading.hits + hit;
  fading.weight = FORGETTING * fading.weight + 1;
}
