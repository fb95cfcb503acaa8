/**
 * Gradient of a convolution in its input, as one stride-1 convolution for each row phase.
 *
 * An input position is `i = s·t + r` with phase r in [0, s). Output o reads it with tap `k = i + before − s·o`, so with
 * `o = t + d` the tap depends on the phase alone: `dx[s·t + r] = sum over d of dy[t + d] · W[r + before − s·d]`. Each
 * phase is a correlation over t with few taps. The column phases go side by side into the channels, where they
 * interleave by a reshape; the row phases are concatenated.
 */
import * as tf from '@tensorflow/tfjs';

import type { Axis, Convolution } from './convolution.ts';

/** Offsets `d` from `first` to `last` with which a phase, or several, read the output gradient. */
export type Reach = { readonly first: number; readonly last: number };

/** The offsets at which tap `r + before − s·d` lies in the kernel; empty (last < first) where the stride skips this phase. */
export function reachOf({ kernel, stride, before }: Axis, phase: number): Reach {
  return {
    first: Math.ceil((phase + before - kernel + 1) / stride),
    last: Math.floor((phase + before) / stride),
  };
}

function unionReach(axis: Axis): Reach {
  const phases = Array.from({ length: axis.stride }, (_, phase) => reachOf(axis, phase));
  const used = phases.filter(({ first, last }) => last >= first);
  return {
    first: Math.min(...used.map(({ first }) => first)),
    last: Math.max(...used.map(({ last }) => last)),
  };
}

/**
 * The filter of row phase `phase`: [row offsets, column offsets, out, column phases · in], zero where a column
 * phase has no tap.
 */
export function phaseFilter(
  filter: Float32Array,
  conv: Convolution,
  phase: number,
  reach: Reach,
  across: Reach,
): Float32Array {
  const { rows, columns, inChannels, outChannels } = conv;
  const width = columns.stride * inChannels;
  const columnTaps = across.last - across.first + 1;
  const values = new Float32Array((reach.last - reach.first + 1) * columnTaps * outChannels * width);
  for (let d = reach.first; d <= reach.last; d++) {
    const i = phase + rows.before - rows.stride * d;
    for (let e = across.first; e <= across.last; e++) {
      const cell = ((d - reach.first) * columnTaps + (e - across.first)) * outChannels * width;
      for (let q = 0; q < columns.stride; q++) {
        const j = q + columns.before - columns.stride * e;
        if (j < 0 || j >= columns.kernel) continue;
        const tap = (i * columns.kernel + j) * inChannels * outChannels;
        for (let c = 0; c < inChannels; c++)
          for (let o = 0; o < outChannels; o++)
            values[cell + o * width + q * inChannels + c] = filter[tap + c * outChannels + o]!;
      }
    }
  }
  return values;
}

type Placement = {
  readonly skip: number;
  readonly keep: number;
  readonly before: number;
  readonly after: number;
};

/** How much of the output gradient `count` positions of a phase need, and the zeros around it. */
function place(output: number, count: number, { first, last }: Reach): Placement {
  const skip = Math.max(0, first);
  const end = count + last; // one past the last position read
  const crop = Math.max(0, output - end);
  return {
    skip,
    keep: output - skip - crop,
    before: Math.max(0, -first),
    after: Math.max(0, end - output),
  };
}

function rowPhase(dy: tf.Tensor4D, filter: Float32Array, conv: Convolution, phase: number): tf.Tensor2D {
  const { batch, rows, columns, inChannels, outChannels } = conv;
  const height = Math.ceil(rows.input / rows.stride);
  const width = Math.ceil(columns.input / columns.stride);
  const reach = reachOf(rows, phase);
  const across = unionReach(columns);
  const channels = columns.stride * inChannels;
  const down = place(rows.output, height, reach);
  const along = place(columns.output, width, across);
  if (reach.last < reach.first || down.keep <= 0 || along.keep <= 0)
    return tf.zeros([batch * height, width * channels]);
  const taps = tf.tensor4d(phaseFilter(filter, conv, phase, reach, across), [
    reach.last - reach.first + 1,
    across.last - across.first + 1,
    outChannels,
    channels,
  ]);
  const whole = down.keep === rows.output && along.keep === columns.output;
  const part = whole
    ? dy
    : tf.slice(dy, [0, down.skip, along.skip, 0], [batch, down.keep, along.keep, outChannels]);
  const padding: [[number, number], [number, number], [number, number], [number, number]] = [
    [0, 0],
    [down.before, down.after],
    [along.before, along.after],
    [0, 0],
  ];
  return tf.conv2d(part, taps, 1, padding).reshape([batch * height, width * channels]);
}

/** `dy` [B, P, Q, out] and `filter` [rows, columns, in, out] to [B, H, W, in]. Borrows both; the caller owns the result. */
export function inputGradient(dy: tf.Tensor4D, filter: tf.Tensor4D, conv: Convolution): tf.Tensor4D {
  const { batch, rows, columns, inChannels } = conv;
  const height = Math.ceil(rows.input / rows.stride) * rows.stride;
  const width = Math.ceil(columns.input / columns.stride) * columns.stride;
  return tf.tidy((): tf.Tensor4D => {
    const values = Float32Array.from(filter.dataSync());
    const phases = Array.from({ length: rows.stride }, (_, phase) => rowPhase(dy, values, conv, phase));
    const joined = phases.length > 1 ? tf.concat(phases, 1) : phases[0];
    if (!joined) throw new TypeError('a convolution has a stride of at least 1');
    const whole = joined.reshape<tf.Tensor4D>([batch, height, width, inChannels]);
    if (height === rows.input && width === columns.input) return whole;
    return tf.slice(whole, [0, 0, 0, 0], [batch, rows.input, columns.input, inChannels]);
  });
}
