import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeClient,
  decodeServer,
  encodeClient,
  encodeServer,
  LIMITS,
  tidyClassName,
} from '../../../proto/codec.ts';
import { WireError } from '../../../proto/errors.ts';
import { counterpoise } from '../../../proto/generated/counterpoise.js';
import type { ClientMessage, LabelMessage, Prediction, ServerMessage } from '../../../proto/messages.ts';
import { micros, millis } from '../../../proto/units.ts';
import { anyClientMessage, anyServerMessage, clientMessages, serverMessages } from './arbitraries.ts';

const { v1 } = counterpoise;
const ULID = '01HZY3V4W5X6Y7Z8A9B0C1D2E3';

/** The code of the WireError that `run` throws; fails on any other outcome. */
function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof WireError) return error.code;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** True when `bytes` give a message or a WireError; throws on anything else. */
function isTotal(decode: (bytes: Uint8Array) => unknown, bytes: Uint8Array): boolean {
  try {
    decode(bytes);
    return true;
  } catch (error) {
    if (error instanceof WireError) return true;
    throw error;
  }
}

type Mutation = { at: number; kind: 'set' | 'drop' | 'insert' | 'cut'; value: number };
const mutations = fc.array(
  fc.record({
    at: fc.nat(4000),
    kind: fc.constantFrom('set' as const, 'drop' as const, 'insert' as const, 'cut' as const),
    value: fc.nat(255),
  }),
  { minLength: 1, maxLength: 6 },
);

function mutate(bytes: Uint8Array, steps: readonly Mutation[]): Uint8Array {
  const found = [...bytes];
  for (const { at, kind, value } of steps) {
    const place = found.length === 0 ? 0 : at % found.length;
    if (kind === 'set') found[place] = value;
    else if (kind === 'drop') found.splice(place, 1);
    else if (kind === 'insert') found.splice(place, 0, value);
    else found.length = place;
  }
  return Uint8Array.from(found);
}

const label: LabelMessage = {
  type: 'label',
  id: ULID,
  sessionId: '',
  start: micros(1_000_000),
  end: micros(3_000_000),
  kind: 'class',
  className: 'kettle',
  scope: 'both',
  at: millis(1_700_000_000_000),
};
/** A label of which the wire says something else. */
const labelWith = (fields: object): Uint8Array =>
  v1.ClientMessage.encode({
    label: {
      id: ULID,
      startUs: 1_000_000,
      endUs: 3_000_000,
      kind: v1.LabelKind.LABEL_KIND_CLASS,
      className: 'kettle',
      scope: v1.Scope.SCOPE_BOTH,
      atMs: 5,
      ...fields,
    },
  }).finish();

