/**
 * The base of every error of ours, and the wire's own. A caller matches on `code`, never on the message.
 */

/** An error with a `code` from its area's closed union. The message says what was seen, what was expected, what to do. */
export class CodedError<Code extends string> extends Error {
  readonly code: Code;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** What can be wrong with bytes or messages that a peer sent, or with how it sends them. */
export type WireErrorCode =
  | 'ERR_WIRE_MALFORMED' // no message of counterpoise.proto
  | 'ERR_WIRE_TOO_LARGE' // a message or a media unit over its bound
  | 'ERR_WIRE_FIELD' // a field that is missing, out of range or of another form
  | 'ERR_WIRE_VERSION' // another protocol major
  | 'ERR_WIRE_UNKNOWN' // a message of a type not known here; not fatal
  | 'ERR_WIRE_ORDER' // a message that has no place here: before hello, a second hello, media from a watcher
  | 'ERR_WIRE_HELLO' // no hello in time
  | 'ERR_WIRE_RATE' // too many messages a second
  | 'ERR_WIRE_BYTES' // too many bytes a second
  | 'ERR_WIRE_TIMEOUT' // no answer to the heartbeat
  | 'ERR_WIRE_SLOW' // does not read what it asked for
  | 'ERR_WIRE_PEERS'; // too many peers

/** A peer broke the wire's contract. Ends that peer's session with the close status of its code (`closing.ts`), and no other. */
export class WireError extends CodedError<WireErrorCode> {}

/** Closes a switch over a union: a new variant fails to compile here. */
export function unreachable(value: never): never {
  throw new TypeError(`unhandled variant: ${JSON.stringify(value)}`);
}
