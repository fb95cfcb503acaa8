/** Labels that look mislabelled, and what people say of them: each message's two directions side by side. */
import { LIMITS } from '../limits.ts';
import type { Review, SecondLook, Suspected } from '../messages.ts';
import { data, id, idOrEmpty, instant, line, list, positive, refuse, span, ulid, whole } from './checks.ts';
import type { Encoded, Wire } from './wire.ts';

export const review: Wire<Review, Encoded<'Review'>> = {
  read: (wire) => ({
    type: 'review',
    id: ulid(wire.id, 'review.id'),
    labelId: ulid(wire.labelId, 'review.label_id'),
    classId: idOrEmpty(wire.classId, 'review.class_id'),
  }),
  write: ({ id: own, labelId, classId }) => ({ id: own, labelId, classId }),
};

/** None, or a whole one; a copy of its own. */
function thumbnail(value: unknown, field: string): Uint8Array {
  const bytes = new Uint8Array(data(value, field, LIMITS.thumbnailBytes));
  if (bytes.length === 0 || bytes.length === LIMITS.thumbnailBytes) return bytes;
  return refuse(field, bytes, 'no picture or a whole one');
}

const suspected: Wire<Suspected, Encoded<'Suspicion'>> = {
  read: (wire) => ({
    labelId: ulid(wire.labelId, 'suspicion.label_id'),
    sessionId: id(wire.sessionId, 'suspicion.session_id'),
    ...span(wire, 'suspicion'),
    classId: id(wire.classId, 'suspicion.class_id'),
    otherId: id(wire.otherId, 'suspicion.other_id'),
    audio: positive(wire.audio, 'suspicion.audio'),
    video: positive(wire.video, 'suspicion.video'),
    by: line(wire.by, 'suspicion.by'),
    at: instant(wire.atMs, 'suspicion.at_ms'),
    picture: thumbnail(wire.picture, 'suspicion.picture'),
  }),
  write: ({ start, end, at, ...rest }) => ({
    ...rest,
    startUs: Math.round(start),
    endUs: Math.round(end),
    atMs: at,
  }),
};

export const secondLook: Wire<SecondLook, Encoded<'SecondLook'>> = {
  read: (wire) => ({
    type: 'second-look',
    suspicions: list(wire.suspicions, 'second_look.suspicions', LIMITS.suspicions, suspected.read),
    total: whole(wire.total, 'second_look.total'),
  }),
  write: ({ suspicions, total }) => ({ suspicions: suspicions.map(suspected.write), total }),
};
