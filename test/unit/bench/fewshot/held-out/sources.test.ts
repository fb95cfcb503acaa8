import { describe, expect, it } from 'vitest';
import { MEL_VALUES, OLDER_BYTES, PICTURE_BYTES } from '../../../../../src/features/spec.ts';
import { random } from '../../../../../src/random.ts';
import { heldOutDraw } from '../../../../bench/fewshot/held-out/draw.ts';
import { drawPictureClasses, HELD_OUT_PICTURES } from '../../../../bench/fewshot/held-out/pictures.ts';
import { drawSoundClasses, HELD_OUT_SOUNDS } from '../../../../bench/fewshot/held-out/sounds.ts';

const bytes = (values: Uint8Array | Float32Array | null): Buffer =>
  values ? Buffer.from(values.buffer, values.byteOffset, values.byteLength) : Buffer.alloc(0);

describe('drawPictureClasses', () => {
  const classes = drawPictureClasses(random(3));

  it('draws twelve classes with names of their own, three of each of four families', () => {
    expect(new Set(classes.map(({ name }) => name)).size).toBe(12);
    const families = classes.map(({ family }) => family);
    for (const { name } of HELD_OUT_PICTURES.families)
      expect(families.filter((family) => family === name)).toHaveLength(3);
  });

  it('has in each family two classes of one shape, and two of one motion', () => {
    for (let i = 0; i < 12; i += 3) {
      const [a, b, c] = classes.slice(i, i + 3).map(({ name }) => name.split(' '));
      expect([a?.[0] === b?.[0], a?.[1] === c?.[1], a?.[1] === b?.[1], a?.[0] === c?.[0]]).toEqual([
        true,
        true,
        false,
        false,
      ]);
    }
  });

  it('draws other classes from another seed', () => {
    const others = drawPictureClasses(random(4));
    expect(others.map(({ name }) => name)).not.toEqual(classes.map(({ name }) => name));
  });
});

describe('drawSoundClasses', () => {
  it('draws twelve classes, two kinds of each of six families', () => {
    const classes = drawSoundClasses(random(3));
    expect(new Set(classes.map(({ name }) => name)).size).toBe(12);
    for (const { name } of HELD_OUT_SOUNDS.families)
      expect(classes.filter(({ family }) => family === name)).toHaveLength(2);
  });
});

describe('held-out families', () => {
  it.each(HELD_OUT_PICTURES.families)('$name: the same draws give the same window', ({ draw }) => {
    const [one, again] = [0, 0].map(() => draw(random(5)).render(random(6)));
    expect(bytes(one?.rgb ?? null)).toHaveLength(PICTURE_BYTES);
    expect(bytes(one?.older ?? null)).toHaveLength(OLDER_BYTES);
    expect(bytes(one?.rgb ?? null).equals(bytes(again?.rgb ?? null))).toBe(true);
    expect(bytes(one?.older ?? null).equals(bytes(again?.older ?? null))).toBe(true);
  });

  it.each(HELD_OUT_SOUNDS.families)('$name: the same draws give the same window', ({ draw }) => {
    const [one, again] = [0, 0].map(() => draw(random(5)).render(random(6)));
    expect(one?.mel).toHaveLength(MEL_VALUES);
    expect(one?.mel.every(Number.isFinite)).toBe(true);
    expect(bytes(one?.mel ?? null).equals(bytes(again?.mel ?? null))).toBe(true);
  });

  it('renders every kind of sound and of picture from some draw', () => {
    for (const { families, kinds } of [HELD_OUT_PICTURES, HELD_OUT_SOUNDS]) {
      const met = new Set(
        Array.from({ length: 24 }, (_, i) =>
          families.map(({ draw }) => kinds[draw(random(i)).attributes.kind]),
        ).flat(),
      );
      expect([...met].toSorted()).toEqual([...kinds].toSorted());
    }
  });

  it('changes from window to window, and moves within one', () => {
    const { draw } = HELD_OUT_PICTURES.families[0] ?? { draw: null };
    const thing = draw?.(random(5));
    const [one, other] = [thing?.render(random(6)), thing?.render(random(7))];
    expect(bytes(one?.rgb ?? null).equals(bytes(other?.rgb ?? null))).toBe(false);
    const [first, second] = [one?.older.subarray(0, 9216), one?.older.subarray(9216, 18_432)];
    expect(bytes(first ?? null).equals(bytes(second ?? null))).toBe(false);
  });
});

describe('heldOutDraw', () => {
  it('labels and tests by different windows of the same classes', () => {
    const { classIds, train, test } = heldOutDraw(1, { train: 1, test: 2 });
    expect(classIds).toHaveLength(12);
    expect([train.map((list) => list.length), test.map((list) => list.length)]).toEqual([
      Array(12).fill(1),
      Array(12).fill(2),
    ]);
    const sounds = [...train, ...test].flat().map(({ mel }) => bytes(mel).toString('base64'));
    expect(new Set(sounds).size).toBe(36);
  });
});
