/** Every message that either side may send, as fast-check sees it: all of these decode to themselves. */
import fc from 'fast-check';
import { LIMITS } from '../../../proto/limits.ts';
import type {
  Belief,
  ClassChange,
  ClientMessage,
  Link,
  MediaUnit,
  ServerMessage,
  TrackConfig,
} from '../../../proto/messages.ts';
import { POLICY_NAMES } from '../../../proto/policies.ts';
import { type Micros, type Millis, micros, millis } from '../../../proto/units.ts';
import { tidyClassName } from '../../../proto/wire/checks.ts';
import { balanceReport, rebalanceCommand } from './balance-arbitraries.ts';

const CROCKFORD = [...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'];
const ID = [...'abcXYZ019-_'];

const uint32 = fc.nat(0xffff_ffff);
/** float32 on the wire, so values that float32 holds; -0 is not told apart from 0 by anything of ours. */
const float32 = (min: number, max: number): fc.Arbitrary<number> =>
  fc
    .float({ min: Math.fround(min), max: Math.fround(max), noNaN: true, noDefaultInfinity: true })
    .map((x) => x + 0);
const share = float32(0, 1);
const weight = float32(-50, 50);
const media = fc.integer({ min: -10_000_000, max: 1e15 }).map(micros);
const mediaOrNull: fc.Arbitrary<Micros | null> = fc.option(fc.integer({ min: 0, max: 1e15 }).map(micros));
const clock = fc.integer({ min: 0, max: 1e15 });
const instant: fc.Arbitrary<Millis> = fc
  .double({ min: 0, max: 8.64e15, noNaN: true })
  .map((x) => millis(x + 0));
const ulid = fc
  .tuple(
    fc.constantFrom(...'01234567'),
    fc.array(fc.constantFrom(...CROCKFORD), { minLength: 25, maxLength: 25 }),
  )
  .map(([first, rest]) => first + rest.join(''));
const id = fc.string({ unit: fc.constantFrom(...ID), minLength: 1, maxLength: 64 });
const idOrEmpty = fc.oneof(fc.constant(''), id);
const idOrNull = fc.option(id);
const token = fc.string({ unit: fc.constantFrom(...ID, '.'), maxLength: 128 });
const text = fc.string({ unit: 'grapheme', maxLength: 100 });
const line = fc
  .string({ unit: 'grapheme', maxLength: 30 })
  .filter((words) => words.length <= LIMITS.personName && !/\p{Cc}/u.test(words));
const className = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .map(tidyClassName)
  .filter((name) => name !== null);
const colour = fc.nat(0xffffff).map((value) => `#${value.toString(16).padStart(6, '0')}`);
const counters = fc.dictionary(fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,20}$/), uint32, {
  maxKeys: 8,
  noNullPrototype: true,
});
const modality = fc.constantFrom('audio' as const, 'video' as const);
const kind = fc.constantFrom('class' as const, 'not-class' as const, 'unknown' as const);
const scope = fc.constantFrom('both' as const, 'audio' as const, 'video' as const);
const bytes = fc.uint8Array({ maxLength: 300 });
const atLeast = (min: number): fc.Arbitrary<{ start: Micros; end: Micros }> =>
  fc
    .tuple(fc.integer({ min: -10_000_000, max: 1e14 }), fc.integer({ min, max: LIMITS.spanUs }))
    .map(([start, length]) => ({ start: micros(start), end: micros(start + length) }));
const span = atLeast(1);

