/** What one encoder is pretrained on: a source of things, and the way from a rendering to the encoder's input. */
import type { EncoderSpec } from '../model/encoders.ts';
import type { Random } from '../random.ts';
import type { Source } from './instance.ts';

export type Material<Window> = {
  readonly encoder: EncoderSpec;
  readonly source: Source<Window>;
  /** A rendering under more nuisance, cheaper than rendering anew. Borrows `window`; the caller owns the result. */
  augment(window: Window, source: Random): Window;
  /** Writes the encoder's input [H, W, C] from `offset` on: the product's own normalization. */
  planesInto(out: Float32Array, offset: number, window: Window): void;
};

/** Numbers in one of the encoder's inputs. */
export const inputSize = ({ input }: EncoderSpec): number =>
  input.reduce((product, side) => product * side, 1);
