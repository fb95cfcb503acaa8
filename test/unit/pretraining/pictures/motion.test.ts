import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  displacement,
  drawMotion,
  drawWholeMotion,
  FULL,
  type Motion,
  moves,
  performed,
  STILL,
  shownOn,
} from '../../../../src/pretraining/pictures/motion.ts';
import { random } from '../../../../src/random.ts';

const draws = (draw: (seed: number) => Motion): Motion[] =>
  Array.from({ length: 400 }, (_, seed) => draw(seed));

describe('drawMotion', () => {
  it('stays within the full rates', () => {
    for (const { velocity, zoom, turn, shear, shake } of draws((seed) => drawMotion(random(seed)))) {
      expect(Math.hypot(...velocity)).toBeLessThanOrEqual(FULL.velocity + 1e-12);
      expect(Math.abs(zoom)).toBeLessThanOrEqual(FULL.zoom);
      expect(Math.abs(turn)).toBeLessThanOrEqual(FULL.turn);
      expect(Math.abs(shear)).toBeLessThanOrEqual(FULL.shear);
      expect(shake).toBeLessThanOrEqual(FULL.shake);
    }
  });

  it('draws both ways of each rate, and rest', () => {
    const motions = draws((seed) => drawMotion(random(seed)));
    for (const rate of ['zoom', 'turn', 'shear'] as const) {
      expect(motions.some((motion) => motion[rate] > 0)).toBe(true);
      expect(motions.some((motion) => motion[rate] < 0)).toBe(true);
    }
    expect(motions.some((motion) => !moves(motion))).toBe(true);
  });

  it('turns no faster than shows, and not at all what looks the same from all sides', () => {
    expect(draws((seed) => drawMotion(random(seed), 0)).every(({ turn }) => Math.abs(turn) === 0)).toBe(true);
    expect(draws((seed) => drawMotion(random(seed), 0.1)).every(({ turn }) => Math.abs(turn) <= 0.1)).toBe(
      true,
    );
  });
});

describe('drawWholeMotion', () => {
  it('moves everything or nothing', () => {
    for (const motion of draws((seed) => drawWholeMotion(random(seed))))
      expect(motion.whole).toBe(moves(motion));
  });
});

describe('performed', () => {
  it('changes the pace and neither direction nor sign', () => {
    for (const motion of draws((seed) => drawMotion(random(seed)))) {
      const again = performed(motion, random(5));
      expect(Math.sign(again.turn)).toBe(Math.sign(motion.turn));
      expect(Math.sign(again.zoom)).toBe(Math.sign(motion.zoom));
      const [x, y] = motion.velocity;
      expect(again.velocity[0] * y - again.velocity[1] * x).toBeCloseTo(0, 12);
      expect(again.velocity[0] * x + again.velocity[1] * y).toBeGreaterThanOrEqual(0);
    }
  });
});

describe('displacement', () => {
  it('is none in the middle of the four pictures', () => {
    const motion = { ...STILL, velocity: [0.1, 0.2], zoom: 0.1, turn: 0.2, shear: 0.1 } as const;
    displacement(motion, -1.5).forEach((value, i) => {
      expect(value).toBeCloseTo([1, 0, 0, 0, 1, 0][i]!, 12);
    });
  });

  it('goes on and on in one direction: nothing comes back within a window', () => {
    const rate = fc.double({ min: 0.01, max: 0.35, noNaN: true });
    fc.assert(
      fc.property(rate, rate, (speed, turn) => {
        const motion = { ...STILL, velocity: [speed, -speed] as const, zoom: turn, turn };
        const times = [-3, -2, -1, 0].map((time) => displacement(motion, time));
        const strictly = (values: number[]): boolean =>
          values.slice(1).every((value, i) => value > values[i]!);
        expect(strictly(times.map(([, , x]) => x))).toBe(true);
        expect(strictly(times.map(([, , , , , y]) => -y))).toBe(true);
        expect(strictly(times.map(([a, b, , d, e]) => a * e - b * d))).toBe(true);
        expect(strictly(times.map(([a, , , d]) => Math.atan2(d, a)))).toBe(true);
      }),
    );
  });
});

describe('shownOn', () => {
  const right = { ...STILL, velocity: [FULL.velocity, 0], whole: true } as const;

  it('keeps of a velocity what goes across the crests', () => {
    const { velocity } = shownOn({ period: 1, across: Math.PI / 4 }, right);
    expect(velocity[0]).toBeCloseTo(FULL.velocity / 2, 12);
    expect(velocity[1]).toBeCloseTo(FULL.velocity / 2, 12);
  });

  it('moves by less than half a period a step, so that it is seen to go the right way', () => {
    const { velocity } = shownOn({ period: 0.125, across: null }, right);
    expect(velocity[0]).toBeGreaterThan(0);
    expect(velocity[0]).toBeLessThan(0.125 / 2);
  });
});
