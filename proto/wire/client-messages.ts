/** What a client may send: each message's two directions side by side. */
import { unreachable, WireError } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import type {
  ClassChange,
  ClassEdit,
  ClientHealth,
  Forget,
  Hello,
  LabelMessage,
  Ping,
  PlaybackRequest,
  Rollback,
  Settle,
  TrainingCommand,
  Undo,
} from '../messages.ts';
import { PROTOCOL_MAJOR } from '../messages.ts';
import { POLICY_NAMES } from '../policies.ts';
import { millis } from '../units.ts';
import {
  className,
  clock,
  colour,
  counters,
  flag,
  id,
  idOrEmpty,
  instant,
  line,
  mediaTimeOrNull,
  oneOf,
  present,
  refuse,
  span,
  token,
  ulid,
  whole,
} from './checks.ts';
import { type Encoded, labelKind, pace, role, scope, type Wire } from './wire.ts';

/**
 * Refuses a protocol this program does not speak. Called before any other field is looked at: a new major may have
 * given them another meaning.
 * @throws {WireError} ERR_WIRE_VERSION
 */
export function checkMajor(value: unknown): number {
  if (value === PROTOCOL_MAJOR) return PROTOCOL_MAJOR;
  const message = `protocol ${Number(value)} was offered, this side speaks ${PROTOCOL_MAJOR}: update the older side`;
  throw new WireError('ERR_WIRE_VERSION', message);
}

export const hello: Wire<Hello, Encoded<'Hello'>> = {
  read: (wire) => ({
    type: 'hello',
    protocolMajor: checkMajor(wire.protocolMajor),
    protocolMinor: whole(wire.protocolMinor, 'hello.protocol_minor'),
    role: role.read(wire.role),
    sessionName: line(wire.sessionName, 'hello.session_name'),
    resumeToken: token(wire.resumeToken, 'hello.resume_token'),
    watchSessionId: idOrEmpty(wire.watchSessionId, 'hello.watch_session_id'),
    pace: pace.read(wire.pace),
    by: line(wire.by, 'hello.by'),
  }),
  write: ({ type: _, role: part, pace: speed, ...rest }) => ({
    ...rest,
    role: role.write(part),
    pace: pace.write(speed),
  }),
};

export const label: Wire<LabelMessage, Encoded<'Label'>> = {
  read: (wire) => {
    const kind = labelKind.read(wire.kind);
    const unnamed = kind === 'unknown' && wire.className === '';
    if (kind === 'unknown' && !unnamed) refuse('label.class_name', wire.className, 'no name for an unknown');
    return {
      type: 'label',
      id: ulid(wire.id, 'label.id'),
      sessionId: idOrEmpty(wire.sessionId, 'label.session_id'),
      ...span(wire, 'label'),
      kind,
      className: unnamed ? '' : className(wire.className, 'label.class_name'),
      scope: scope.read(wire.scope),
      at: instant(wire.atMs, 'label.at_ms'),
    };
  },
  write: (message) => ({
    id: message.id,
    sessionId: message.sessionId,
    startUs: Math.round(message.start),
    endUs: Math.round(message.end),
    kind: labelKind.write(message.kind),
    className: message.className,
    scope: scope.write(message.scope),
    atMs: message.at,
  }),
};

export const undo: Wire<Undo, Encoded<'Undo'>> = {
  read: (wire) => ({
    type: 'undo',
    id: ulid(wire.id, 'undo.id'),
    labelId: ulid(wire.labelId, 'undo.label_id'),
  }),
  write: ({ id: own, labelId }) => ({ id: own, labelId }),
};

function readChange(wire: Encoded<'ClassEdit'>): ClassChange {
  switch (wire.edit) {
    case 'add': {
      const { name, colour: chosen } = present(wire.add, 'class_edit.add');
      return {
        type: 'add',
        name: className(name, 'class_edit.add.name'),
        colour: chosen === '' ? '' : colour(chosen, 'class_edit.add.colour'),
      };
    }
    case 'rename': {
      const { classId, name } = present(wire.rename, 'class_edit.rename');
      return {
        type: 'rename',
        classId: id(classId, 'class_edit.rename.class_id'),
        name: className(name, 'class_edit.rename.name'),
      };
    }
    case 'recolour': {
      const { classId, colour: chosen } = present(wire.recolour, 'class_edit.recolour');
      return {
        type: 'recolour',
        classId: id(classId, 'class_edit.recolour.class_id'),
        colour: colour(chosen, 'class_edit.recolour.colour'),
      };
    }
    case 'delete':
      return {
        type: 'delete',
        classId: id(present(wire.delete, 'class_edit.delete').classId, 'class_edit.delete.class_id'),
      };
    case undefined:
      return refuse('class_edit.edit', undefined, 'add, rename, recolour or delete');
    default:
      return unreachable(wire.edit);
  }
}

