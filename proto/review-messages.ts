/** Labels that look mislabelled, and what people say of them. The meaning of every field stands in `counterpoise.proto`. */
import type { Micros, Millis } from './units.ts';

/** What somebody says of a label on a second look. */
export type Review = {
  readonly type: 'review';
  /** Idempotency key, and the id of the label that takes its place. */
  readonly id: string;
  readonly labelId: string;
  /** What it is instead; empty: it is right as it is. */
  readonly classId: string;
};

export type Suspected = {
  readonly labelId: string;
  readonly sessionId: string;
  readonly start: Micros;
  readonly end: Micros;
  /** As it was given. */
  readonly classId: string;
  /** What it looks like. */
  readonly otherId: string;
  /** How many times as far from its class as the class's labels usually are. */
  readonly audio: number;
  readonly video: number;
  readonly by: string;
  readonly at: Millis;
  /** `THUMBNAIL_SIDE` squared, RGB row by row; or empty. */
  readonly picture: Uint8Array;
};

/** The clearest first, `total` of them in all. */
export type SecondLook = {
  readonly type: 'second-look';
  readonly suspicions: readonly Suspected[];
  readonly total: number;
};
