/** The encoder that is being pretrained: its weights, its heads and the optimizer's slots, moved by a compiled step. */
import * as tf from '@tensorflow/tfjs';

import { ShapeError } from '../errors.ts';
import { type NamedArray, weightShapes } from '../model/encoders.ts';
import type { Random } from '../random.ts';
import { ADAM, meanSlot, squareSlot } from '../training/step.ts';
import type { Compile, CompiledStep } from '../training/trainee.ts';
import type { RowArrays } from './rows.ts';
import { initialWeights, movingShapes, pretrainingStep, type StepSpec } from './step.ts';

export type Outcome = {
  readonly loss: number;
  readonly gradientNorm: number;
  /** The loss's terms by name. */
  readonly terms: Readonly<Record<string, number>>;
};

/** Everything that a later process needs to go on: as many steps done, and every array of the state by name. */
export type LearnerState = { readonly steps: number; readonly arrays: readonly NamedArray[] };

/** The state before the first step. */
export function freshState(spec: StepSpec, source: Random): LearnerState {
  const weights = initialWeights(spec, source);
  const slots = [meanSlot, squareSlot].flatMap((slot) =>
    weights.map(({ name, shape, values }) => ({
      name: slot(name),
      shape,
      values: new Float32Array(values.length),
    })),
  );
  return { steps: 0, arrays: [...weights, ...slots] };
}

function stateTensors(spec: StepSpec, { arrays }: LearnerState): Record<string, tf.Tensor> {
  const given = new Map(arrays.map((array) => [array.name, array]));
  const named = movingShapes(spec).flatMap(({ name, shape }) =>
    [name, meanSlot(name), squareSlot(name)].map((key) => ({ key, shape })),
  );
  const missing = named.find(
    ({ key, shape }) => given.get(key)?.shape.join() !== shape.join() || !given.get(key),
  );
  if (missing) {
    const hint = `the state has no ${missing.key} of [${missing.shape.join()}]: it is of another encoder or objective`;
    throw new ShapeError('ERR_SHAPE', hint);
  }
  return Object.fromEntries(
    named.map(({ key, shape }) => [key, tf.tensor(given.get(key)?.values ?? [], [...shape])]),
  );
}

/** Owns its tensors; `dispose` ends them. */
export class Learner {
  readonly #spec: StepSpec;
  readonly #compiled: CompiledStep;
  #state: Record<string, tf.Tensor>;
  #steps: number;

  private constructor(
    spec: StepSpec,
    compiled: CompiledStep,
    state: Record<string, tf.Tensor>,
    steps: number,
  ) {
    this.#spec = spec;
    this.#compiled = compiled;
    this.#state = state;
    this.#steps = steps;
  }

  /**
   * Compiles the step on a first batch.
   *
   * @throws {ShapeError} ERR_SHAPE where the state is not `spec`'s.
   */
  static async open(
    spec: StepSpec,
    state: LearnerState,
    compile: Compile,
    example: RowArrays,
  ): Promise<Learner> {
    const tensors = stateTensors(spec, state);
    const passing = { ...batchTensors(spec, example), ...scalars(0, 1) };
    try {
      const name = `pretraining-${spec.encoder.modality}-${spec.objective}`;
      const compiled = await compile(name, pretrainingStep(spec), { ...tensors, ...passing });
      return new Learner(spec, compiled, tensors, state.steps);
    } catch (error) {
      tf.dispose(tensors);
      throw error;
    } finally {
      tf.dispose(passing);
    }
  }

  /** Steps done. */
  get steps(): number {
    return this.#steps;
  }

  /** Moves every weight by one step at `rate`. */
  step(rows: RowArrays, rate: number): Outcome {
    this.#steps++;
    const passing = { ...batchTensors(this.#spec, rows), ...scalars(rate, this.#steps) };
    const outputs = this.#compiled.run({ ...this.#state, ...passing });
    tf.dispose(passing);
    const next = { ...this.#state };
    const values: Record<string, number> = {};
    for (const [name, tensor] of Object.entries(outputs)) {
      if (name in next) {
        next[name]?.dispose();
        next[name] = tensor;
      } else {
        values[name] = tensor.dataSync()[0] ?? Number.NaN;
        tensor.dispose();
      }
    }
    this.#state = next;
    const { loss = Number.NaN, gradientNorm = Number.NaN, ...terms } = values;
    const named = Object.entries(terms).map(([name, value]) => [name.replace('term/', ''), value] as const);
    return { loss, gradientNorm, terms: Object.fromEntries(named) };
  }

  /** A copy of all that moves. */
  state(): LearnerState {
    const arrays = Object.entries(this.#state).map(([name, tensor]) => ({
      name,
      shape: tensor.shape,
      values: Float32Array.from(tensor.dataSync()),
    }));
    return { steps: this.#steps, arrays };
  }

  /** A copy of the encoder's weights, in the order of `weightShapes`; the heads stay behind. */
  encoder(): readonly NamedArray[] {
    return weightShapes(this.#spec.encoder).map(({ name, shape }) => ({
      name,
      shape,
      values: Float32Array.from(this.#state[name]?.dataSync() ?? []),
    }));
  }

  /** Idempotent. */
  dispose(): void {
    tf.dispose(this.#state);
    this.#state = {};
    this.#compiled.dispose();
  }
}

function batchTensors(
  { encoder, batch, kinds, measures }: StepSpec,
  rows: RowArrays,
): Record<string, tf.Tensor> {
  return {
    x: tf.tensor(rows.x, [2 * batch, ...encoder.input]),
    kinds: tf.tensor(rows.kinds, [batch, kinds]),
    measures: tf.tensor(rows.measures, [batch, measures]),
    known: tf.tensor(rows.known, [batch, measures]),
  };
}

function scalars(rate: number, step: number): Record<string, tf.Tensor> {
  return {
    rate: tf.scalar(rate),
    meanCorrection: tf.scalar(1 - ADAM.meanDecay ** step),
    squareCorrection: tf.scalar(1 - ADAM.squareDecay ** step),
  };
}
