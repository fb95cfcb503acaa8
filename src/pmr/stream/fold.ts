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

/** The state after each label in force that was scored, with the place of its score. */
export type StreamMoment = { readonly seq: number; readonly state: StreamState };

/** What a journal says of the balance: how it went, and how it stands. */
export type StreamCourse = { readonly moments: readonly StreamMoment[]; readonly state: StreamState };

/** Folds entries in order of `seq`. A label that was taken back among them counts as never given. */
export function streamCourseOf(
  entries: readonly JournalEntry[],
  settings: StreamSettings = STREAM,
): StreamCourse {
  const inForce = new Map(viewOf(entries).labels.map(({ id, classId }) => [id, classId]));
  const moments: StreamMoment[] = [];
  let state = STREAM_START;
  for (const { seq, event } of entries) {
    const classId = event.type === 'score' ? (inForce.get(event.labelId) ?? null) : null;
    if (event.type === 'score' && classId !== null) {
      state = labelScored(state, scoredLabel(classId, event.samples), settings);
      moments.push({ seq, state });
    } else if (event.type === 'round') state = roundBegan(state, event.policy === 'pmr-stream');
    else if (event.type === 'promotion') state = versionPromoted(state);
    else if (event.type === 'rollback') state = versionRolledBack(state);
    // Labels count by their scores; the rest says nothing of the balance.
  }
  return { moments, state };
}

/** Where that course has led to. */
export const streamStateOf = (
  entries: readonly JournalEntry[],
  settings: StreamSettings = STREAM,
): StreamState => streamCourseOf(entries, settings).state;