function writeChange(change: ClassChange): Encoded<'ClassEdit'> {
  switch (change.type) {
    case 'add':
      return { add: { name: change.name, colour: change.colour } };
    case 'rename':
      return { rename: { classId: change.classId, name: change.name } };
    case 'recolour':
      return { recolour: { classId: change.classId, colour: change.colour } };
    case 'delete':
      return { delete: { classId: change.classId } };
    default:
      return unreachable(change);
  }
}

export const classEdit: Wire<ClassEdit, Encoded<'ClassEdit'>> = {
  read: (wire) => ({ type: 'class-edit', id: ulid(wire.id, 'class_edit.id'), change: readChange(wire) }),
  write: ({ id: own, change }) => ({ id: own, ...writeChange(change) }),
};

export const playbackRequest: Wire<PlaybackRequest, Encoded<'PlaybackRequest'>> = {
  read: (wire) => ({
    type: 'playback',
    request: whole(wire.request, 'playback.request'),
    sessionId: idOrEmpty(wire.sessionId, 'playback.session_id'),
    ...span(wire, 'playback'),
  }),
  write: ({ request, sessionId, start, end }) => ({
    request,
    sessionId,
    startUs: Math.round(start),
    endUs: Math.round(end),
  }),
};

export const ping: Wire<Ping, Encoded<'Ping'>> = {
  read: (wire) => ({
    type: 'ping',
    id: whole(wire.id, 'ping.id'),
    clientUs: clock(wire.clientUs, 'ping.client_us'),
    media: mediaTimeOrNull(wire.mediaUs, 'ping.media_us'),
    wall: wire.wallMs === 0 ? null : instant(wire.wallMs, 'ping.wall_ms'),
  }),
  write: ({ id: own, clientUs, media, wall }) => ({
    id: own,
    clientUs: Math.round(clientUs),
    mediaUs: media === null ? -1 : Math.max(0, Math.round(media)),
    wallMs: wall ?? 0,
  }),
};

export const training: Wire<TrainingCommand, Encoded<'TrainingCommand'>> = {
  read: ({ paused, policy }) => ({
    type: 'training-command',
    paused: flag(paused, 'training.paused'),
    ...(policy === '' ? {} : { policy: oneOf(POLICY_NAMES, policy, 'training.policy') }),
  }),
  write: ({ paused, policy = '' }) => ({ paused, policy }),
};

export const rollback: Wire<Rollback, Encoded<'Rollback'>> = {
  read: (wire) => ({
    type: 'rollback',
    id: ulid(wire.id, 'rollback.id'),
    version: whole(wire.version, 'rollback.version'),
  }),
  write: ({ id: own, version }) => ({ id: own, version }),
};

/** Half a request must not become a larger one: exactly one of the three is asked for. */
export const forget: Wire<Forget, Encoded<'Forget'>> = {
  read: (wire) => {
    const everything = flag(wire.everything, 'forget.everything');
    const spans = wire.sessionId !== '';
    if (everything && spans) refuse('forget.session_id', wire.sessionId, 'none beside everything');
    if ((everything || spans) && wire.classId !== '')
      refuse('forget.class_id', wire.classId, `none beside ${spans ? 'a span' : 'everything'}`);
    const own = { type: 'forget', id: ulid(wire.id, 'forget.id'), everything } as const;
    if (!spans) return { ...own, classId: everything ? '' : id(wire.classId, 'forget.class_id') };
    const sessionId = id(wire.sessionId, 'forget.session_id');
    return { ...own, classId: '', span: { sessionId, ...span(wire, 'forget') } };
  },
  write: ({ id: own, classId, everything, span: at }) => ({
    id: own,
    classId,
    everything,
    ...(at && {
      sessionId: at.sessionId,
      startUs: Math.round(at.start),
      endUs: Math.round(at.end),
    }),
  }),
};

export const settle: Wire<Settle, Encoded<'Settle'>> = {
  read: (wire) => ({
    type: 'settle',
    request: whole(wire.request, 'settle.request'),
    timeout: millis(whole(wire.timeoutMs, 'settle.timeout_ms', 0, LIMITS.settleMs)),
  }),
  write: ({ request, timeout }) => ({ request, timeoutMs: Math.round(timeout) }),
};

export const clientHealth: Wire<ClientHealth, Encoded<'ClientHealth'>> = {
  read: (wire) => ({
    type: 'client-health',
    dropped: counters(wire.dropped, 'client_health.dropped'),
    encodeQueue: whole(wire.encodeQueue, 'client_health.encode_queue'),
    bufferedBytes: whole(wire.bufferedBytes, 'client_health.buffered_bytes'),
  }),
  write: ({ dropped, encodeQueue, bufferedBytes }) => ({
    dropped: { ...dropped },
    encodeQueue,
    bufferedBytes,
  }),
};
