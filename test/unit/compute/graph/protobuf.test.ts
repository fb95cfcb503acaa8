import { describe, expect, it } from 'vitest';

import {
  float,
  integer,
  mapEntry,
  message,
  nested,
  string,
} from '../../../../server/compute/graph/protobuf.ts';

const bytes = (value: Uint8Array): number[] => [...value];

// Expected bytes are those of the examples in the Protocol Buffers encoding specification, where it has one.
describe('integer', () => {
  it('writes 150 in field 1 as the specification does', () => {
    expect(bytes(integer(1, 150))).toEqual([0x08, 0x96, 0x01]);
  });

  it('writes -1 as ten bytes of two’s complement', () => {
    expect(bytes(integer(1, -1))).toEqual([0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]);
  });

  it('writes a field number above 15 in two bytes', () => {
    expect(bytes(integer(16, 0))).toEqual([0x80, 0x01, 0x00]);
  });
});

describe('string', () => {
  it('writes "testing" in field 2 as the specification does', () => {
    expect(bytes(string(2, 'testing'))).toEqual([0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67]);
  });
});

describe('nested', () => {
  it('writes a message in field 3 as the specification does', () => {
    expect(bytes(nested(3, integer(1, 150)))).toEqual([0x1a, 0x03, 0x08, 0x96, 0x01]);
  });
});

describe('float', () => {
  it('writes 1 as its four little-endian bytes', () => {
    expect(bytes(float(4, 1))).toEqual([(4 << 3) | 5, 0, 0, 0x80, 0x3f]);
  });
});

describe('message', () => {
  it('is its parts, one after the other', () => {
    expect(bytes(message(integer(1, 1), integer(2, 2)))).toEqual([0x08, 1, 0x10, 2]);
    expect(bytes(message())).toEqual([]);
  });
});

describe('mapEntry', () => {
  it('is a message of key 1 and value 2', () => {
    expect(bytes(mapEntry(5, 'a', integer(3, 7)))).toEqual([
      (5 << 3) | 2,
      7,
      0x0a,
      1,
      0x61,
      0x12,
      2,
      0x18,
      7,
    ]);
  });
});
