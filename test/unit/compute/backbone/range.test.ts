import { describe, expect, it } from 'vitest';

import { ASSUMED, graphRange, layersRange } from '../../../../server/compute/backbone/range.ts';

const node = (name: string, op: string, ...input: readonly string[]) => ({ name, op, input });
const first = (op: string, value: number): string => {
  const nodes = [
    node('x', 'Placeholder'),
    node('c', 'Const'),
    node('step', op, 'x:0', 'c'),
    node('conv', 'Conv2D', 'step', 'w'),
  ];
  return graphRange(nodes, (name) => (name === 'c' ? value : 9)).range;
};

describe('graphRange', () => {
  it.each<[string, string, number, string]>([
    ['bytes over 127.5 (MobileNetV3)', 'Mul', 1 / 127.5, '0..255'],
    ['bytes over 255', 'RealDiv', 255, '0..255'],
    ['a mean in levels', 'Sub', 127, '0..255'],
    ['twice, then less one (TensorFlow Hub)', 'Mul', 2, '0..1'],
    ['less a half', 'Sub', 0.5, '0..1'],
    ['an odd factor', 'Mul', 17, '0..1'],
  ])('reads %s', (_, op, value, range) => {
    expect(first(op, value)).toBe(range);
  });

  it('says what it read, or that it assumes', () => {
    const nodes = [node('x', 'Placeholder'), node('step', 'Mul', 'x', 'c')];
    expect(graphRange(nodes, () => 2).why).toBe('its first step, step, is Mul by 2');
    expect(graphRange(nodes, () => null)).toBe(ASSUMED);
    expect(graphRange([node('x', 'Placeholder'), node('conv', 'Conv2D', 'x', 'w')], () => 0.001)).toBe(
      ASSUMED,
    );
    expect(graphRange([], () => 2)).toBe(ASSUMED);
  });
});

describe('layersRange', () => {
  it('reads a Rescaling layer, knows Keras’s MobileNets by name, and assumes otherwise', () => {
    const rescaling = (scale: number) => [{ className: 'Rescaling', name: 'rescaling', scale }];
    expect(layersRange(rescaling(1 / 255), 'efficientnet').range).toBe('0..255');
    expect(layersRange(rescaling(2), 'mobilenet').range).toBe('0..1');
    expect(layersRange([], 'mobilenet_0.25_224').range).toBe('-1..1');
    expect(layersRange([], 'sequential')).toBe(ASSUMED);
  });
});
