import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { LabelKind } from '../../../proto/messages.ts';
import { answer } from '../../../src/model/answer.ts';
import {
  type ClassifierState,
  createClassifier,
  forgetLabel,
  learn,
  observe,
  setClasses,
  type TaughtLabel,
  withAppliedSeq,
} from '../../../src/model/classifier.ts';
import type { Representation } from '../../../src/model/evidence.ts';
import { ACTIVE_EXEMPLARS, KEPT_EXEMPLARS } from '../../../src/model/exemplars.ts';
import { random } from '../../../src/random.ts';
import { labelOf, WIDTH, windowOf } from './representations.ts';

const CLASSES = ['a', 'b', 'c'];
const fresh = (): ClassifierState => createClassifier({ width: WIDTH, modelVersion: 0, classIds: CLASSES });

type Lesson = { readonly label: TaughtLabel; readonly samples: readonly Representation[] };
const teach = (state: ClassifierState, lessons: readonly Lesson[]): ClassifierState =>
  lessons.reduce((taught, { label, samples }) => learn(taught, label, samples), state);

const kinds: readonly LabelKind[] = ['class', 'class', 'class', 'not-class', 'unknown'];

/** Lessons of any kind, scope and size, with journal places 1, 2, 3… */
const lessons = fc
  .array(
    fc.record({
      kind: fc.constantFrom(...kinds),
      classId: fc.constantFrom(...CLASSES),
      scope: fc.constantFrom('both', 'audio', 'video' as const),
      samples: fc.integer({ min: 0, max: 4 }),
      seed: fc.integer(),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((drawn) =>
    drawn.map(({ kind, classId, scope, samples, seed }, i): Lesson => {
      const source = random(seed);
      return {
        label: labelOf(i + 1, kind === 'unknown' ? null : classId, { kind, scope }),
        samples: Array.from({ length: samples }, (_, at) =>
          windowOf({ audio: classId, video: classId, at }, source),
        ),
      };
    }),
  );

const probes = CLASSES.map((name) => windowOf({ audio: name, video: name }, random(99)));
const answers = (state: ClassifierState) => probes.map((probe) => answer(withAppliedSeq(state, 0), probe));

describe('learn', () => {
  it('ignores the order in which labels and samples arrive', () => {
    fc.assert(
      fc.property(lessons, fc.integer(), (all, seed) => {
        const source = random(seed);
        const shuffled = [...all]
          .map((lesson) => ({ lesson, key: source.uniform() }))
          .sort((x, y) => x.key - y.key)
          .map(({ lesson: { label, samples } }) => ({ label, samples: [...samples].reverse() }));
        expect(answers(teach(fresh(), shuffled))).toEqual(answers(teach(fresh(), all)));
      }),
    );
  });

  it('is idempotent by label id', () => {
    const lesson = { label: labelOf(1, 'a'), samples: [probes[0]!] };
    expect(teach(fresh(), [lesson, lesson])).toEqual(teach(fresh(), [lesson]));
  });

  it('makes a class that it does not know', () => {
    const state = learn(fresh(), labelOf(1, 'd'), probes);
    expect(state.classIds).toEqual(['a', 'b', 'c', 'd']);
    expect(state.appliedSeq).toBe(1);
  });

  it('does not learn a dead signal beside a live one, and does when both are dead', () => {
    const sample = windowOf({ audio: 'a', video: 'a' }, random(1));
    const silent: Representation = { ...sample, signals: { audio: 'silent', video: 'live' } };
    const state = learn(fresh(), labelOf(1, 'a'), [silent]);
    expect(state.audio.taught.positives.size).toBe(0);
    expect(state.video.taught.positives.size).toBe(1);
    const nobody: Representation = { ...sample, signals: { audio: 'silent', video: 'dark' } };
    expect(learn(fresh(), labelOf(1, 'a'), [nobody]).audio.taught.positives.size).toBe(1);
  });

  it('turns an answer away from a class by "not X", and makes the place unknown by "unknown"', () => {
    const source = random(21);
    const base = teach(
      fresh(),
      CLASSES.map((name, i) => ({
        label: labelOf(i + 1, name),
        samples: [0, 1, 2].map((at) => windowOf({ audio: name, at }, source)),
      })),
    );
    const strange = [0, 1, 2].map((at) => windowOf({ audio: 'strange', at }, source, 0.1));
    const probe = windowOf({ audio: 'strange' }, source, 0.1);
    const wrong = answer(base, probe);
    const winner = CLASSES[wrong.fused.indexOf(Math.max(...wrong.fused))] ?? '';
    const k = CLASSES.indexOf(winner);
    const not = answer(learn(base, labelOf(9, winner, { kind: 'not-class' }), strange), probe);
    expect(not.fused[k]).toBeLessThan((wrong.fused[k] ?? 0) / 2);
    expect(not.classIds).toEqual(CLASSES);
    expect(answer(learn(base, labelOf(9, null), strange), probe).answer).toBeNull();
    // What the class was taught with still is that class.
    const own = windowOf({ audio: winner }, source);
    expect(answer(learn(base, labelOf(9, winner, { kind: 'not-class' }), strange), own).answer).toBe(winner);
  });

  it('shapes a prototype by the newest 64 and keeps 256, so that undoing the newest brings older ones back', () => {
    const source = random(3);
    const label = (seq: number): Lesson => ({
      label: labelOf(seq, 'a'),
      samples: [windowOf({ audio: 'a' }, source)],
    });
    const first = Array.from({ length: ACTIVE_EXEMPLARS }, (_, i) => label(i + 1));
    const later = Array.from({ length: KEPT_EXEMPLARS - ACTIVE_EXEMPLARS }, (_, i) =>
      label(i + 1 + first.length),
    );
    const before = teach(fresh(), first);
    let state = teach(before, later);
    expect(state.audio.taught.positives.get('a')).toHaveLength(KEPT_EXEMPLARS);
    expect(answers(state)).not.toEqual(answers(before));
    for (const { label: undone } of later) state = forgetLabel(state, undone.id);
    expect(answers(state)).toEqual(answers(before));
    const over = teach(
      state,
      Array.from({ length: 400 }, (_, i) => label(i + 1000)),
    );
    expect(over.audio.taught.positives.get('a')).toHaveLength(KEPT_EXEMPLARS);
  });

  it('refuses a broken representation with its code and leaves the state alone', () => {
    const broken = { ...probes[0]!, zAudio: new Float32Array(WIDTH).fill(Number.NaN) };
    expect(() => learn(fresh(), labelOf(1, 'a'), [broken])).toThrow(
      expect.objectContaining({ code: 'ERR_NOT_FINITE' }),
    );
    expect(() => learn(fresh(), labelOf(1, 'a'), [{ ...broken, zAudio: new Float32Array(1) }])).toThrow(
      expect.objectContaining({ code: 'ERR_PROTOTYPE_WIDTH' }),
    );
  });
});

describe('forgetLabel', () => {
  it('gives back the state that never had the label, to the bit', () => {
    fc.assert(
      fc.property(lessons, fc.nat(), (all, pick) => {
        const undone = all[pick % all.length]!;
        const rest = all.filter((lesson) => lesson !== undone);
        const state = forgetLabel(teach(fresh(), all), undone.label.id);
        expect(withAppliedSeq(state, 0)).toEqual(withAppliedSeq(teach(fresh(), rest), 0));
        expect(answers(state)).toEqual(answers(teach(fresh(), rest)));
      }),
    );
  });

  it('is the same object where there is nothing to forget', () => {
    const state = learn(fresh(), labelOf(1, 'a'), probes);
    expect(forgetLabel(state, 'never given')).toBe(state);
  });
});

describe('setClasses', () => {
  it('drops what was taught of a class that went, and its counterexamples', () => {
    const state = teach(fresh(), [
      { label: labelOf(1, 'a'), samples: probes },
      { label: labelOf(2, 'b'), samples: probes },
      { label: labelOf(3, 'b', { kind: 'not-class' }), samples: probes },
    ]);
    const rest = setClasses(state, ['c', 'a']);
    expect(rest.classIds).toEqual(['c', 'a']);
    expect([...rest.audio.taught.positives.keys()]).toEqual(['a']);
    expect(rest.audio.taught.negatives.size).toBe(0);
  });
});

describe('observe', () => {
  it('moves the statistics by live windows only', () => {
    const window = windowOf({ audio: 'a', video: 'a' }, random(1));
    const state = observe(fresh(), { ...window, signals: { audio: 'live', video: 'dark' } });
    expect(state.audio.seen.count).toBe(1);
    expect(state.video.seen.count).toBe(0);
  });

  it('takes the statistics into use at every window first, later at every 64th', () => {
    const source = random(1);
    let state = fresh();
    const taken: number[] = [];
    for (let at = 0; at < 3000; at++) {
      const next = observe(state, windowOf({ audio: 'a' }, source));
      if (next.audio.inUse !== state.audio.inUse) taken.push(at + 1);
      state = next;
    }
    expect(taken.slice(0, 5)).toEqual([1, 2, 3, 4, 5]);
    const gaps = taken.slice(1).map((at, i) => at - (taken[i] ?? 0));
    expect(Math.max(...gaps)).toBe(64);
  });
});
