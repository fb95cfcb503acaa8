/** Errors of the pure parts. */
import { CodedError } from '../proto/errors.ts';

/** A typed array or tensor of another shape or range than the function takes. */
export type ShapeErrorCode =
  | 'ERR_SHAPE'
  | 'ERR_RANGE'
  | 'ERR_PROTOTYPE_WIDTH'
  | 'ERR_CLASS_COUNT'
  | 'ERR_NOT_FINITE';
export class ShapeError extends CodedError<ShapeErrorCode> {}

/** A checkpoint that cannot be read or must not be used. */
export type CheckpointErrorCode =
  | 'ERR_CHECKPOINT_FORMAT'
  | 'ERR_CHECKPOINT_DIGEST'
  | 'ERR_CHECKPOINT_FEATURES';
export class CheckpointError extends CodedError<CheckpointErrorCode> {}
