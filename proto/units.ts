/**
 * Units as brands, so that microseconds cannot pass for milliseconds. The only module that casts a number to a brand.
 */
declare const unit: unique symbol;
type Branded<Name extends string> = number & { readonly [unit]: Name };

/** A point or span on a session's media clock, in microseconds since the session began. */
export type Micros = Branded<'Micros'>;
/** Milliseconds: wall-clock instants since the Unix epoch, timeouts, lags. */
export type Millis = Branded<'Millis'>;
/** Cycles or samples per second. */
export type Hertz = Branded<'Hertz'>;
/** A size in bytes. */
export type Bytes = Branded<'Bytes'>;

export const micros = (value: number): Micros => value as Micros;
export const millis = (value: number): Millis => value as Millis;
export const hertz = (value: number): Hertz => value as Hertz;
export const bytes = (value: number): Bytes => value as Bytes;

/** Seconds to whole microseconds. */
export const microsFromSeconds = (seconds: number): Micros => micros(Math.round(seconds * 1e6));
/** Milliseconds to whole microseconds. */
export const microsFromMillis = (value: number): Micros => micros(Math.round(value * 1e3));
/** Microseconds to milliseconds; keeps fractions. */
export const millisFromMicros = (value: Micros): Millis => millis(value / 1e3);
/** Microseconds to seconds; keeps fractions. */
export const secondsFromMicros = (value: Micros): number => value / 1e6;

export const addMicros = (a: Micros, b: Micros): Micros => micros(a + b);
export const subMicros = (a: Micros, b: Micros): Micros => micros(a - b);
