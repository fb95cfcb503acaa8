import { describe, expect, it } from 'vitest';
import { layerFor, TemporalLayer } from '../../../server/temporal-layer.ts';

/** A sender of `full` pictures a second with three layers: what arrives at the layer asked for. */
function follow(full: number, strained: (second: number) => boolean, seconds: number): readonly number[] {
  const chooser = new TemporalLayer();
  let layer = 2;
  return Array.from({ length: seconds }, (_, second) => {
    layer = chooser.next(full / 2 ** (2 - layer), strained(second)) ?? layer;
    return layer;
  });
}

describe('layerFor', () => {
  it.each([
    [15, 15, 2],
    [30, 15, 1],
    [29.6, 15, 1],
    [60, 15, 0],
    [14, 15, 2],
    [15, 7.5, 1],
    [30, 7.5, 0],
    [5, 15, 2],
  ])('of a camera of %d a second that shall give %d takes layer %d', (full, wanted, layer) => {
    expect(layerFor(full, wanted)).toBe(layer);
  });
});

describe('TemporalLayer', () => {
  it('leaves a camera of 15 alone', () => {
    expect(follow(15, () => false, 40)).toEqual(Array(40).fill(2));
  });

  it('has half of a camera of 30 decoded, and stays there', () => {
    expect(follow(30, () => false, 40)).toEqual(Array(40).fill(1));
  });

  it('halves again while strained, and goes back after half a minute of calm', () => {
    const layers = follow(15, (second) => second === 3, 40);
    expect(layers.slice(0, 3)).toEqual([2, 2, 2]);
    expect(layers.slice(3, 33)).toEqual(Array(30).fill(1));
    expect(layers.slice(33)).toEqual(Array(7).fill(2));
  });

  it('asks for everything again where the sender has no layers', () => {
    const chooser = new TemporalLayer();
    const asked = Array.from({ length: 5 }, () => chooser.next(30, false));
    expect(asked).toEqual([1, 2, undefined, undefined, undefined]);
  });

  it('starts over on another connection', () => {
    const chooser = new TemporalLayer();
    expect([chooser.next(30, false), chooser.next(30, false)]).toEqual([1, 2]);
    chooser.reset();
    expect(chooser.next(30, false)).toBe(1);
  });
});
