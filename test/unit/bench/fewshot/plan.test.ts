import { describe, expect, it } from 'vitest';
import { STAGES } from '../../../bench/fewshot/cells.ts';
import { jobsOf, RANDOM } from '../../../bench/fewshot/plan.ts';
import { SET_NAMES } from '../../../bench/fewshot/sets.ts';

const starters = ['starter', 'starter-2'].map((name) => ({ name, path: name, digest: name }));
const short = { long: false, starters, draws: 10, tuned: null, sets: SET_NAMES, stages: STAGES };

describe('jobsOf', () => {
  it('asks every learner about the same draw, one after the other', () => {
    const [first] = jobsOf(short);
    expect(first?.map(({ learner }) => learner.name)).toEqual(['starter', 'starter-2', 'random']);
    expect(new Set(first?.map(({ set, draw }) => `${set} ${draw}`)).size).toBe(1);
  });

  it('runs prototypes on ten draws of what the targets are about', () => {
    const drawn = jobsOf(short)
      .flat()
      .filter(
        ({ set, stage, learner }) => set === 'held-out' && stage === 'prototypes' && learner === RANDOM,
      );
    expect(drawn.map(({ draw }) => draw)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('fine-tunes the first starter and its opponent on the same draws', () => {
    const tuned = jobsOf({ ...short, long: true })
      .flat()
      .filter(({ stage }) => stage === 'fine-tuned');
    const of = (name: string) =>
      tuned
        .filter(({ learner }) => learner.name === name)
        .map(({ set, draw, labels }) => [set, draw, labels]);
    expect(of('starter')).toEqual(of('random'));
    expect(of('starter').length).toBeGreaterThanOrEqual(60);
    expect(of('starter-2')).toEqual([]);
  });

  it('runs random weights alone where there is no starter', () => {
    const names = new Set(
      jobsOf({ ...short, starters: [] })
        .flat()
        .map(({ learner }) => learner.name),
    );
    expect([...names]).toEqual(['random']);
  });

  it('fine-tunes as many draws as are asked for', () => {
    const draws = jobsOf({ ...short, tuned: 3, stages: ['fine-tuned'] })
      .flat()
      .filter(({ set, labels, learner }) => set === 'words-noisy' && labels === 20 && learner === RANDOM)
      .map(({ draw }) => draw);
    expect(draws).toEqual([1, 2, 3]);
  });

  it('keeps to the stages that are asked for', () => {
    const jobs = jobsOf({ ...short, stages: ['bound'] });
    expect(new Set(jobs.flat().map(({ stage }) => stage))).toEqual(new Set(['bound']));
  });

  it('keeps to the sets that are asked for', () => {
    const sets = new Set(
      jobsOf({ ...short, sets: ['steady'] })
        .flat()
        .map(({ set }) => set),
    );
    expect([...sets]).toEqual(['steady']);
  });
});
