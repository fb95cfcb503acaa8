/** The pretraining step and its learner, on an encoder small enough to be fast. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';

import { type ComputeBackend, openBackend } from '../../../server/compute/backend.ts';
import { eager } from '../../../server/compute/compiled.ts';
import { weightShapes } from '../../../src/model/encoders.ts';
import { freshState, Learner } from '../../../src/pretraining/learner.ts';
import { type RowArrays, RowRenderer, rowLengths } from '../../../src/pretraining/rows.ts';
import { fallAt, rateAt, WARM_UP_STEPS } from '../../../src/pretraining/schedule.ts';
import {
  headShapes,
  OBJECTIVES,
  type Objective,
  pretrainingStep,
  type StepSpec,
} from '../../../src/pretraining/step.ts';
import { random } from '../../../src/random.ts';
import { ADAM } from '../../../src/training/step.ts';
import type { Compile } from '../../../src/training/trainee.ts';
import { TINY, tinyEncoder } from './tiny-material.ts';

const BATCH = 16;
const compile: Compile = async (_, fn) => eager(fn);
const specOf = (objective: Objective): StepSpec => ({
  encoder: tinyEncoder,
  objective,
  kinds: 2,
  measures: 2,
  batch: BATCH,
});

const rows = ((): RowArrays => {
  const lengths = rowLengths(TINY, BATCH);
  const out = {
    x: new Float32Array(lengths.x),
    kinds: new Float32Array(lengths.kinds),
    measures: new Float32Array(lengths.measures),
    known: new Float32Array(lengths.known),
  };
  new RowRenderer(TINY, { seed: 1, batch: BATCH, reuse: 1 }).write(0, out, () => true);
  return out;
})();

let backend: ComputeBackend;
beforeAll(async () => {
  backend = await openBackend('auto');
});

const open = (objective: Objective, how: Compile = compile): Promise<Learner> =>
  Learner.open(specOf(objective), freshState(specOf(objective), random(2)), how, rows);

describe('pretrainingStep', () => {
  it.each(OBJECTIVES)('lowers the loss of one batch by %s and leaks no tensor', async (objective) => {
    const learner = await open(objective);
    const before = backend.tensors();
    const losses = Array.from({ length: 8 }, () => learner.step(rows, 5e-3).loss);
    expect(backend.tensors()).toBe(before);
    expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
    learner.dispose();
    learner.dispose();
  });

  it.each(OBJECTIVES)('can be traced: by %s the graph gives what the eager run gives', async (objective) => {
    const { backend: kind } = backend.report;
    const learner = await open(objective, (name, fn, examples) => backend.compile(name, fn, examples));
    learner.step(rows, 1e-3);
    expect(backend.report.backend).toBe(kind); // a graph that fails its check would turn it to eager
    learner.dispose();
  });

  it('gives the terms of which the loss is the sum', async () => {
    const learner = await open('both');
    const { loss, terms } = learner.step(rows, 0);
    expect(Object.keys(terms)).toEqual(['contrast', 'kinds', 'measures']);
    expect(Object.values(terms).reduce((sum, term) => sum + term, 0)).toBeCloseTo(loss, 4);
    learner.dispose();
  });

  it('moves by AdamW: the first move is the rate in the direction of the gradient, and the decay of kernels alone', async () => {
    const learner = await open('attributes');
    const before = learner.state();
    const rate = 1e-3;
    learner.step(rows, rate);
    const after = new Map(learner.state().arrays.map(({ name, values }) => [name, values]));
    for (const [name, decay] of [
      ['kinds/kernel', 0.01],
      ['kinds/bias', 0],
    ] as const) {
      const weight = before.arrays.find((array) => array.name === name)?.values[0] ?? Number.NaN;
      const square = after.get(`square/${name}`)?.[0] ?? Number.NaN;
      const mean = after.get(`mean/${name}`)?.[0] ?? Number.NaN;
      const scale = Math.sqrt(square / (1 - ADAM.squareDecay)) + ADAM.epsilon;
      const move = mean / (1 - ADAM.meanDecay) / scale + decay * weight;
      expect(Math.abs(mean)).toBeGreaterThan(0);
      expect(after.get(name)?.[0]).toBeCloseTo(weight - rate * move, 6);
    }
    learner.dispose();
  });

  it('names an input that is missing', () => {
    expect(() => tf.tidy(() => pretrainingStep(specOf('contrast'))({}))).toThrow(/no input/);
  });
});

describe('Learner', () => {
  it('gives the encoder without its heads', async () => {
    const learner = await open('both');
    expect(learner.encoder().map(({ name }) => name)).toEqual(
      weightShapes(tinyEncoder).map(({ name }) => name),
    );
    expect(headShapes(specOf('both')).map(({ name }) => name)).toContain('project1/kernel');
    learner.dispose();
  });

  it('goes on from its state bit for bit', async () => {
    const whole = await open('both');
    for (let i = 0; i < 6; i++) whole.step(rows, 1e-3);
    const first = await open('both');
    for (let i = 0; i < 3; i++) first.step(rows, 1e-3);
    const second = await Learner.open(specOf('both'), first.state(), compile, rows);
    for (let i = 0; i < 3; i++) second.step(rows, 1e-3);
    expect(second.state()).toEqual(whole.state());
    for (const learner of [whole, first, second]) learner.dispose();
  });

  it('refuses the state of another objective', async () => {
    const state = freshState(specOf('contrast'), random(1));
    await expect(Learner.open(specOf('attributes'), state, compile, rows)).rejects.toThrow(
      /no kinds\/kernel/,
    );
  });
});

describe('rateAt', () => {
  it('rises and stays whatever the length, then falls to nothing', () => {
    expect(rateAt(0, 1e4, 1)).toBeCloseTo(1 / WARM_UP_STEPS, 9);
    for (const step of [0, WARM_UP_STEPS - 1, WARM_UP_STEPS, fallAt(1000) - 1])
      expect(rateAt(step, 1000, 1)).toBe(rateAt(step, null, 1));
    expect(rateAt(fallAt(1000), 1000, 2)).toBe(2);
    expect(rateAt((1000 + fallAt(1000)) / 2, 1000, 2)).toBeCloseTo(1, 9);
    expect(rateAt(1000, 1000, 2)).toBeCloseTo(0, 9);
  });

  it('is a number for every step of a run that is all rise', () => {
    for (let step = 0; step < 5; step++) expect(rateAt(step, 5, 1)).toBeGreaterThan(0);
  });
});
