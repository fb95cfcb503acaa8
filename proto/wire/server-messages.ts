/** What a server sends at once or in answer to a request: each message's two directions side by side. */
import { unreachable } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import type {
  Ack,
  Classes,
  ClassInfo,
  Credit,
  DeletedClass,
  ErrorMessage,
  LabelEffect,
  LabelPlaced,
  PlaybackPart,
  Pong,
  SessionInfo,
  Sessions,
  Settled,
  Welcome,
} from '../messages.ts';
import { micros, millis } from '../units.ts';
import {
  className,
  clock,
  colour,
  finite,
  flag,
  id,
  idOrEmpty,
  instant,
  line,
  list,
  mediaTime,
  mediaTimeOrNull,
  positive,
  present,
  refuse,
  span,
  text,
  token,
  ulid,
  whole,
} from './checks.ts';
import { checkMajor } from './client-messages.ts';
import { cut } from './text.ts';
import { type Encoded, labelKind, linkKind, modality, scope, track, unit, v1, type Wire } from './wire.ts';

export const welcome: Wire<Welcome, Encoded<'Welcome'>> = {
  read: (wire) => ({
    type: 'welcome',
    protocolMajor: checkMajor(wire.protocolMajor),
    protocolMinor: whole(wire.protocolMinor, 'welcome.protocol_minor'),
    sessionId: idOrEmpty(wire.sessionId, 'welcome.session_id'),
    resumeToken: token(wire.resumeToken, 'welcome.resume_token'),
    media: mediaTime(wire.mediaUs, 'welcome.media_us'),
    resumed: flag(wire.resumed, 'welcome.resumed'),
    project: line(wire.project, 'welcome.project'),
    hop: micros(whole(wire.hopUs, 'welcome.hop_us', 1, LIMITS.spanUs)),
    window: micros(whole(wire.windowUs, 'welcome.window_us', 1, LIMITS.spanUs)),
    ribbon: micros(whole(wire.ribbonUs, 'welcome.ribbon_us', 1, LIMITS.spanUs)),
    serverVersion: line(wire.serverVersion, 'welcome.server_version'),
    dataPath: text(wire.dataPath, 'welcome.data_path'),
    webrtc: flag(wire.webrtc, 'welcome.webrtc')
      ? { available: true }
      : {
          available: false,
          reason: text(wire.webrtcReason, 'welcome.webrtc_reason'),
          remedy: text(wire.webrtcRemedy, 'welcome.webrtc_remedy'),
        },
  }),
  write: ({ type: _, media, hop, window, ribbon, dataPath, webrtc, ...rest }) => ({
    ...rest,
    mediaUs: Math.round(media),
    hopUs: Math.round(hop),
    windowUs: Math.round(window),
    ribbonUs: Math.round(ribbon),
    dataPath: cut(dataPath),
    webrtc: webrtc.available,
    webrtcReason: webrtc.available ? '' : cut(webrtc.reason),
    webrtcRemedy: webrtc.available ? '' : cut(webrtc.remedy),
  }),
};

const effect: Wire<LabelEffect, Encoded<'LabelEffect'>> = {
  read: (wire) => ({
    modality: modality.read(wire.modality),
    before: finite(wire.before, 'effect.before'),
    after: finite(wire.after, 'effect.after'),
  }),
  write: ({ modality: kind, before, after }) => ({ modality: modality.write(kind), before, after }),
};

export const ack: Wire<Ack, Encoded<'Ack'>> = {
  read: (wire) => ({
    type: 'ack',
    id: ulid(wire.id, 'ack.id'),
    seq: whole(wire.seq, 'ack.seq'),
    duplicate: flag(wire.duplicate, 'ack.duplicate'),
    effects: list(wire.effects, 'ack.effects', LIMITS.effects, effect.read),
    samples: whole(wire.samples, 'ack.samples'),
  }),
  write: ({ type: _, effects, ...rest }) => ({ ...rest, effects: effects.map(effect.write) }),
};

const classInfo: Wire<ClassInfo, Encoded<'ClassInfo'>> = {
  read: (wire) => ({
    id: id(wire.id, 'class.id'),
    name: className(wire.name, 'class.name'),
    colour: colour(wire.colour, 'class.colour'),
    spans: whole(wire.spans, 'class.spans'),
    audioSamples: whole(wire.audioSamples, 'class.audio_samples'),
    videoSamples: whole(wire.videoSamples, 'class.video_samples'),
    audioNeeds: whole(wire.audioNeeds, 'class.audio_needs'),
    videoNeeds: whole(wire.videoNeeds, 'class.video_needs'),
  }),
  write: (info) => ({ ...info }),
};

const deletedClass: Wire<DeletedClass, Encoded<'DeletedClass'>> = {
  read: (wire) => ({
    id: id(wire.id, 'deleted.id'),
    name: className(wire.name, 'deleted.name'),
    labels: whole(wire.labels, 'deleted.labels'),
  }),
  write: (gone) => ({ ...gone }),
};

export const classes: Wire<Classes, Encoded<'Classes'>> = {
  read: (wire) => ({
    type: 'classes',
    classes: list(wire.classes, 'classes.classes', LIMITS.classes, classInfo.read),
    seq: whole(wire.seq, 'classes.seq'),
    deleted: list(wire.deleted, 'classes.deleted', LIMITS.classes, deletedClass.read),
  }),
  write: ({ classes: all, seq, deleted }) => ({
    classes: all.map(classInfo.write),
    seq,
    deleted: deleted.slice(0, LIMITS.classes).map(deletedClass.write),
  }),
};

