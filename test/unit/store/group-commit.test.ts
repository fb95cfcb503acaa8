import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { GroupCommit } from '../../../server/store/group-commit.ts';
import type { Append } from '../../../server/store/journal-file.ts';
import { label } from './fixtures.ts';

const append = (id: string): Append => ({ at: 0, event: label(id), samples: [] });

/** A group commit that notes its groups and the outcome of each append; ids in `failing` sink any group they are in. */
const observed = (failing: readonly string[] = []) => {
  const groups: string[][] = [];
  const outcomes = new Map<string, number | 'failed'>();
  const group = new GroupCommit((appends) => {
    const ids = appends.map(({ event }) => event.id);
    groups.push(ids);
    if (ids.some((id) => failing.includes(id))) throw new Error('disk full');
    return ids.map((id) => ({ seq: Number(id), duplicate: false }));
  });
  const add = (id: string) =>
    group.add({
      append: append(id),
      resolve: ({ seq }) => outcomes.set(id, seq),
      reject: () => outcomes.set(id, 'failed'),
    });
  return { group, groups, outcomes, add };
};

describe('GroupCommit', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('commits appends of the same 2 ms together, in order, and answers each after the commit', () => {
    const { groups, outcomes, add } = observed();
    add('1');
    vi.advanceTimersByTime(1);
    add('2');
    expect([groups, outcomes.size]).toEqual([[], 0]);
    vi.advanceTimersByTime(1);
    expect(groups).toEqual([['1', '2']]);
    expect([...outcomes]).toEqual([
      ['1', 1],
      ['2', 2],
    ]);
    add('3');
    vi.advanceTimersByTime(2);
    expect(groups).toEqual([['1', '2'], ['3']]);
  });

  it('commits at once when 32 wait', () => {
    const { groups, add } = observed();
    for (let i = 1; i <= 33; i++) add(String(i));
    expect(groups.map((ids) => ids.length)).toEqual([32]);
    vi.advanceTimersByTime(2);
    expect(groups.map((ids) => ids.length)).toEqual([32, 1]);
  });

  it('commits what waits when flushed, and has nothing left for the timer', () => {
    const { group, groups, add } = observed();
    add('1');
    group.flush();
    vi.runAllTimers();
    group.flush();
    expect(groups).toEqual([['1']]);
  });

  it('gives every append its own commit when a group fails, so that only the culprit is refused', () => {
    const { groups, outcomes, add } = observed(['2']);
    for (const id of ['1', '2', '3']) add(id);
    vi.runAllTimers();
    expect(groups).toEqual([['1', '2', '3'], ['1'], ['2'], ['3']]);
    expect([...outcomes]).toEqual([
      ['1', 1],
      ['2', 'failed'],
      ['3', 3],
    ]);
  });
});
