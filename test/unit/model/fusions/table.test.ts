/** What every fusion keeps to, eagerly on whichever backend this machine has. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';

import { FUSION_NAMES, type FusionName } from '../../../../proto/fusions.ts';
import { type ComputeBackend, openBackend } from '../../../../server/compute/backend.ts';
import type { FusionForm, LogitTensors } from '../../../../src/model/fusions/form.ts';
import { FUSIONS } from '../../../../src/model/fusions/table.ts';
import {
  type Head,
  halfLogits,
  headFromTrained,
  headLogits,
  sizeOf,
  trainedShape,
} from '../../../../src/model/head.ts';
import { random } from '../../../../src/random.ts';

const [ROWS, CLASSES, COLUMNS, WIDTH] = [3, 4, 6, 5];
const classIds = ['a', 'b', 'c', 'd'];

let backend: ComputeBackend;
beforeAll(async () => {
  backend = await openBackend('eager');
});

type Values = Readonly<Record<string, Float32Array>>;

/** Every weight random, and `z/audio`, `z/video` [B, D] beside them. */
function valuesOf({ name, weights }: FusionForm): Values {
  const source = random(name.length);
  const drawn = (length: number): Float32Array => Float32Array.from({ length }, () => source.normal() / 2);
  const made = weights(WIDTH).map((weight) => [weight.name, drawn(sizeOf(trainedShape(weight, COLUMNS)))]);
  return { ...Object.fromEntries(made), 'z/audio': drawn(ROWS * WIDTH), 'z/video': drawn(ROWS * WIDTH) };
}

const shapeOf = (form: FusionForm, name: string): readonly number[] => {
  const weight = form.weights(WIDTH).find((one) => one.name === name);
  return weight ? trainedShape(weight, COLUMNS) : [ROWS, WIDTH];
};

function traced(form: FusionForm, tensors: Readonly<Record<string, tf.Tensor>>): LogitTensors {
  const of = (name: string): tf.Tensor => tensors[name] ?? tf.scalar(0);
  return form.trace({ audio: of('z/audio').as2D(ROWS, WIDTH), video: of('z/video').as2D(ROWS, WIDTH) }, of);
}

function servedOf(fusion: FusionName, values: Values): Head {
  const weights = Object.entries(values).map(([name, array]) => ({ name, shape: [], values: array }));
  return headFromTrained({ fusion, classIds, width: WIDTH, weights, gate: 1 });
}

const row = (values: Values, side: 'audio' | 'video', i: number): Float32Array =>
  (values[`z/${side}`] ?? new Float32Array(0)).subarray(i * WIDTH, (i + 1) * WIDTH);

/** Fused logits and both halves of every row, by plain numbers. */
function plainly(
  fusion: FusionName,
  values: Values,
): Readonly<Record<keyof LogitTensors, readonly number[]>> {
  const head = servedOf(fusion, values);
  const rows = Array.from({ length: ROWS }, (_, i) => i);
  return {
    fused: rows.flatMap((i) => {
      const { audio, video, bias } = headLogits(head, row(values, 'audio', i), row(values, 'video', i));
      return bias.map((value, k) => value + audio[k]! + video[k]!);
    }),
    audio: rows.flatMap((i) => halfLogits(head, 'audio', row(values, 'audio', i))),
    video: rows.flatMap((i) => halfLogits(head, 'video', row(values, 'video', i))),
  };
}

const PARTS = ['fused', 'audio', 'video'] as const;

describe('FUSIONS', () => {
  it('has each fusion under its own name', () => {
    for (const name of FUSION_NAMES) expect(FUSIONS[name].name).toBe(name);
  });
});

