import { describe, expect, it } from 'vitest';
import { liveView, named } from '../../../../client/state/live.ts';
import { belief, classInfo, prediction } from '../fixtures.ts';

const classes = [classInfo('a', 'Clap'), classInfo('b', 'Wave')];

describe('liveView', () => {
  it('names the answer and what each sense believes', () => {
    const live = liveView(prediction(960_000), classes);
    expect(live.answer?.name).toBe('Clap');
    expect(live.confidence).toBe(0.8);
    expect(live.video.answer?.name).toBe('Wave');
    expect(live.video.top.map(({ name, probability }) => [name, probability])).toEqual([
      ['Wave', 0.6],
      ['Clap', 0.4],
    ]);
    expect(live.rows.get('b')).toMatchObject({ fused: 0.2, audio: 0.3, video: 0.6 });
    expect(live.skew).toBe(12);
  });

  it('splits the decision by positive contributions', () => {
    const parts = { audio: belief({ contribution: 3 }), video: belief({ contribution: 1 }) };
    const live = liveView(prediction(960_000, parts), classes);
    expect([live.audio.share, live.video.share]).toEqual([3 / 4, 1 / 4]);
    const none = { audio: belief({ contribution: -1 }), video: belief({ contribution: 0 }) };
    expect(liveView(prediction(960_000, none), classes).audio.share).toBeNull();
  });

  it('gives the decision of a single class to the sense that alone is counted', () => {
    const parts = { audio: belief({ contribution: 0 }), video: belief({ contribution: 0, weight: 0 }) };
    const live = liveView(prediction(960_000, parts), classes);
    expect([live.audio.share, live.video.share]).toEqual([1, 0]);
  });

  it('lets a missing sense be silent', () => {
    const gone = belief({ probabilities: [], confidence: 0, signal: 'missing', answer: null, weight: 0 });
    const live = liveView(prediction(960_000, { audio: gone, skew: null }), classes);
    expect(live.audio).toMatchObject({ speaks: false, signal: 'missing', top: [] });
    expect(live.rows.get('a')?.audio).toBeNull();
    expect(live.skew).toBeNull();
  });
});

describe('named', () => {
  it('is null for unknown and says that a class was deleted', () => {
    expect(named(classes, null)).toBeNull();
    expect(named(classes, 'z')?.name).toBe('deleted class');
  });
});
