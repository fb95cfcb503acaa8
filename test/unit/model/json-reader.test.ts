import { describe, expect, it } from 'vitest';

import { JsonReader } from '../../../src/model/json-reader.ts';

const reader = JsonReader.of(
  { n: 1, s: 'x', none: null, list: [[1, 'a']], bad: [1, null], deep: { n: '2' } },
  'root',
);

describe('JsonReader', () => {
  it('reads fields of the form asked for', () => {
    expect(reader.number('n')).toBe(1);
    expect(reader.string('s')).toBe('x');
    expect(reader.optional('none')).toBeNull();
    expect(reader.list('list')[0]?.string('1')).toBe('a');
    expect(JsonReader.of({ a: 1, b: 'x', c: null, d: true }, 'notes').scalars()).toEqual([
      ['a', 1],
      ['b', 'x'],
      ['c', null],
      ['d', true],
    ]);
  });

  it.each([
    ['root.s', () => reader.number('s')],
    ['root.n', () => reader.string('n')],
    ['root.gone', () => reader.object('gone')],
    ['root.n', () => reader.list('n')],
    ['root.list', () => reader.strings('list')],
    ['root.bad', () => reader.numbers('bad')],
    ['root.deep.n', () => reader.object('deep').number('n')],
    ['root.list', () => reader.scalars()],
    ['name', () => JsonReader.of(3, 'name')],
  ])('names %s when it is of another form, with ERR_CHECKPOINT_FORMAT', (path, read) => {
    expect(read).toThrow(expect.objectContaining({ code: 'ERR_CHECKPOINT_FORMAT' }));
    expect(read).toThrow(`${path} is not`);
  });
});
