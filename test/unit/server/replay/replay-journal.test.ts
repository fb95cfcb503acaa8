import { describe, expect, it } from 'vitest';
import { ReplayJournal } from '../../../../server/replay/replay-journal.ts';
import { labelOf, sampleOf } from '../../../support/compute-windows.ts';

const recorded = { samples: (seq: number) => (seq === 40 ? [sampleOf(0, 1), sampleOf(0, 2, 'video')] : []) };

describe('ReplayJournal', () => {
  it('numbers its own entries, and finds samples where they were recorded', () => {
    const journal = new ReplayJournal(recorded, ['audio', 'video']);
    expect(journal.append({ type: 'undo', id: 'undo', labelId: 'none' })).toBe(1);
    expect(journal.append(labelOf('door', 1), 40)).toBe(2);
    expect(journal.entries(1, 2)).toMatchObject([{ seq: 2, event: { id: 'label-1' } }]);
    expect(journal.lastSeq).toBe(2);
    expect(journal.samples(2)).toHaveLength(2);
    expect(journal.samples(1)).toEqual([]);
  });

  it('keeps the senses of a bound alone, and no window that has none of them', () => {
    const journal = new ReplayJournal(recorded, ['audio']);
    const seq = journal.append(labelOf('door', 1), 40);
    const [only, ...others] = journal.samples(seq);
    expect(others).toEqual([]);
    expect(only).toMatchObject({ rgb: null, older: null });
    expect(only?.mel).not.toBeNull();
  });
});