function readPart(wire: Encoded<'PlaybackPart'>): PlaybackPart['part'] {
  switch (wire.part) {
    case 'track':
      return { type: 'track', track: track.read(present(wire.track, 'playback.track')) };
    case 'media':
      return { type: 'media', unit: unit.read(present(wire.media, 'playback.media')) };
    case 'end':
      return { type: 'end', ...span(present(wire.end, 'playback.end'), 'playback.end', 0) };
    case undefined:
      return refuse('playback.part', undefined, 'track, media or end');
    default:
      return unreachable(wire.part);
  }
}

function writePart(part: PlaybackPart['part']): Encoded<'PlaybackPart'> {
  switch (part.type) {
    case 'track':
      return { track: track.write(part.track) };
    case 'media':
      return { media: unit.write(part.unit) };
    case 'end':
      return { end: { startUs: Math.round(part.start), endUs: Math.round(part.end) } };
    default:
      return unreachable(part);
  }
}

export const playbackPart: Wire<PlaybackPart, Encoded<'PlaybackPart'>> = {
  read: (wire) => ({
    type: 'playback-part',
    request: whole(wire.request, 'playback.request'),
    part: readPart(wire),
  }),
  write: ({ request, part }) => ({ request, ...writePart(part) }),
};

export const pong: Wire<Pong, Encoded<'Pong'>> = {
  read: (wire) => ({
    type: 'pong',
    id: whole(wire.id, 'pong.id'),
    clientUs: clock(wire.clientUs, 'pong.client_us'),
    serverUs: clock(wire.serverUs, 'pong.server_us'),
    media: mediaTimeOrNull(wire.mediaUs, 'pong.media_us'),
  }),
  write: ({ id: own, clientUs, serverUs, media }) => ({
    id: own,
    clientUs: Math.round(clientUs),
    serverUs: Math.round(serverUs),
    mediaUs: media === null ? -1 : Math.max(0, Math.round(media)),
  }),
};

export const error: Wire<ErrorMessage, Encoded<'Error'>> = {
  read: (wire) => ({
    type: 'error',
    code: line(wire.code, 'error.code'),
    message: text(wire.message, 'error.message'),
    fatal: flag(wire.fatal, 'error.fatal'),
    regarding: idOrEmpty(wire.regarding, 'error.regarding'),
  }),
  write: ({ type: _, message, ...rest }) => ({ ...rest, message: cut(message) }),
};

export const credit: Wire<Credit, Encoded<'Credit'>> = {
  read: (wire) => ({ type: 'credit', until: mediaTime(wire.untilUs, 'credit.until_us') }),
  write: ({ until }) => ({ untilUs: Math.round(until) }),
};

export const settled: Wire<Settled, Encoded<'Settled'>> = {
  read: (wire) => ({
    type: 'settled',
    request: whole(wire.request, 'settled.request'),
    waited: millis(positive(wire.waitedMs, 'settled.waited_ms')),
    idle: flag(wire.idle, 'settled.idle'),
  }),
  write: ({ request, waited, idle }) => ({ request, waitedMs: waited, idle }),
};

const sessionInfo: Wire<SessionInfo, Encoded<'SessionInfo'>> = {
  read: (wire) => ({
    id: id(wire.id, 'session.id'),
    name: line(wire.name, 'session.name'),
    streaming: flag(wire.streaming, 'session.streaming'),
    since: instant(wire.sinceMs, 'session.since_ms'),
    audio: flag(wire.audio, 'session.audio'),
    video: flag(wire.video, 'session.video'),
    link: wire.link === v1.LinkKind.LINK_UNSPECIFIED ? null : linkKind.read(wire.link),
    whip: flag(wire.whip, 'session.whip'),
  }),
  write: ({ since, link, ...rest }) => ({
    ...rest,
    sinceMs: since,
    link: link === null ? v1.LinkKind.LINK_UNSPECIFIED : linkKind.write(link),
  }),
};

export const sessions: Wire<Sessions, Encoded<'Sessions'>> = {
  read: (wire) => ({
    type: 'sessions',
    sessions: list(wire.sessions, 'sessions.sessions', LIMITS.sessions, sessionInfo.read),
  }),
  write: ({ sessions: all }) => ({ sessions: all.map(sessionInfo.write) }),
};

export const labelPlaced: Wire<LabelPlaced, Encoded<'LabelPlaced'>> = {
  read: (wire) => ({
    type: 'label-placed',
    labelId: ulid(wire.labelId, 'label_placed.label_id'),
    sessionId: id(wire.sessionId, 'label_placed.session_id'),
    ...span(wire, 'label_placed'),
    kind: labelKind.read(wire.kind),
    classId: idOrEmpty(wire.classId, 'label_placed.class_id'),
    scope: scope.read(wire.scope),
    undone: flag(wire.undone, 'label_placed.undone'),
    by: line(wire.by, 'label_placed.by'),
  }),
  write: ({ type: _, start, end, kind, scope: part, ...rest }) => ({
    ...rest,
    startUs: Math.round(start),
    endUs: Math.round(end),
    kind: labelKind.write(kind),
    scope: scope.write(part),
  }),
};
