import { describe, expect, it } from 'vitest';
import { ShedCounts } from '../../../server/shed-counts.ts';

describe('ShedCounts', () => {
  it('counts by reason, and nothing for a count of none', () => {
    const shed = new ShedCounts();
    shed.add('late-audio');
    shed.add('late-audio', 4);
    shed.add('busy', 0);
    expect(shed.byReason).toEqual({ 'late-audio': 5 });
  });

  it('is strained where the machine was too slow since it was last asked, not where media came late', () => {
    const shed = new ShedCounts();
    shed.add('late-video', 9);
    expect(shed.strained()).toBe(false);
    shed.add('busy');
    expect(shed.strained()).toBe(true);
    expect(shed.strained()).toBe(false);
    shed.add('decode-queue');
    expect(shed.strained()).toBe(true);
  });
});
