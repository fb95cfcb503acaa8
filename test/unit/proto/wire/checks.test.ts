import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../../proto/limits.ts';
import { colour, counters, id, line, list, real, token, ulid, whole } from '../../../../proto/wire/checks.ts';

const refused = expect.objectContaining({ code: 'ERR_WIRE_FIELD' });

describe('whole', () => {
  it.each([0, 1, 4_294_967_295])('takes %d', (value) => {
    expect(whole(value, 'f')).toBe(value);
  });

  it.each([-1, 1.5, 4_294_967_296, Number.NaN, Number.POSITIVE_INFINITY, '1', null, undefined])(
    'refuses %j',
    (value) => {
      expect(() => whole(value, 'f')).toThrow(refused);
    },
  );

  it('reads the object that protobufjs gives where it finds the package long', () => {
    expect(whole({ toNumber: () => 12 }, 'f')).toBe(12);
    expect(() => whole({ toNumber: () => 2 ** 53 }, 'f', 0, Number.MAX_VALUE)).toThrow(refused);
  });
});

describe('real', () => {
  it.each([Number.NaN, -0.1, 1.1, '0.5'])('refuses %j from 0 to 1', (value) => {
    expect(() => real(value, 'f', 0, 1)).toThrow(refused);
  });
});

describe('the checks of text', () => {
  it.each([
    ['ulid', () => ulid('8ZZZZZZZZZZZZZZZZZZZZZZZZZ', 'f')], // more than 48 bits of time
    ['ulid', () => ulid('01HZY3V4W5X6Y7Z8A9B0C1D2EI', 'f')], // I is not in Crockford's alphabet
    ['id', () => id('', 'f')],
    ['id', () => id('x'.repeat(LIMITS.id + 1), 'f')],
    ['id', () => id('a\nb', 'f')],
    ['token', () => token('x'.repeat(LIMITS.token + 1), 'f')],
    ['token', () => token('a b', 'f')],
    ['line', () => line('a\u0007', 'f')],
    ['line', () => line('x'.repeat(LIMITS.personName + 1), 'f')],
    ['colour', () => colour('red', 'f')],
    ['colour', () => colour('#12345', 'f')],
  ])('%s refuses what is not one: %s', (_, run) => {
    expect(run).toThrow(refused);
  });

  it('colour writes small letters', () => {
    expect(colour('#AABBCC', 'f')).toBe('#aabbcc');
  });
});

describe('list', () => {
  it('refuses more than its bound, and what is no list', () => {
    expect(list([1, 2], 'f', 2, (value) => value + 1)).toEqual([2, 3]);
    expect(() => list([1, 2, 3], 'f', 2, (value) => value)).toThrow(refused);
    expect(() => list(null, 'f', 2, (value) => value)).toThrow(refused);
  });
});

describe('counters', () => {
  it('takes nothing as no counters', () => {
    expect(counters(undefined, 'f')).toEqual({});
  });

  it('refuses a count that is none', () => {
    expect(() => counters({ busy: -1 }, 'f')).toThrow(refused);
  });
});
