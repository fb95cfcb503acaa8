import { describe, expect, it } from 'vitest';

import { micros } from '../../../proto/units.ts';
import {
  type Exemplar,
  KEPT_EXEMPLARS,
  NOTHING_TAUGHT,
  withClasses,
  withExemplars,
  withoutLabel,
} from '../../../src/model/exemplars.ts';

const exemplar = (seq: number, start = 0): Exemplar => ({
  labelId: `l${seq}`,
  seq,
  start: micros(start),
  z: Float32Array.of(seq),
});

describe('withExemplars', () => {
  it('shelves by kind, in order of journal and time', () => {
    let taught = withExemplars(NOTHING_TAUGHT, 'class', 'a', [exemplar(3), exemplar(2, 9)]);
    taught = withExemplars(taught, 'class', 'a', [exemplar(2, 1)]);
    taught = withExemplars(taught, 'not-class', 'a', [exemplar(4)]);
    taught = withExemplars(taught, 'unknown', '', [exemplar(5)]);
    expect(taught.positives.get('a')?.map(({ seq, start }) => [seq, start])).toEqual([
      [2, 1],
      [2, 9],
      [3, 0],
    ]);
    expect(taught.negatives.get('a')).toHaveLength(1);
    expect(taught.background).toHaveLength(1);
  });

  it('keeps the newest and leaves its argument alone', () => {
    const all = Array.from({ length: KEPT_EXEMPLARS + 5 }, (_, seq) => exemplar(seq));
    const taught = withExemplars(NOTHING_TAUGHT, 'class', 'a', all);
    expect(taught.positives.get('a')).toHaveLength(KEPT_EXEMPLARS);
    expect(taught.positives.get('a')?.[0]?.seq).toBe(5);
    expect(NOTHING_TAUGHT.positives.size).toBe(0);
    expect(withExemplars(taught, 'class', 'b', [])).toBe(taught);
  });
});

describe('withoutLabel and withClasses', () => {
  const taught = withExemplars(withExemplars(NOTHING_TAUGHT, 'class', 'a', [exemplar(1)]), 'not-class', 'b', [
    exemplar(2),
  ]);

  it('take a label or a class away, with its shelf', () => {
    expect(withoutLabel(taught, 'l1').positives.size).toBe(0);
    expect(withClasses(taught, ['a']).negatives.size).toBe(0);
    expect(withClasses(taught, ['a']).positives.size).toBe(1);
  });

  it('give the same object where nothing goes', () => {
    expect(withoutLabel(taught, 'l9')).toBe(taught);
    expect(withClasses(taught, ['a', 'b', 'c'])).toBe(taught);
  });
});
