/**
 * Unknown bytes to a message, or WireError: the one place where either side of the wire is read or written.
 *
 * Runs unchanged in a browser and in Node. Unknown fields are skipped; a message of a type that is not known here
 * (a newer minor) is ERR_WIRE_UNKNOWN, which a receiver may ignore; everything else that does not fit ends the peer.
 */
import { unreachable, WireError } from './errors.ts';
import { LIMITS } from './limits.ts';
import type { ClientMessage, ServerMessage } from './messages.ts';
import * as balance from './wire/balance-messages.ts';
import * as client from './wire/client-messages.ts';
import * as model from './wire/model-messages.ts';
import * as review from './wire/review-messages.ts';
import * as rtc from './wire/rtc-messages.ts';
import * as server from './wire/server-messages.ts';
import { modality, track, unit, v1 } from './wire/wire.ts';

export { CLOSE_REASONS, closing } from './closing.ts';
export { LIMITS } from './limits.ts';
export { tidyClassName } from './wire/checks.ts';

/** Runs protobufjs's decoder on at most `LIMITS.messageBytes`. */
function parse<Encoded>(decode: (bytes: Uint8Array) => Encoded, bytes: Uint8Array): Encoded {
  if (bytes.length > LIMITS.messageBytes) {
    const message = `message has ${bytes.length} bytes, expected at most ${LIMITS.messageBytes}: send smaller units`;
    throw new WireError('ERR_WIRE_TOO_LARGE', message);
  }
  try {
    // A plain view: on a Node Buffer protobufjs would take another path than in the browser.
    return decode(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (cause) {
    const message = `${bytes.length} bytes are no message of counterpoise.proto: update the sender or remove what sits between`;
    throw new WireError('ERR_WIRE_MALFORMED', message, { cause });
  }
}

function unknownType(): never {
  throw new WireError('ERR_WIRE_UNKNOWN', 'a message of a type not known here was skipped: update this side');
}

function writeClient(message: ClientMessage): Parameters<typeof v1.ClientMessage.encode>[0] {
  switch (message.type) {
    case 'hello':
      return { hello: client.hello.write(message) };
    case 'track':
      return { track: track.write(message.track) };
    case 'track-close':
      return { trackClose: { modality: modality.write(message.modality) } };
    case 'media':
      return { media: unit.write(message.unit) };
    case 'label':
      return { label: client.label.write(message) };
    case 'undo':
      return { undo: client.undo.write(message) };
    case 'class-edit':
      return { classEdit: client.classEdit.write(message) };
    case 'playback':
      return { playback: client.playbackRequest.write(message) };
    case 'ping':
      return { ping: client.ping.write(message) };
    case 'training-command':
      return { training: client.training.write(message) };
    case 'rebalance':
      return { rebalance: balance.rebalanceCommand.write(message) };
    case 'rollback':
      return { rollback: client.rollback.write(message) };
    case 'forget':
      return { forget: client.forget.write(message) };
    case 'review':
      return { review: review.review.write(message) };
    case 'settle':
      return { settle: client.settle.write(message) };
    case 'client-health':
      return { clientHealth: client.clientHealth.write(message) };
    case 'rtc-offer':
      return { rtcOffer: rtc.rtcOffer.write(message) };
    case 'rtc-close':
      return { rtcClose: rtc.rtcClose.write(message) };
    default:
      return unreachable(message);
  }
}

/** One client message as bytes, whose owner is the caller. Checks nothing: the other side does. Times are rounded to whole microseconds. */
export function encodeClient(message: ClientMessage): Uint8Array<ArrayBuffer> {
  return own(v1.ClientMessage.encode(writeClient(message)).finish());
}

/**
 * Bytes to a client message, every field checked. The message owns its bytes; `bytes` may be reused.
 * @throws {WireError} ERR_WIRE_MALFORMED, ERR_WIRE_TOO_LARGE, ERR_WIRE_FIELD, ERR_WIRE_VERSION, ERR_WIRE_UNKNOWN
 */
export function decodeClient(bytes: Uint8Array): ClientMessage {
  const wire = parse((view) => v1.ClientMessage.decode(view), bytes);
  if (wire.hello) return client.hello.read(wire.hello);
  if (wire.track) return { type: 'track', track: track.read(wire.track) };
  if (wire.media) return { type: 'media', unit: unit.read(wire.media) };
  if (wire.label) return client.label.read(wire.label);
  if (wire.undo) return client.undo.read(wire.undo);
  if (wire.classEdit) return client.classEdit.read(wire.classEdit);
  if (wire.playback) return client.playbackRequest.read(wire.playback);
  if (wire.ping) return client.ping.read(wire.ping);
  if (wire.training) return client.training.read(wire.training);
  if (wire.rebalance) return balance.rebalanceCommand.read(wire.rebalance);
  if (wire.rollback) return client.rollback.read(wire.rollback);
  if (wire.forget) return client.forget.read(wire.forget);
  if (wire.review) return review.review.read(wire.review);
  if (wire.settle) return client.settle.read(wire.settle);
  if (wire.clientHealth) return client.clientHealth.read(wire.clientHealth);
  if (wire.rtcOffer) return rtc.rtcOffer.read(wire.rtcOffer);
  if (wire.rtcClose) return rtc.rtcClose.read(wire.rtcClose);
  if (wire.trackClose) return { type: 'track-close', modality: modality.read(wire.trackClose.modality) };
  return unknownType();
}

function writeServer(message: ServerMessage): Parameters<typeof v1.ServerMessage.encode>[0] {
  switch (message.type) {
    case 'welcome':
      return { welcome: server.welcome.write(message) };
    case 'prediction':
      return { prediction: model.prediction.write(message) };
    case 'ack':
      return { ack: server.ack.write(message) };
    case 'classes':
      return { classes: server.classes.write(message) };
    case 'playback-part':
      return { playback: server.playbackPart.write(message) };
    case 'pong':
      return { pong: server.pong.write(message) };
    case 'training':
      return { training: model.trainingState.write(message) };
    case 'balance':
      return { balance: balance.balanceReport.write(message) };
    case 'model':
      return { model: model.model.write(message) };
    case 'health':
      return { health: model.health.write(message) };
    case 'error':
      return { error: server.error.write(message) };
    case 'credit':
      return { credit: server.credit.write(message) };
    case 'settled':
      return { settled: server.settled.write(message) };
    case 'sessions':
      return { sessions: server.sessions.write(message) };
    case 'tile':
      return { tile: model.tile.write(message) };
    case 'label-placed':
      return { labelPlaced: server.labelPlaced.write(message) };
    case 'second-look':
      return { secondLook: review.secondLook.write(message) };
    case 'rtc-answer':
      return { rtcAnswer: rtc.rtcAnswer.write(message) };
    case 'rtc-gone':
      return { rtcGone: rtc.rtcGone.write(message) };
    default:
      return unreachable(message);
  }
}

/** One server message as bytes, whose owner is the caller. Checks nothing: the other side does. Text for people is cut to `LIMITS.text`. */
export function encodeServer(message: ServerMessage): Uint8Array<ArrayBuffer> {
  return own(v1.ServerMessage.encode(writeServer(message)).finish());
}

/**
 * Bytes to a server message, every field checked. The message owns its bytes; `bytes` may be reused.
 * @throws {WireError} ERR_WIRE_MALFORMED, ERR_WIRE_TOO_LARGE, ERR_WIRE_FIELD, ERR_WIRE_VERSION, ERR_WIRE_UNKNOWN
 */
export function decodeServer(bytes: Uint8Array): ServerMessage {
  const wire = parse((view) => v1.ServerMessage.decode(view), bytes);
  if (wire.prediction) return model.prediction.read(wire.prediction);
  if (wire.tile) return model.tile.read(wire.tile);
  if (wire.welcome) return server.welcome.read(wire.welcome);
  if (wire.ack) return server.ack.read(wire.ack);
  if (wire.classes) return server.classes.read(wire.classes);
  if (wire.playback) return server.playbackPart.read(wire.playback);
  if (wire.pong) return server.pong.read(wire.pong);
  if (wire.training) return model.trainingState.read(wire.training);
  if (wire.balance) return balance.balanceReport.read(wire.balance);
  if (wire.model) return model.model.read(wire.model);
  if (wire.health) return model.health.read(wire.health);
  if (wire.error) return server.error.read(wire.error);
  if (wire.credit) return server.credit.read(wire.credit);
  if (wire.settled) return server.settled.read(wire.settled);
  if (wire.sessions) return server.sessions.read(wire.sessions);
  if (wire.labelPlaced) return server.labelPlaced.read(wire.labelPlaced);
  if (wire.secondLook) return review.secondLook.read(wire.secondLook);
  if (wire.rtcAnswer) return rtc.rtcAnswer.read(wire.rtcAnswer);
  if (wire.rtcGone) return rtc.rtcGone.read(wire.rtcGone);
  return unknownType();
}

/** protobufjs's writer may hand out a piece of a shared pool; a message that is kept or transferred must not pin it. */
function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
