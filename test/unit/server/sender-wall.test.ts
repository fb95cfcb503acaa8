import { describe, expect, it } from 'vitest';
import { micros, millis } from '../../../proto/units.ts';
import { SenderWall } from '../../../server/sender-wall.ts';

describe('SenderWall', () => {
  it('knows nothing before the first ping', () => {
    expect(new SenderWall().media(micros(1e15))).toBeNull();
  });

  it('turns a capture instant into media time by the two clocks of a ping', () => {
    const wall = new SenderWall();
    wall.ping(micros(2_000_000), millis(1_000_000));
    expect(wall.media(micros(1_000_000_000 + 40_000))).toBe(2_000_000 + 40_000);
  });

  it('takes the ping whose wall clock was cut off least', () => {
    const wall = new SenderWall();
    wall.ping(micros(900), millis(1_000)); // truly 1000.9
    wall.ping(micros(1_000_100), millis(2_000)); // truly 2000.1
    expect(wall.media(micros(3_000_000))).toBe(3_000_000 - (1_000_000 - 100));
  });

  it('follows a wall clock that was set, after ten pings', () => {
    const wall = new SenderWall();
    wall.ping(micros(0), millis(5_000));
    for (let i = 1; i <= 10; i++) wall.ping(micros(i * 1e6), millis(1_000 + i * 1e3));
    expect(wall.media(micros(2_000_000))).toBe(1_000_000);
  });

  it('is anchored at a capture where nobody pings', () => {
    const wall = new SenderWall();
    wall.anchor(micros(5_000_000), micros(0));
    expect(wall.media(micros(5_040_000))).toBe(40_000);
    wall.anchor(micros(9_000_000), micros(4_000_000));
    expect(wall.media(micros(9_000_000))).toBe(4_000_000);
  });
});
