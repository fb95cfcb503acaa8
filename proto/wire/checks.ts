/**
 * Checks of single fields as they come off the wire: each returns the value in its proper type or throws.
 *
 * Every check takes the field's name in `counterpoise.proto`, for the message of its error.
 */
import { WireError } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import { type Micros, type Millis, micros, millis } from '../units.ts';

const MAX_UINT32 = 0xffff_ffff;
const MAX_DATE_MS = 8.64e15; // the last instant that ECMAScript's Date can hold
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/; // github.com/ulid/spec: 48 bits of time, 80 of randomness
const CONTROL = /\p{Cc}/u;

/** Text is described, never repeated: it may be a name or a token. */
function shown(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return `text of ${value.length} characters`;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return value === null || value === undefined ? 'missing' : `a ${typeof value}`;
}

/** Refuses a field. @throws {WireError} ERR_WIRE_FIELD, always. */
export function refuse(field: string, value: unknown, expected: string): never {
  const message = `${field} is ${shown(value)}, expected ${expected}: correct it in the sender`;
  throw new WireError('ERR_WIRE_FIELD', message);
}

/** One of the names. @throws {WireError} ERR_WIRE_FIELD */
export function oneOf<Name extends string>(names: readonly Name[], value: unknown, field: string): Name {
  return names.find((name) => name === value) ?? refuse(field, value, `one of ${names.join(', ')}`);
}

/** A finite number in [min, max]. @throws {WireError} ERR_WIRE_FIELD */
export function real(value: unknown, field: string, min: number, max: number): number {
  if (typeof value === 'number' && value >= min && value <= max) return value; // false for NaN
  return refuse(field, value, `a number from ${min} to ${max}`);
}

/** Any finite number. @throws {WireError} ERR_WIRE_FIELD */
export const finite = (value: unknown, field: string): number =>
  real(value, field, -Number.MAX_VALUE, Number.MAX_VALUE);

/** A finite number, at least 0. @throws {WireError} ERR_WIRE_FIELD */
export const positive = (value: unknown, field: string): number => real(value, field, 0, Number.MAX_VALUE);

/** Where protobufjs finds the package `long` (in Node, say), it gives an int64 as an object of that. */
function withoutLong(value: unknown): unknown {
  const long = typeof value === 'object' && value !== null && 'toNumber' in value ? value : null;
  return typeof long?.toNumber === 'function' ? long.toNumber() : value;
}

/** A whole number that a double holds exactly, in [min, max]. @throws {WireError} ERR_WIRE_FIELD */
export function whole(value: unknown, field: string, min = 0, max = MAX_UINT32): number {
  const found = withoutLong(value);
  if (typeof found === 'number' && Number.isSafeInteger(found) && found >= min && found <= max) return found;
  return refuse(field, found, `a whole number from ${min} to ${max}`);
}

/** A reading of some monotonic clock, microseconds. @throws {WireError} ERR_WIRE_FIELD */
export const clock = (value: unknown, field: string): number =>
  whole(value, field, 0, LIMITS.mediaTimeUs.max);

/** A point on the media clock. @throws {WireError} ERR_WIRE_FIELD */
export const mediaTime = (value: unknown, field: string): Micros =>
  micros(whole(value, field, LIMITS.mediaTimeUs.min, LIMITS.mediaTimeUs.max));

/** A point on the media clock, or null where -1 stands for "not known". @throws {WireError} ERR_WIRE_FIELD */
export function mediaTimeOrNull(value: unknown, field: string): Micros | null {
  const found = whole(value, field, -1, LIMITS.mediaTimeUs.max);
  return found === -1 ? null : micros(found);
}

/** A wall clock instant, milliseconds since the Unix epoch. @throws {WireError} ERR_WIRE_FIELD */
export const instant = (value: unknown, field: string): Millis => millis(real(value, field, 0, MAX_DATE_MS));

/** A span of at least `min` and at most `LIMITS.spanUs` microseconds. @throws {WireError} ERR_WIRE_FIELD */
export function span(
  wire: { readonly startUs?: unknown; readonly endUs?: unknown },
  field: string,
  min = 1,
): { readonly start: Micros; readonly end: Micros } {
  const start = mediaTime(wire.startUs, `${field}.start_us`);
  const end = mediaTime(wire.endUs, `${field}.end_us`);
  whole(end - start, `${field}.end_us - start_us`, min, LIMITS.spanUs);
  return { start, end };
}

/** @throws {WireError} ERR_WIRE_FIELD */
export function flag(value: unknown, field: string): boolean {
  return typeof value === 'boolean' ? value : refuse(field, value, 'true or false');
}

