import { describe, expect, it } from 'vitest';
import { random } from '../../../../../src/random.ts';
import { AV_CLASSES, FIRST_CLASSES } from '../../../../bench/learning/av/classes.ts';
import { classesOf } from '../../../../bench/learning/av/course.ts';
import {
  AFTER,
  BEFORE,
  contextsOf,
  SCENARIO_NAMES,
  SCENARIOS,
  STEADY,
  shiftAt,
} from '../../../../bench/learning/av/scenarios.ts';
import { AV_SETTINGS } from '../../../../bench/learning/av/settings.ts';

const SHIFTED = SCENARIO_NAMES.filter((name) => name !== 'steady');

describe('SCENARIOS', () => {
  it('has one in which nothing changes', () => {
    const { phases } = SCENARIOS.steady;
    expect(phases).toHaveLength(1);
    expect(phases[0]).toMatchObject({ sound: 'plain', picture: 'plain', labels: STEADY });
  });

  it.each(SHIFTED)('%s starts plain and changes exactly one thing', (name) => {
    const [first, last] = SCENARIOS[name].phases;
    expect(first).toMatchObject({ sound: 'plain', picture: 'plain', labels: BEFORE, classes: FIRST_CLASSES });
    const changed = (['sound', 'picture', 'classes', 'prior'] as const).filter(
      (field) => JSON.stringify(first?.[field]) !== JSON.stringify(last?.[field]),
    );
    expect(changed).toHaveLength(name === 'strangers' ? 2 : 1); // another speaker comes with another scene
    expect(last?.labels).toBe(AFTER);
  });

  it.each(SCENARIO_NAMES)('%s asks for no more windows of a class than are rendered', (name) => {
    const { before, after } = AV_SETTINGS.streamPerClass;
    const contexts = contextsOf(SCENARIOS[name]);
    const draw = random(1);
    const counts = contexts.map(() => AV_CLASSES.map(() => 0));
    for (const phase of SCENARIOS[name].phases) {
      const context = contexts.findIndex(
        ({ sound, picture }) => sound === phase.sound && picture === phase.picture,
      );
      for (const k of classesOf(phase, draw)) counts[context]![k]!++;
    }
    counts.forEach((own, i) => {
      expect(Math.max(...own)).toBeLessThanOrEqual(i === 0 ? before : after);
    });
  });
});

describe('contextsOf', () => {
  it('has each context once, with the most classes that it has', () => {
    expect(contextsOf(SCENARIOS['new-class'])).toEqual([
      { sound: 'plain', picture: 'plain', classes: AV_CLASSES.length },
    ]);
    expect(contextsOf(SCENARIOS['audio-noise']).map(({ sound }) => sound)).toEqual(['plain', 'noisy']);
  });
});

describe('shiftAt', () => {
  it('is the first label of the last phase', () => {
    expect(shiftAt(SCENARIOS.muted)).toBe(BEFORE);
    expect(shiftAt(SCENARIOS.steady)).toBe(0);
  });
});

describe('classesOf', () => {
  const [plain] = SCENARIOS.prior.phases;
  const shifted = SCENARIOS.prior.phases.at(-1);
  if (!plain || !shifted) throw new TypeError('a scenario of two phases');
  const countsOf = (drawn: readonly number[]): number[] =>
    Array.from({ length: FIRST_CLASSES }, (_, k) => drawn.filter((one) => one === k).length);

  it('gives every class as often as any other, to within one', () => {
    const counts = countsOf(classesOf(plain, random(3)));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(BEFORE);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  });

  it('follows a prior', () => {
    const counts = countsOf(classesOf(shifted, random(3)));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(AFTER);
    counts.forEach((count, k) => {
      expect(Math.abs(count - (AFTER * (k % 2 === 1 ? 6 : 1)) / 28)).toBeLessThanOrEqual(1);
    });
  });

  it('draws another order from another seed, the same from the same', () => {
    expect(classesOf(plain, random(3))).toEqual(classesOf(plain, random(3)));
    expect(classesOf(plain, random(3))).not.toEqual(classesOf(plain, random(4)));
  });
});
