/**
 * The few protocol buffer forms that a SavedModel needs, written by hand: four wire types and nothing read back.
 *
 * Source: Protocol Buffers encoding specification. A message is the concatenation of its fields.
 */

/** A message, or a part of one, in its encoded form. */
export type Encoded = Uint8Array;

const text = new TextEncoder();
const VARINT = 0;
const LENGTH = 2;
const FIXED32 = 5;

function varint(value: number | bigint): Encoded {
  const bytes: number[] = [];
  // Negative numbers are sent as their 64 bit two's complement.
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

const key = (field: number, wireType: number): Encoded => varint((field << 3) | wireType);

/** Several parts as one message. */
export function message(...parts: readonly Encoded[]): Encoded {
  return Buffer.concat(parts);
}

/** An integer, enum or bool field. */
export const integer = (field: number, value: number | bigint): Encoded =>
  message(key(field, VARINT), varint(value));

/** A nested message or bytes field. */
export const nested = (field: number, value: Encoded): Encoded =>
  message(key(field, LENGTH), varint(value.length), value);

/** A string field. */
export const string = (field: number, value: string): Encoded => nested(field, text.encode(value));

/** A 32 bit float field. */
export function float(field: number, value: number): Encoded {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return message(key(field, FIXED32), bytes);
}

/** One entry of a `map<string, message>` field. */
export const mapEntry = (field: number, name: string, value: Encoded): Encoded =>
  nested(field, message(string(1, name), nested(2, value)));
