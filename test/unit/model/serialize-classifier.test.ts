import { describe, expect, it } from 'vitest';

import { createClassifier, learn, observe } from '../../../src/model/classifier.ts';
import { deserializeClassifier, serializeClassifier } from '../../../src/model/serialize-classifier.ts';
import { random } from '../../../src/random.ts';
import { labelOf, WIDTH, windowOf } from './representations.ts';

function example() {
  const source = random(3);
  let state = createClassifier({ width: WIDTH, modelVersion: 2, classIds: ['b', 'a'] });
  for (let at = 0; at < 30; at++) state = observe(state, windowOf({ audio: 'a', video: 'b', at }, source));
  state = learn(state, labelOf(2, 'b'), [windowOf({ audio: 'b', video: 'b' }, source)]);
  state = learn(state, labelOf(1, 'a', { scope: 'video' }), [windowOf({ audio: 'a', video: 'a' }, source)]);
  return learn(state, labelOf(3, null), [windowOf({ audio: 'c' }, source)]);
}

describe('serializeClassifier', () => {
  it('survives JSON text and comes back to the bit, ready to learn on', () => {
    const state = example();
    const { json, arrays } = serializeClassifier(state);
    const restored = deserializeClassifier(JSON.parse(JSON.stringify(json)), arrays);
    expect(restored).toEqual(state);
    const lesson = [windowOf({ audio: 'a', video: 'a' }, random(4))];
    expect(learn(restored, labelOf(7, 'a'), lesson)).toEqual(learn(state, labelOf(7, 'a'), lesson));
  });

  it('does not depend on the order in which classes were taught', () => {
    const source = random(3);
    const [a, b] = ['a', 'b'].map((name) => [windowOf({ audio: name }, source)]);
    const fresh = createClassifier({ width: WIDTH, modelVersion: 0, classIds: ['a', 'b'] });
    const one = learn(learn(fresh, labelOf(1, 'a'), a ?? []), labelOf(2, 'b'), b ?? []);
    const other = learn(learn(fresh, labelOf(2, 'b'), b ?? []), labelOf(1, 'a'), a ?? []);
    expect(serializeClassifier(other)).toEqual(serializeClassifier(one));
  });

  it('refuses a missing or short array with ERR_CHECKPOINT_FORMAT', () => {
    const { json, arrays } = serializeClassifier(example());
    expect(() => deserializeClassifier(json, arrays.slice(1))).toThrow(/audio\/exemplars is missing/);
    const short = arrays.map((array) => ({ ...array, values: array.values.slice(1) }));
    expect(() => deserializeClassifier(json, short)).toThrow(
      expect.objectContaining({ code: 'ERR_CHECKPOINT_FORMAT' }),
    );
  });
});