describe.each(FUSION_NAMES)('%s', (fusion) => {
  const form = FUSIONS[fusion];
  const values = valuesOf(form);
  const tensorsOf = (): Record<string, tf.Tensor> =>
    Object.fromEntries(
      Object.entries(values).map(([name, array]) => [name, tf.tensor(array, [...shapeOf(form, name)])]),
    );

  it('names weights that begin with head/, each once, some of them by class', () => {
    const names = form.weights(WIDTH).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.every((name) => name.startsWith('head/'))).toBe(true);
    expect(form.weights(WIDTH).some(({ byClass }) => byClass)).toBe(true);
  });

  it('serves what it trained: the same logits as tensors and as plain numbers, and leaks nothing', () => {
    const before = backend.tensors();
    const served = plainly(fusion, values);
    tf.tidy(() => {
      const made = traced(form, tensorsOf());
      for (const part of PARTS) {
        const all = made[part].arraySync().flatMap((logits) => logits.slice(0, CLASSES));
        all.forEach((value, i) => {
          expect(value).toBeCloseTo(served[part][i] ?? Number.NaN, 5); // float32 beside float64
        });
      }
    });
    expect(backend.tensors()).toBe(before);
  });

  it('differentiates: gradients agree with finite differences of the plain numbers', () => {
    const names = Object.keys(values);
    // A different factor for each logit, so that no error cancels.
    const factor = (part: number, i: number): number => Math.sin(1 + part + 3 * i);
    const plainLoss = (at: Values): number => {
      const logits = plainly(fusion, at);
      return PARTS.reduce(
        (sum, part, p) => sum + logits[part].reduce((all, value, i) => all + factor(p, i) * value, 0),
        0,
      );
    };
    tf.tidy(() => {
      const factors = PARTS.map((_, p) =>
        tf.tensor2d(
          Array.from({ length: ROWS * COLUMNS }, (__, at) => {
            const [i, k] = [Math.floor(at / COLUMNS), at % COLUMNS];
            return k < CLASSES ? factor(p, i * CLASSES + k) : 0;
          }),
          [ROWS, COLUMNS],
        ),
      );
      const loss = (...given: tf.Tensor[]): tf.Scalar => {
        const made = traced(
          form,
          Object.fromEntries(names.map((name, i) => [name, given[i] ?? tf.scalar(0)])),
        );
        return tf.addN(PARTS.map((part, p) => made[part].mul(factors[p] ?? 0).sum())).asScalar();
      };
      const gradients = tf.grads(loss)(Object.values(tensorsOf()));
      const step = 1 / 256; // exact in float32: what is stored is what was meant
      names.forEach((name, n) => {
        const gradient = gradients[n]?.dataSync() ?? [];
        values[name]?.forEach((value, i) => {
          const at = (moved: number): number => {
            const array = Float32Array.from(values[name] ?? []);
            array[i] = moved;
            return plainLoss({ ...values, [name]: array });
          };
          const [above, below] = [Math.fround(value + step), Math.fround(value - step)];
          const slope = (at(above) - at(below)) / (above - below);
          expect(gradient[i]).toBeCloseTo(slope, 2);
        });
      });
    });
  });

  it('answers each half as it would without the other modality', () => {
    const quiet = { ...values, 'z/video': new Float32Array(ROWS * WIDTH) };
    const { fused, audio } = plainly(fusion, quiet);
    const blind = plainly(fusion, { ...values, 'z/audio': new Float32Array(ROWS * WIDTH) });
    const head = servedOf(fusion, values);
    const none = halfLogits(head, 'video', new Float32Array(WIDTH));
    // Where the fusion adds, a half leaves the other's bias out; where it multiplies, it is the fused answer itself.
    fused.forEach((value, i) => {
      const left = fusion === 'concat' || fusion === 'sum' ? (none[i % CLASSES] ?? 0) : 0;
      expect((audio[i] ?? 0) + left).toBeCloseTo(value, 6);
    });
    expect(blind.fused.every(Number.isFinite)).toBe(true);
    expect(audio.some((value, i) => Math.abs(value - (audio[i % CLASSES] ?? 0)) > 1e-3)).toBe(true);
  });
});