const track: fc.Arbitrary<TrackConfig> = fc.oneof(
  fc.record({
    modality: fc.constant('audio' as const),
    codec: fc.constantFrom('opus' as const, 'pcm16' as const),
    sampleRateHz: fc.integer({ min: 8000, max: 48_000 }),
    channels: fc.integer({ min: 1, max: 2 }),
  }),
  fc.record({
    modality: fc.constant('video' as const),
    codec: fc.constantFrom('vp8' as const, 'h264' as const, 'jpeg' as const),
    width: fc.integer({ min: 16, max: 1920 }),
    height: fc.integer({ min: 16, max: 1920 }),
  }),
);
const linkKind = fc.constantFrom('websocket' as const, 'webrtc-udp' as const, 'webrtc-tcp' as const);
const sdp = fc.string({ maxLength: 300 });
const link: fc.Arbitrary<Link> = fc.record({
  kind: linkKind,
  roundTrip: fc.option(float32(0, 1e6).map(millis)),
  tracks: fc.array(
    fc.record({
      modality,
      codec: fc.constantFrom(
        'opus' as const,
        'pcm16' as const,
        'vp8' as const,
        'h264' as const,
        'jpeg' as const,
      ),
      bitrateBps: float32(0, 1e9),
      unitsPerSecond: float32(0, 1e4),
      decodedPerSecond: float32(0, 1e4),
      lost: float32(0, 1),
      jitter: float32(0, 1e6).map(millis),
      decodeMs: float32(0, 1e6),
      width: uint32,
      height: uint32,
    }),
    { maxLength: 4 },
  ),
});
const unit: fc.Arbitrary<MediaUnit> = fc.record({ modality, key: fc.boolean(), at: media, data: bytes });
const change: fc.Arbitrary<ClassChange> = fc.oneof(
  fc.record({
    type: fc.constant('add' as const),
    name: className,
    colour: fc.oneof(fc.constant(''), colour),
  }),
  fc.record({ type: fc.constant('rename' as const), classId: id, name: className }),
  fc.record({ type: fc.constant('recolour' as const), classId: id, colour }),
  fc.record({ type: fc.constant('delete' as const), classId: id }),
);

/** One arbitrary for each type of message: a new type without one does not compile. */
export const clientMessages: {
  readonly [T in ClientMessage['type']]: fc.Arbitrary<Extract<ClientMessage, { type: T }>>;
} = {
  hello: fc.record({
    type: fc.constant('hello' as const),
    protocolMajor: fc.constant(1),
    protocolMinor: uint32,
    role: fc.constantFrom('stream' as const, 'watch' as const),
    sessionName: line,
    resumeToken: token,
    watchSessionId: idOrEmpty,
    pace: fc.constantFrom('live' as const, 'credit' as const),
    by: line,
  }),
  track: fc.record({ type: fc.constant('track' as const), track }),
  'track-close': fc.record({ type: fc.constant('track-close' as const), modality }),
  media: fc.record({ type: fc.constant('media' as const), unit }),
  label: fc
    .tuple(
      fc.record({
        type: fc.constant('label' as const),
        id: ulid,
        sessionId: idOrEmpty,
        kind,
        scope,
        at: instant,
      }),
      span,
      className,
    )
    .map(([label, at, name]) => ({ ...label, ...at, className: label.kind === 'unknown' ? '' : name })),
  undo: fc.record({ type: fc.constant('undo' as const), id: ulid, labelId: ulid }),
  'class-edit': fc.record({ type: fc.constant('class-edit' as const), id: ulid, change }),
  playback: fc
    .tuple(fc.record({ type: fc.constant('playback' as const), request: uint32, sessionId: idOrEmpty }), span)
    .map(([request, at]) => ({ ...request, ...at })),
  ping: fc.record({
    type: fc.constant('ping' as const),
    id: uint32,
    clientUs: clock,
    media: mediaOrNull,
    wall: fc.option(fc.integer({ min: 1, max: 4e12 }).map(millis)),
  }),
  rebalance: rebalanceCommand,
  'training-command': fc.record(
    {
      type: fc.constant('training-command' as const),
      paused: fc.boolean(),
      policy: fc.constantFrom(...POLICY_NAMES),
    },
    { requiredKeys: ['type', 'paused'] },
  ),
  rollback: fc.record({ type: fc.constant('rollback' as const), id: ulid, version: uint32 }),
  forget: fc.tuple(ulid, fc.option(id), fc.option(fc.tuple(id, span))).map(([own, classId, at]) => ({
    type: 'forget' as const,
    id: own,
    classId: at ? '' : (classId ?? ''),
    everything: !at && classId === null,
    ...(at && { span: { sessionId: at[0], ...at[1] } }),
  })),
  review: fc.record({ type: fc.constant('review' as const), id: ulid, labelId: ulid, classId: idOrEmpty }),
  settle: fc.record({
    type: fc.constant('settle' as const),
    request: uint32,
    timeout: fc.nat(LIMITS.settleMs).map(millis),
  }),
  'rtc-offer': fc.record({ type: fc.constant('rtc-offer' as const), generation: uint32, sdp }),
  'rtc-close': fc.record({ type: fc.constant('rtc-close' as const), generation: uint32 }),
  'client-health': fc.record({
    type: fc.constant('client-health' as const),
    dropped: counters,
    encodeQueue: uint32,
    bufferedBytes: uint32,
  }),
};