describe('decodeClient and encodeClient', () => {
  it.each(Object.entries(clientMessages))(
    'decode undoes encode for %s',
    (_, arbitrary: fc.Arbitrary<ClientMessage>) => {
      fc.assert(
        fc.property(arbitrary, (message) => {
          expect(decodeClient(encodeClient(message))).toEqual(message);
        }),
      );
    },
  );

  it('gives a message or a WireError for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => isTotal(decodeClient, bytes)),
      { numRuns: 2000 },
    );
  });

  it('gives a message or a WireError for any damaged message', () => {
    fc.assert(
      fc.property(anyClientMessage, mutations, (message, steps) =>
        isTotal(decodeClient, mutate(encodeClient(message), steps)),
      ),
      { numRuns: 2000 },
    );
  });

  it('decodes a damaged message to one that encodes and decodes to itself', () => {
    fc.assert(
      fc.property(anyClientMessage, mutations, (message, steps) => {
        let found: ClientMessage;
        try {
          found = decodeClient(mutate(encodeClient(message), steps));
        } catch {
          return;
        }
        expect(decodeClient(encodeClient(found))).toEqual(found);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives the same message from a Buffer that is a piece of a larger one', () => {
    const bytes = encodeClient(label);
    const pool = Buffer.concat([Buffer.from([1, 2, 3]), bytes, Buffer.from([4, 5])]);
    expect(decodeClient(pool.subarray(3, 3 + bytes.length))).toEqual(label);
  });

  it('copies media bytes, so that the buffer they came in may be reused', () => {
    const unit = { modality: 'audio', key: true, at: micros(20_000), data: Uint8Array.of(7, 8, 9) } as const;
    const bytes = encodeClient({ type: 'media', unit });
    const message = decodeClient(bytes);
    bytes.fill(0);
    expect(message).toEqual({ type: 'media', unit });
  });

  it('skips unknown fields', () => {
    const unknownField = Uint8Array.of(0xf8, 0x7f, 5); // field 2047, varint 5
    const inner = v1.Undo.encode({ id: ULID, labelId: ULID }).finish();
    const undo = Uint8Array.of(0x2a, inner.length + 3, ...inner, ...unknownField); // field 5, with a length
    expect(decodeClient(Uint8Array.from([...undo, ...unknownField]))).toEqual({
      type: 'undo',
      id: ULID,
      labelId: ULID,
    });
  });

  it('rounds times to whole microseconds', () => {
    const ping: ClientMessage = { type: 'ping', id: 1, clientUs: 10.6, media: micros(5.4), wall: null };
    expect(decodeClient(encodeClient(ping))).toEqual({ ...ping, clientUs: 11, media: 5 });
  });

  it('rejects bytes that are no protobuf with ERR_WIRE_MALFORMED', () => {
    expect(codeOf(() => decodeClient(Uint8Array.of(0xff, 0xff, 0xff)))).toBe('ERR_WIRE_MALFORMED');
  });

  it.each([
    ['nothing at all', new Uint8Array(0)],
    ['a message of a newer minor', Uint8Array.of(0xf2, 0x7f, 1, 0)],
  ])('tells %s apart with ERR_WIRE_UNKNOWN', (_, bytes) => {
    expect(codeOf(() => decodeClient(bytes))).toBe('ERR_WIRE_UNKNOWN');
  });

  it.each([0, 2, 4_000_000_000])('rejects protocol major %d with ERR_WIRE_VERSION', (protocolMajor) => {
    const bytes = v1.ClientMessage.encode({ hello: { protocolMajor } }).finish();
    expect(codeOf(() => decodeClient(bytes))).toBe('ERR_WIRE_VERSION');
  });

  it('rejects a message over its bound with ERR_WIRE_TOO_LARGE before reading it', () => {
    expect(codeOf(() => decodeClient(new Uint8Array(LIMITS.messageBytes + 1)))).toBe('ERR_WIRE_TOO_LARGE');
  });

  it('takes a media unit of the largest size and rejects one byte more with ERR_WIRE_TOO_LARGE', () => {
    const media = (size: number): Uint8Array =>
      encodeClient({
        type: 'media',
        unit: { modality: 'video', key: true, at: micros(0), data: new Uint8Array(size) },
      });
    expect(decodeClient(media(LIMITS.mediaBytes)).type).toBe('media');
    expect(codeOf(() => decodeClient(media(LIMITS.mediaBytes + 1)))).toBe('ERR_WIRE_TOO_LARGE');
  });

  it.each([
    ['an id that is no ULID', { id: 'mine' }],
    ['an id in lower case', { id: ULID.toLowerCase() }],
    ['an empty span', { endUs: 1_000_000 }],
    ['a span that runs backwards', { endUs: 999_999 }],
    ['a span over 60 s', { endUs: 61_000_001 }],
    ['a time that a double does not hold', { startUs: 2 ** 60, endUs: 2 ** 60 + 4096 }],
    ['a time far before the session', { startUs: -10_000_001, endUs: 0 }],
    ['no kind', { kind: 0 }],
    ['a kind of a newer minor', { kind: 99 }],
    ['no scope', { scope: 0 }],
    ['no class name', { className: '' }],
    ['a class name of spaces', { className: '  \t ' }],
    ['a class name over 64 characters', { className: 'x'.repeat(65) }],
    ['a class name with a line break inside', { className: 'ket\ntle' }],
    ['a name on an unknown', { kind: v1.LabelKind.LABEL_KIND_UNKNOWN }],
    ['a wall clock that is no number', { atMs: Number.NaN }],
    ['a wall clock beyond all dates', { atMs: Number.POSITIVE_INFINITY }],
    ['a session id with a slash', { sessionId: '../etc' }],
  ])('rejects a label with %s with ERR_WIRE_FIELD', (_, fields) => {
    expect(codeOf(() => decodeClient(labelWith(fields)))).toBe('ERR_WIRE_FIELD');
  });

  it('trims and composes class names', () => {
    const decoded = decodeClient(labelWith({ className: '  cafe\u0301 ' }));
    expect(decoded).toMatchObject({ className: 'caf\u00e9' });
  });

  it('never repeats what a person typed in an error', () => {
    const secret = `Anna${'x'.repeat(80)}`;
    expect(() => decodeClient(labelWith({ className: secret }))).toThrow(/text of 84 characters/);
    expect(() => decodeClient(labelWith({ className: secret }))).not.toThrow(/Anna/);
  });

  it.each([
    ['neither a class nor everything', { id: ULID }],
    ['a class and everything', { id: ULID, classId: 'c1', everything: true }],
    ['a span and everything', { id: ULID, sessionId: 's1', endUs: 9, everything: true }],
    ['a span and a class', { id: ULID, sessionId: 's1', endUs: 9, classId: 'c1' }],
    ['a span that ends before it begins', { id: ULID, sessionId: 's1', startUs: 9, endUs: 3 }],
  ])('rejects a forget of %s with ERR_WIRE_FIELD', (_, forget) => {
    expect(codeOf(() => decodeClient(v1.ClientMessage.encode({ forget }).finish()))).toBe('ERR_WIRE_FIELD');
  });

  it.each([
    ['opus for a picture', { modality: 2, codec: 1, width: 320, height: 240 }],
    ['vp8 for sound', { modality: 1, codec: 3, sampleRateHz: 48_000, channels: 1 }],
    ['a picture of no width', { modality: 2, codec: 3, height: 240 }],
    ['a picture of a wall', { modality: 2, codec: 3, width: 65_535, height: 65_535 }],
    ['no channel', { modality: 1, codec: 1, sampleRateHz: 48_000 }],
    ['no modality', { codec: 1, sampleRateHz: 48_000, channels: 1 }],
  ])('rejects a track with %s with ERR_WIRE_FIELD', (_, track) => {
    expect(codeOf(() => decodeClient(v1.ClientMessage.encode({ track }).finish()))).toBe('ERR_WIRE_FIELD');
  });

  it('rejects counters under a name like __proto__ with ERR_WIRE_FIELD', () => {
    const dropped = Object.fromEntries([['__proto__', 1]]);
    const bytes = v1.ClientMessage.encode({ clientHealth: { dropped } }).finish();
    expect(codeOf(() => decodeClient(bytes))).toBe('ERR_WIRE_FIELD');
  });

  it('rejects more counters than its bound with ERR_WIRE_FIELD', () => {
    const names = Array.from({ length: LIMITS.counters + 1 }, (_, index) => [`c${index}`, 1] as const);
    const bytes = v1.ClientMessage.encode({ clientHealth: { dropped: Object.fromEntries(names) } }).finish();
    expect(codeOf(() => decodeClient(bytes))).toBe('ERR_WIRE_FIELD');
  });
});

describe('decodeServer and encodeServer', () => {
  it.each(Object.entries(serverMessages))(
    'decode undoes encode for %s',
    (_, arbitrary: fc.Arbitrary<ServerMessage>) => {
      fc.assert(
        fc.property(arbitrary, (message) => {
          expect(decodeServer(encodeServer(message))).toEqual(message);
        }),
      );
    },
  );

  it('gives a message or a WireError for any bytes, and for any damaged message', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => isTotal(decodeServer, bytes)),
      { numRuns: 1000 },
    );
    fc.assert(
      fc.property(anyServerMessage, mutations, (message, steps) =>
        isTotal(decodeServer, mutate(encodeServer(message), steps)),
      ),
      { numRuns: 1000 },
    );
  });

  const belief = {
    probabilities: [0.25, 0.75],
    confidence: 0.75,
    distance: null,
    signal: 'live',
    contribution: 0,
    weight: 0.5,
    answer: 'b',
  } as const;
  const prediction: Prediction = {
    type: 'prediction',
    sessionId: 's',
    index: 1,
    start: micros(0),
    end: micros(960_000),
    classIds: ['a', 'b'],
    fused: [0.5, 0.5],
    answer: 'b',
    audio: belief,
    video: { ...belief, probabilities: [], signal: 'missing', answer: null },
    skew: null,
    modelVersion: 0,
    appliedSeq: 0,
    lag: millis(80),
    headGate: 0,
  };

  it('takes a prediction whose picture is missing', () => {
    expect(decodeServer(encodeServer(prediction))).toEqual(prediction);
  });

  it.each([
    ['a probability that is no number', { ...prediction, fused: [Number.NaN, 0.5] }],
    ['a probability of infinity', { ...prediction, fused: [0.5, Number.POSITIVE_INFINITY] }],
    ['one probability too few', { ...prediction, fused: [1] }],
    ['one belief too many', { ...prediction, audio: { ...belief, probabilities: [0.2, 0.3, 0.5] } }],
    ['a lag that is no number', { ...prediction, lag: millis(Number.NaN) }],
  ])('rejects a prediction with %s with ERR_WIRE_FIELD', (_, message) => {
    expect(codeOf(() => decodeServer(encodeServer(message)))).toBe('ERR_WIRE_FIELD');
  });

  it('rejects a tile that is not a whole picture with ERR_WIRE_FIELD', () => {
    const tile = { sessionId: 's', startUs: 0, endUs: 480_000, rgb: new Uint8Array(30), levelDb: -20 };
    expect(codeOf(() => decodeServer(v1.ServerMessage.encode({ tile }).finish()))).toBe('ERR_WIRE_FIELD');
  });

  it('cuts text for people to its bound', () => {
    const message = encodeServer({
      type: 'error',
      code: 'ERR_WIRE_FIELD',
      message: 'x'.repeat(5000),
      fatal: true,
      regarding: '',
    });
    expect(decodeServer(message)).toMatchObject({ message: 'x'.repeat(LIMITS.text) });
  });

  it('rejects a welcome of another major with ERR_WIRE_VERSION', () => {
    const bytes = v1.ServerMessage.encode({ welcome: { protocolMajor: 2 } }).finish();
    expect(codeOf(() => decodeServer(bytes))).toBe('ERR_WIRE_VERSION');
  });
});

describe('tidyClassName', () => {
  it.each([
    ['kettle', 'kettle'],
    ['  tea  kettle ', 'tea  kettle'],
    ['x'.repeat(64), 'x'.repeat(64)],
    ['x'.repeat(65), null],
    [' \n ', null],
    ['a\u0000b', null],
  ])('makes of %j %j', (name, expected) => {
    expect(tidyClassName(name)).toBe(expected);
  });

  it('leaves a tidy name as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        const tidy = tidyClassName(name);
        if (tidy !== null) expect(tidyClassName(tidy)).toBe(tidy);
      }),
    );
  });
});
