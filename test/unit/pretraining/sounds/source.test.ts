import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { MEL_VALUES } from '../../../../src/features/spec.ts';
import { drawInstance } from '../../../../src/pretraining/instance.ts';
import { SOUNDS } from '../../../../src/pretraining/sounds/source.ts';
import { random } from '../../../../src/random.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 });

describe('SOUNDS', () => {
  it.each(SOUNDS.families.map((family) => [family.name, family] as const))(
    '%s: the same seed gives the same thing and the same window, another one another',
    (name, family) => {
      const [thing, same, other] = [family.draw(random(3)), family.draw(random(3)), family.draw(random(4))];
      expect(thing.family).toBe(name);
      expect(same.attributes).toEqual(thing.attributes);
      expect(same.render(random(5)).mel).toEqual(thing.render(random(5)).mel);
      expect(other.attributes).not.toEqual(thing.attributes);
      expect(other.render(random(5)).mel).not.toEqual(thing.render(random(5)).mel);
    },
  );

  it('renders a thing under fresh nuisance each time', () => {
    for (const family of SOUNDS.families) {
      const source = random(6);
      const thing = family.draw(source);
      expect(thing.render(source).mel).not.toEqual(thing.render(source).mel);
    }
  });

  it('gives whole windows of finite numbers that are not silent, whatever the seed', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const source = random(seed);
        const { mel } = drawInstance(SOUNDS, source).render(source);
        expect(mel.length).toBe(MEL_VALUES);
        expect(mel.every(Number.isFinite)).toBe(true);
        expect(Math.max(...mel)).toBeGreaterThan(Math.log(0.01) + 0.5);
      }),
      { numRuns: 120 },
    );
  });

  it('describes a thing by a kind it has and measures from -1 to 1', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { kind, measures } = drawInstance(SOUNDS, random(seed)).attributes;
        expect(SOUNDS.kinds[kind]).toBeTypeOf('string');
        expect(measures.length).toBe(SOUNDS.measures.length);
        for (const measure of measures) expect(Math.abs(measure ?? 0)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
  });

  it('draws every kind, and knows every measure of some thing', () => {
    const source = random(7);
    const drawn = Array.from({ length: 3_000 }, () => drawInstance(SOUNDS, source).attributes);
    expect(new Set(drawn.map(({ kind }) => kind)).size).toBe(SOUNDS.kinds.length);
    for (const k of SOUNDS.measures.keys())
      expect(drawn.some(({ measures }) => typeof measures[k] === 'number')).toBe(true);
  });

  it('draws syllable strings half to two thirds of the time', () => {
    const source = random(8);
    const families = Array.from({ length: 2_000 }, () => drawInstance(SOUNDS, source).family);
    const share = families.filter((name) => name === 'syllables').length / families.length;
    expect(share).toBeGreaterThan(1 / 2);
    expect(share).toBeLessThan(2 / 3);
  });
});