const belief = (classCount: number): fc.Arbitrary<Belief> =>
  fc.record({
    probabilities: fc.oneof(
      fc.constant([]),
      fc.array(share, { minLength: classCount, maxLength: classCount }),
    ),
    confidence: share,
    distance: fc.option(float32(0, 1e6)),
    signal: fc.constantFrom(
      'live' as const,
      'silent' as const,
      'dark' as const,
      'frozen' as const,
      'missing' as const,
    ),
    contribution: weight,
    weight: share,
    answer: idOrNull,
  });
const prediction = fc.array(id, { maxLength: 5 }).chain((classIds) =>
  fc
    .tuple(
      fc.record({
        type: fc.constant('prediction' as const),
        sessionId: id,
        index: uint32,
        classIds: fc.constant(classIds),
        fused: fc.array(share, { minLength: classIds.length, maxLength: classIds.length }),
        answer: idOrNull,
        audio: belief(classIds.length),
        video: belief(classIds.length),
        skew: fc.option(fc.integer({ min: -1_000_000, max: 1_000_000 }).map(micros)),
        modelVersion: uint32,
        appliedSeq: uint32,
        lag: weight.map(millis),
        headGate: share,
      }),
      span,
    )
    .map(([found, at]) => ({ ...found, ...at })),
);
const heldOut = fc.record({ fused: share, audio: share, video: share });

