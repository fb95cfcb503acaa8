import { describe, expect, it } from 'vitest';
import { micros, millis } from '../../../../proto/units.ts';
import { Scoreboard } from '../../../../server/project/scoreboard.ts';
import type { JournalEntry, JournalEvent, LabelEvent, SampleScore } from '../../../../src/journal.ts';

const sample = (fused: string | null, audio: string | null, video: string | null): SampleScore => ({
  fused,
  audio,
  video,
  audioScore: null,
  videoScore: null,
});
const label = (id: string, classId: string): LabelEvent => ({
  type: 'label',
  id,
  sessionId: 's',
  start: micros(0),
  end: micros(1),
  kind: 'class',
  classId,
  scope: 'both',
  labelledAt: millis(0),
  by: '',
  split: 'train',
  audioSamples: 1,
  videoSamples: 1,
});
const score = (labelId: string, ...samples: SampleScore[]): JournalEvent => ({
  type: 'score',
  id: `${labelId}:score`,
  labelId,
  samples,
});
const journal = (...events: JournalEvent[]): JournalEntry[] =>
  events.map((event, i) => ({ seq: i + 1, at: millis(0), event }));

describe('Scoreboard', () => {
  it('has no labels and no accuracy at first', () => {
    expect(Scoreboard.of([]).prequential).toEqual({ fused: 0, audio: 0, video: 0, labels: 0 });
  });

  it('counts the share of right samples of each label, the older label fading by 0.98', () => {
    const entries = journal(
      label('a', 'x'),
      score('a', sample('x', 'x', null), sample('x', 'y', null)),
      label('b', 'y'),
      score('b', sample('x', 'y', 'y')),
    );
    const { fused, audio, video, labels } = Scoreboard.of(entries).prequential;
    expect(labels).toBe(2);
    expect(fused).toBeCloseTo((1 * 0.98 + 0) / (0.98 + 1), 12);
    expect(audio).toBeCloseTo((0.5 * 0.98 + 1) / (0.98 + 1), 12);
    expect(video).toBeCloseTo((0 * 0.98 + 1) / (0.98 + 1), 12);
  });

  it('does not count against a sense that a label does not speak of', () => {
    const heard: JournalEvent = { ...label('a', 'x'), scope: 'audio', videoSamples: 0 };
    const { fused, audio, video } = Scoreboard.of(
      journal(label('b', 'x'), score('b', sample('x', 'x', 'x')), heard, score('a', sample('x', 'x', null))),
    ).prequential;
    expect([fused, audio, video]).toEqual([1, 1, 1]);
  });

  it('passes over a label without samples', () => {
    expect(Scoreboard.of(journal(label('a', 'x'), score('a'))).prequential.labels).toBe(0);
  });

  it('keeps PMR-stream’s state of the same scores', () => {
    const { stream } = Scoreboard.of(journal(label('a', 'x'), score('a', sample('x', 'x', null))));
    expect(stream.early).toBe(19);
  });
});
