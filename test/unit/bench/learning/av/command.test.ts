import { describe, expect, it } from 'vitest';
import { PRODUCT_ENCODERS } from '../../../../../src/model/encoders.ts';
import { parseAv } from '../../../../bench/learning/av/command.ts';
import { SCENARIO_NAMES } from '../../../../bench/learning/av/scenarios.ts';
import { AV_ENCODERS, STARTS, settingsFrom } from '../../../../bench/learning/av/settings.ts';

describe('parseAv', () => {
  it('runs the short form unless told otherwise, and everything with --long', () => {
    expect(parseAv([])).toMatchObject({ orders: [1, 2], world: 1, start: 'trained' });
    expect(parseAv(['--long'])).toMatchObject({ orders: [1, 2, 3, 4, 5], scenarios: SCENARIO_NAMES });
  });

  it('takes what it is told', () => {
    const line = ['--orders', '7', '--scenarios', 'muted', '--learners=-gate,joint', '--start', 'starter'];
    expect(parseAv(line)).toMatchObject({
      ...{ orders: [7], scenarios: ['muted'], learners: ['-gate', 'joint'], start: 'starter' },
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