/** One arbitrary for each type of message: a new type without one does not compile. */
export const serverMessages: {
  readonly [T in ServerMessage['type']]: fc.Arbitrary<Extract<ServerMessage, { type: T }>>;
} = {
  welcome: fc.record({
    type: fc.constant('welcome' as const),
    protocolMajor: fc.constant(1),
    protocolMinor: uint32,
    sessionId: idOrEmpty,
    resumeToken: token,
    media,
    resumed: fc.boolean(),
    project: line,
    hop: fc.integer({ min: 1, max: LIMITS.spanUs }).map(micros),
    window: fc.integer({ min: 1, max: LIMITS.spanUs }).map(micros),
    ribbon: fc.integer({ min: 1, max: LIMITS.spanUs }).map(micros),
    serverVersion: line,
    dataPath: text,
    webrtc: fc.oneof(
      fc.constant({ available: true as const }),
      fc.record({ available: fc.constant(false as const), reason: text, remedy: text }),
    ),
  }),
  prediction,
  ack: fc.record({
    type: fc.constant('ack' as const),
    id: ulid,
    seq: uint32,
    duplicate: fc.boolean(),
    effects: fc.array(fc.record({ modality, before: share, after: share }), { maxLength: 4 }),
    samples: uint32,
  }),
  classes: fc.record({
    type: fc.constant('classes' as const),
    classes: fc.array(
      fc.record({
        id,
        name: className,
        colour,
        spans: uint32,
        audioSamples: uint32,
        videoSamples: uint32,
        audioNeeds: uint32,
        videoNeeds: uint32,
      }),
      { maxLength: 5 },
    ),
    seq: uint32,
    deleted: fc.array(fc.record({ id, name: className, labels: uint32 }), { maxLength: 3 }),
  }),
  'playback-part': fc.record({
    type: fc.constant('playback-part' as const),
    request: uint32,
    part: fc.oneof(
      fc.record({ type: fc.constant('track' as const), track }),
      fc.record({ type: fc.constant('media' as const), unit }),
      atLeast(0).map((at) => ({ type: 'end' as const, ...at })),
    ),
  }),
  pong: fc.record({
    type: fc.constant('pong' as const),
    id: uint32,
    clientUs: clock,
    serverUs: clock,
    media: mediaOrNull,
  }),
  balance: balanceReport,
  training: fc.record({
    type: fc.constant('training' as const),
    phase: fc.constantFrom(
      'idle' as const,
      'waiting' as const,
      'training' as const,
      'judging' as const,
      'paused' as const,
      'failed' as const,
    ),
    labelsWaiting: uint32,
    round: uint32,
    step: uint32,
    steps: uint32,
    verdict: text,
    reason: text,
    rho: fc.option(float32(0.001, 1000)),
    beta: share,
    gamma: share,
    prequential: fc.record({ fused: share, audio: share, video: share, labels: uint32 }),
    rebalance: fc.record({
      policy: fc.constantFrom(...POLICY_NAMES),
      mode: fc.constantFrom(
        'unknown' as const,
        'balanced' as const,
        'audio-weak' as const,
        'video-weak' as const,
        'guarded' as const,
      ),
      reason: text,
      early: fc.boolean(),
    }),
  }),
  model: fc.record({
    type: fc.constant('model' as const),
    version: uint32,
    backend: fc.constantFrom('graph' as const, 'eager' as const, 'wasm' as const),
    backendReason: text,
    backendRemedy: text,
    beginning: text,
    history: fc.array(
      fc.record({
        version: uint32,
        at: instant,
        appliedSeq: uint32,
        serving: fc.boolean(),
        heldOut: fc.option(heldOut),
        note: text,
      }),
      { maxLength: 4 },
    ),
  }),
  health: fc.record({
    type: fc.constant('health' as const),
    shed: counters,
    sessions: uint32,
    rssBytes: fc.nat(2 ** 40),
    tensors: uint32,
    openDecoders: uint32,
    storedBytes: fc.nat(2 ** 40),
    storedLabels: uint32,
    jitter: float32(0, 1e6).map(millis),
    totals: counters,
    link: fc.option(link),
  }),
  error: fc.record({
    type: fc.constant('error' as const),
    code: line,
    message: text,
    fatal: fc.boolean(),
    regarding: idOrEmpty,
  }),
  'rtc-answer': fc.record({ type: fc.constant('rtc-answer' as const), generation: uint32, sdp }),
  'rtc-gone': fc.record({
    type: fc.constant('rtc-gone' as const),
    generation: uint32,
    reason: text,
    again: fc.boolean(),
  }),
  credit: fc.record({ type: fc.constant('credit' as const), until: media }),
  settled: fc.record({
    type: fc.constant('settled' as const),
    request: uint32,
    waited: float32(0, 1e6).map(millis),
    idle: fc.boolean(),
  }),
  sessions: fc.record({
    type: fc.constant('sessions' as const),
    sessions: fc.array(
      fc.record({
        id,
        name: line,
        streaming: fc.boolean(),
        since: instant,
        audio: fc.boolean(),
        video: fc.boolean(),
        link: fc.option(linkKind),
        whip: fc.boolean(),
      }),
      { maxLength: 4 },
    ),
  }),
  tile: fc
    .tuple(
      fc.record({
        type: fc.constant('tile' as const),
        sessionId: id,
        rgb: fc.oneof(
          fc.constant(new Uint8Array(0)),
          fc.uint8Array({ minLength: LIMITS.tileBytes, maxLength: LIMITS.tileBytes }),
        ),
        levelDb: float32(-120, 0),
      }),
      span,
    )
    .map(([tile, at]) => ({ ...tile, ...at })),
  'label-placed': fc
    .tuple(
      fc.record({
        type: fc.constant('label-placed' as const),
        labelId: ulid,
        sessionId: id,
        kind,
        classId: idOrEmpty,
        scope,
        undone: fc.boolean(),
        by: line,
      }),
      span,
    )
    .map(([placed, at]) => ({ ...placed, ...at })),
  'second-look': fc.record({
    type: fc.constant('second-look' as const),
    suspicions: fc.array(
      fc
        .tuple(
          fc.record({
            labelId: ulid,
            sessionId: id,
            classId: id,
            otherId: id,
            audio: float32(0, 100),
            video: float32(0, 100),
            by: line,
            at: instant,
            picture: fc
              .constantFrom(0, LIMITS.thumbnailBytes)
              .map((length) => new Uint8Array(length).fill(7)),
          }),
          span,
        )
        .map(([found, at]) => ({ ...found, ...at })),
      { maxLength: 4 },
    ),
    total: uint32,
  }),
};

export const anyClientMessage: fc.Arbitrary<ClientMessage> = fc.oneof(...Object.values(clientMessages));
export const anyServerMessage: fc.Arbitrary<ServerMessage> = fc.oneof(...Object.values(serverMessages));
