/** Why a connection ends: for each code the WebSocket close status and the reason that its peer can read. */
import type { WireErrorCode } from './errors.ts';

/** Ends that are nobody's fault, or the server's. */
export type EndCode =
  | 'END_SERVER_STOPS'
  | 'END_RESUMED_ELSEWHERE' // the session goes on over a newer connection
  | 'END_SERVER_FAULT';

export type CloseCode = WireErrorCode | EndCode;

/** What stands in the WebSocket close frame. `status` is 1001, 1011 or in the application's range 4000-4999. */
export type Closing = { readonly status: number; readonly reason: string };

/** At most 123 bytes of UTF-8 fit a close frame (RFC 6455, section 5.5). The last three digits follow HTTP's where one fits. */
export const CLOSE_REASONS: Readonly<Record<CloseCode, Closing>> = Object.freeze({
  ERR_WIRE_MALFORMED: { status: 4400, reason: 'these bytes are no message of this protocol' },
  ERR_WIRE_HELLO: { status: 4408, reason: 'no hello within the time for it' },
  ERR_WIRE_ORDER: { status: 4409, reason: 'this message has no place here; hello comes first and once' },
  ERR_WIRE_TOO_LARGE: { status: 4413, reason: 'a message or media unit is over its size bound' },
  ERR_WIRE_UNKNOWN: { status: 4415, reason: 'a message type that is not known here' },
  ERR_WIRE_FIELD: { status: 4422, reason: 'a field is missing, out of range or malformed' },
  ERR_WIRE_VERSION: {
    status: 4426,
    reason: 'another protocol version; reload the page or update the client',
  },
  ERR_WIRE_RATE: { status: 4429, reason: 'too many messages a second' },
  ERR_WIRE_BYTES: { status: 4430, reason: 'too many bytes a second' },
  ERR_WIRE_TIMEOUT: { status: 4431, reason: 'no answer to the heartbeat' },
  ERR_WIRE_SLOW: { status: 4432, reason: 'messages are not read as fast as they come' },
  ERR_WIRE_PEERS: { status: 4433, reason: 'too many connections to this server' },
  END_RESUMED_ELSEWHERE: { status: 4440, reason: 'this session goes on over a newer connection' },
  END_SERVER_STOPS: { status: 1001, reason: 'the server is stopping' },
  END_SERVER_FAULT: { status: 1011, reason: 'the server failed; its log says why' },
});

/** The close frame of a code. */
export function closing(code: CloseCode): Closing {
  return CLOSE_REASONS[code];
}
