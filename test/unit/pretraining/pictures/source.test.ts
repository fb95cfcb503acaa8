import { describe, expect, it } from 'vitest';
import { OLDER_BYTES, PICTURE_BYTES } from '../../../../src/features/spec.ts';
import { drawInstance, type Instance, type PictureWindow } from '../../../../src/pretraining/instance.ts';
import { PICTURES } from '../../../../src/pretraining/pictures/source.ts';
import { random } from '../../../../src/random.ts';

const draw = (seed: number): Instance<PictureWindow> => drawInstance(PICTURES, random(seed));
const SEEDS = Array.from({ length: 30 }, (_, seed) => seed);

describe('PICTURES', () => {
  it('draws and renders the same bytes from the same seeds', () => {
    for (const seed of SEEDS.slice(0, 8)) {
      expect(draw(seed).attributes).toEqual(draw(seed).attributes);
      const [one, other] = [draw(seed).render(random(7)), draw(seed).render(random(7))];
      expect(one.rgb).toEqual(other.rgb);
      expect(one.older).toEqual(other.older);
    }
  });

  it('renders another window of the same thing from another seed', () => {
    for (const seed of SEEDS.slice(0, 8)) {
      const thing = draw(seed);
      expect(thing.render(random(1)).rgb).not.toEqual(thing.render(random(2)).rgb);
    }
  });

  it('draws other things from other seeds', () => {
    const windows = SEEDS.map((seed) => draw(seed).render(random(1)).rgb.join());
    expect(new Set(windows).size).toBe(SEEDS.length);
  });

  it('leaves what it handed out alone', () => {
    const window = draw(3).render(random(1));
    const before = { rgb: window.rgb.slice(), older: window.older.slice() };
    draw(4).render(random(2));
    expect(window).toEqual(before);
  });

  it('fills windows of the sizes that a sample stores', () => {
    for (const seed of SEEDS) {
      const { rgb, older } = draw(seed).render(random(seed));
      expect([rgb.length, older.length]).toEqual([PICTURE_BYTES, OLDER_BYTES]);
    }
  });

  it('names a kind and one number within about one for each measure', () => {
    for (const seed of SEEDS) {
      for (const family of PICTURES.families) {
        const { kind, measures } = family.draw(random(seed)).attributes;
        expect(PICTURES.kinds[kind]).toBeTypeOf('string');
        expect(measures).toHaveLength(PICTURES.measures.length);
        const numbers = measures.filter((measure) => measure !== null);
        for (const number of numbers) expect(Math.abs(number)).toBeLessThanOrEqual(1.25);
      }
    }
  });

  it('draws every kind', () => {
    const source = random(11);
    const kinds = new Set<number>();
    for (let i = 0; i < 4000; i++) kinds.add(drawInstance(PICTURES, source).attributes.kind);
    expect(PICTURES.kinds.filter((_, kind) => !kinds.has(kind))).toEqual([]);
  });

  it('keeps the order and the weights of its families: a seed names the same things only then', () => {
    expect(PICTURES.families.map(({ name, weight }) => `${name} ${weight}`)).toEqual([
      'shapes 4',
      'scenes 2',
      'lines 1.8',
      'figures 1.6',
      'groups 1.2',
      'plains 0.8',
      'tints 0.7',
      'gradients 0.7',
      'waves 1.3',
      'clouds 1.3',
      'fractals 0.8',
      'leaves 1.1',
    ]);
  });
});