/** Text of at most `max` UTF-16 units. @throws {WireError} ERR_WIRE_FIELD */
export function text(value: unknown, field: string, max: number = LIMITS.text): string {
  if (typeof value === 'string' && value.length <= max) return value;
  return refuse(field, value, `text of at most ${max} characters`);
}

/** A name in one line: no control characters; may be empty. @throws {WireError} ERR_WIRE_FIELD */
export function line(value: unknown, field: string, max: number = LIMITS.personName): string {
  const found = text(value, field, max);
  return CONTROL.test(found) ? refuse(field, value, 'one line without control characters') : found;
}

/**
 * A class name as it is stored: trimmed and in Unicode's composed form, so that what looks the same is the same.
 * Null where it cannot be one: empty, longer than `LIMITS.className`, or with control characters.
 */
export function tidyClassName(name: string): string | null {
  const tidy = name.trim().normalize('NFC');
  return tidy.length >= 1 && tidy.length <= LIMITS.className && !CONTROL.test(tidy) ? tidy : null;
}

/** @throws {WireError} ERR_WIRE_FIELD */
export function className(value: unknown, field: string): string {
  const tidy = typeof value === 'string' ? tidyClassName(value) : null;
  return tidy ?? refuse(field, value, `a name of 1 to ${LIMITS.className} characters in one line`);
}

/** A ULID. @throws {WireError} ERR_WIRE_FIELD */
export function ulid(value: unknown, field: string): string {
  return typeof value === 'string' && ULID.test(value)
    ? value
    : refuse(field, value, 'a ULID of 26 characters');
}

/** An id that the server made. @throws {WireError} ERR_WIRE_FIELD */
export function id(value: unknown, field: string): string {
  if (typeof value === 'string' && value.length <= LIMITS.id && /^[\w-]+$/.test(value)) return value;
  return refuse(field, value, `an id of 1 to ${LIMITS.id} letters, digits, - and _`);
}

/** An id that the server made, or empty. @throws {WireError} ERR_WIRE_FIELD */
export const idOrEmpty = (value: unknown, field: string): string => (value === '' ? '' : id(value, field));

/** An id that the server made, or null where empty. @throws {WireError} ERR_WIRE_FIELD */
export const idOrNull = (value: unknown, field: string): string | null =>
  value === '' ? null : id(value, field);

/** A resume token, or empty. @throws {WireError} ERR_WIRE_FIELD */
export function token(value: unknown, field: string): string {
  if (typeof value === 'string' && value.length <= LIMITS.token && /^[\w.-]*$/.test(value)) return value;
  return refuse(field, value, `a token of at most ${LIMITS.token} letters, digits, ., - and _`);
}

/** `#rrggbb`, in lower case. @throws {WireError} ERR_WIRE_FIELD */
export function colour(value: unknown, field: string): string {
  if (typeof value === 'string' && /^#[0-9a-f]{6}$/i.test(value)) return value.toLowerCase();
  return refuse(field, value, 'a colour written #rrggbb');
}

/** At most `max` bytes. @throws {WireError} ERR_WIRE_TOO_LARGE, or ERR_WIRE_FIELD where it is not bytes. */
export function data(value: unknown, field: string, max: number): Uint8Array {
  if (!(value instanceof Uint8Array)) return refuse(field, value, 'bytes');
  if (value.length <= max) return value;
  const message = `${field} has ${value.length} bytes, expected at most ${max}: send smaller units`;
  throw new WireError('ERR_WIRE_TOO_LARGE', message);
}

/** A list of at most `max` items, each read by `item`. @throws {WireError} ERR_WIRE_FIELD */
export function list<Item, T>(
  value: readonly Item[] | null | undefined,
  field: string,
  max: number,
  item: (value: Item) => T,
): T[] {
  if (!Array.isArray(value)) return refuse(field, value, 'a list');
  if (value.length > max) return refuse(field, value.length, `at most ${max} items`);
  return value.map((each) => item(each));
}

/** Counters by name. @throws {WireError} ERR_WIRE_FIELD */
export function counters(value: unknown, field: string): Readonly<Record<string, number>> {
  const entries = Object.entries(value ?? {});
  if (entries.length > LIMITS.counters) refuse(field, entries.length, `at most ${LIMITS.counters} counters`);
  for (const [name, count] of entries) {
    if (!/^[A-Za-z][\w.-]{0,63}$/.test(name))
      refuse(`a name in ${field}`, name, 'letters, digits, ., - and _');
    whole(count, `${field}.${name}`);
  }
  return Object.fromEntries(entries);
}

/** A message inside a message, which must be there. @throws {WireError} ERR_WIRE_FIELD */
export function present<T>(value: T | null | undefined, field: string): T {
  return value ?? refuse(field, value, 'it to be set');
}
