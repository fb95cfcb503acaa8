import { describe, expect, it } from 'vitest';
import { POLICY_NAMES } from '../../../../../proto/policies.ts';
import { PRODUCT_ENCODERS } from '../../../../../src/model/encoders.ts';
import { SHORT_PLAN, SHORT_SCENARIOS } from '../../../../bench/learning/av/bench.ts';
import { parseAv } from '../../../../bench/learning/av/command.ts';
import { SCENARIO_NAMES } from '../../../../bench/learning/av/scenarios.ts';
import { AV_ENCODERS, STARTS, settingsFrom } from '../../../../bench/learning/av/settings.ts';

describe('parseAv', () => {
  it('runs the short form unless told otherwise, and everything with --long', () => {
    expect(parseAv([])).toMatchObject({ orders: [1, 2], world: 1, start: 'trained', plan: SHORT_PLAN });
    const { orders, plan } = parseAv(['--long']);
    expect(orders).toEqual([1, 2, 3, 4, 5]);
    expect(plan.map(({ scenario }) => scenario)).toEqual(SCENARIO_NAMES);
    for (const { scenario, learners } of plan) {
      expect(learners).toEqual(expect.arrayContaining([...POLICY_NAMES]));
      expect(learners.includes('-gate')).toBe(SHORT_SCENARIOS.includes(scenario));
    }
  });

  it('takes what it is told', () => {
    const line = ['--orders', '7', '--scenarios', 'muted', '--learners=-gate,joint', '--start', 'starter'];
    expect(parseAv(line)).toMatchObject({
      ...{ orders: [7], plan: [{ scenario: 'muted', learners: ['-gate', 'joint'] }], start: 'starter' },
    });
  });

  it.each([
    [['--start', 'warm'], '--start is "warm", expected one of trained, random, starter'],
    [['--orders', '1,x'], '--orders is "x", expected a whole number of at least 0'],
    [['--learners', 'pmr'], '--learners has "pmr", expected some of'],
  ])('explains %j', (line, message) => {
    expect(() => parseAv(line)).toThrow(message);
  });
});

describe('settingsFrom', () => {
  it.each(STARTS)('has the encoders of a %s start', (start) => {
    const { encoders } = settingsFrom(start);
    expect(encoders).toBe(start === 'trained' ? AV_ENCODERS : PRODUCT_ENCODERS);
    expect(settingsFrom(start).start).toBe(start);
  });
});
