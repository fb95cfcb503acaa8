/**
 * PMR-stream's state as a fold over the journal: labels in force, as they were scored before they were learned, and what
 * training did between. The same entries give the same state on every machine.
 */
import { type JournalEntry, type SampleScore, viewOf } from '../../journal.ts';
import { STREAM, type StreamSettings } from './settings.ts';
import {
  labelScored,
  roundBegan,
  type ScoredLabel,
  type SideScore,
  STREAM_START,
  type StreamState,
  versionPromoted,
  versionRolledBack,
} from './state.ts';

const sideOf = (answer: string | null, score: number | null, classId: string): SideScore | null =>
  score === null ? null : { score, hit: answer === classId };

function scoredLabel(classId: string, samples: readonly SampleScore[]): ScoredLabel {
  return {
    classId,
    samples: samples.map(({ fused, audio, video, audioScore, videoScore }) => ({
      fused: fused === classId,
      audio: sideOf(audio, audioScore, classId),
      video: sideOf(video, videoScore, classId),
    })),
  };
}

/** Folds entries in order of `seq`. A label that was taken back among them counts as never given. */
export function streamStateOf(
  entries: readonly JournalEntry[],
  settings: StreamSettings = STREAM,
): StreamState {
  const inForce = new Map(viewOf(entries).labels.map(({ id, classId }) => [id, classId]));
  return entries.reduce((state, { event }): StreamState => {
    switch (event.type) {
      case 'score': {
        const classId = inForce.get(event.labelId) ?? null;
        return classId === null ? state : labelScored(state, scoredLabel(classId, event.samples), settings);
      }
      case 'round':
        return roundBegan(state, event.policy === 'pmr-stream');
      case 'promotion':
        return versionPromoted(state);
      case 'rollback':
        return versionRolledBack(state);
      default: // labels count by their scores; the rest says nothing of the balance
        return state;
    }
  }, STREAM_START);
}
