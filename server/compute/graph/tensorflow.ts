/**
 * What we use of tfjs-node beyond its documented interface: two methods of its backend through which every operation
 * passes (pinned to 4.22.0; the self-check at start finds a change), and one kernel of our own.
 */
import * as tf from '@tensorflow/tfjs';

/** An operation's attribute as tfjs-node hands it to TensorFlow. */
export type OpAttribute = { readonly name: string; readonly type: number; readonly value: unknown };

/** The part of tfjs-node's backend that the tracer stands in for while it records. */
export type TensorFlowBackend = {
  executeSingleOutput(op: string, attributes: OpAttribute[], inputs: tf.TensorInfo[]): tf.Tensor;
  executeMultipleOutputs(
    op: string,
    attributes: OpAttribute[],
    inputs: tf.TensorInfo[],
    count: number,
  ): tf.Tensor[];
  readSync(dataId: object): unknown;
  readonly binding: Readonly<Record<AttributeTypeName, number>> & { readonly TF_Version: string };
};

const ATTRIBUTE_TYPES = [
  'TF_ATTR_STRING',
  'TF_ATTR_INT',
  'TF_ATTR_FLOAT',
  'TF_ATTR_BOOL',
  'TF_ATTR_TYPE',
  'TF_ATTR_SHAPE',
] as const;
type AttributeTypeName = (typeof ATTRIBUTE_TYPES)[number];

const METHODS = ['executeSingleOutput', 'executeMultipleOutputs', 'readSync'] as const;

const has = (value: object, name: string, type: string): boolean => typeof Reflect.get(value, name) === type;

/** Whether `backend` is tfjs-node's, in the form that this version of the tracer knows. */
export function isTensorFlowBackend(backend: unknown): backend is TensorFlowBackend {
  if (typeof backend !== 'object' || backend === null || !('binding' in backend)) return false;
  const { binding } = backend;
  if (typeof binding !== 'object' || binding === null) return false;
  return (
    METHODS.every((name) => has(backend, name, 'function')) &&
    ATTRIBUTE_TYPES.every((name) => has(binding, name, 'number')) &&
    has(binding, 'TF_Version', 'string')
  );
}

/**
 * Replaces tfjs-node's `Step` (the gradient of ReLU), which builds an array of ones of activation size in JavaScript
 * on every call and would put it into every traced graph. Ours compares and casts. NaN gives 0, not NaN: a gradient
 * of NaN still shows, because it is multiplied in. Idempotent.
 */
export function registerStep(): void {
  if (tf.getKernel('Step', 'tensorflow')) tf.unregisterKernel('Step', 'tensorflow');
  tf.registerKernel({
    kernelName: 'Step',
    backendName: 'tensorflow',
    kernelFunc: ({ inputs, attrs }) => {
      const { x } = inputs;
      const below = Number(attrs?.alpha ?? 0);
      if (!(x instanceof tf.Tensor)) throw new TypeError('Step takes one tensor, x');
      return tf.tidy((): tf.Tensor => {
        const above = tf.greater(x, 0).cast('float32');
        return below === 0 ? above : above.mul(1 - below).add(below);
      });
    },
  });
}
