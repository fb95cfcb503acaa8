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

/** What can be wrong with bytes or messages that a peer sent. */
export type WireErrorCode =
  | 'ERR_WIRE_MALFORMED'
  | 'ERR_WIRE_TOO_LARGE'
  | 'ERR_WIRE_FIELD'
  | 'ERR_WIRE_VERSION'
  | 'ERR_WIRE_ORDER'
  | 'ERR_WIRE_RATE';

/** A peer broke the wire's contract. Ends that peer's session with the close status of its code, and no other. */
export class WireError extends CodedError<WireErrorCode> {}

/** Closes a switch over a union: a new variant fails to compile here. */
export function unreachable(value: never): never {
  throw new TypeError(`unhandled variant: ${JSON.stringify(value)}`);
}
