import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { FUSION_NAMES } from '../../../proto/fusions.ts';
import {
  answer,
  effects,
  pooledAccuracy,
  score,
  type WindowRepresentation,
} from '../../../src/model/answer.ts';
import {
  type ClassifierState,
  createClassifier,
  learn,
  observe,
  setClasses,
} from '../../../src/model/classifier.ts';
import { headWeights, servedShape, sizeOf } from '../../../src/model/head.ts';
import { deserializeClassifier, serializeClassifier } from '../../../src/model/serialize-classifier.ts';
import { random } from '../../../src/random.ts';
import { centreOf, labelOf, WIDTH, windowOf } from './representations.ts';

const CLASSES = ['a', 'b', 'c'];
const fresh = (): ClassifierState => createClassifier({ width: WIDTH, modelVersion: 3, classIds: CLASSES });

function taught(spans = 2, noise = 0.3): ClassifierState {
  const source = random(11);
  let state = fresh();
  let seq = 0;
  for (let span = 0; span < spans; span++) {
    for (const name of CLASSES) {
      seq++;
      const samples = [0, 1, 2].map((at) => windowOf({ audio: name, video: name, at }, source, noise));
      state = learn(state, labelOf(seq, name), samples);
    }
  }
  return state;
}

const sum = (values: readonly number[]): number => values.reduce((acc, value) => acc + value, 0);

describe('answer', () => {
  it('says nothing and stays finite while nothing was taught', () => {
    const window = windowOf({ audio: 'a', video: 'a' }, random(1));
    const said = answer(fresh(), window);
    expect(said.answer).toBeNull();
    expect(said.fused).toEqual([0, 0, 0]);
    expect(said.audio).toEqual({
      probabilities: [],
      confidence: 0,
      distance: null,
      signal: 'live',
      contribution: 0,
      weight: 0,
      answer: null,
    });
    expect(answer(createClassifier({ width: WIDTH, modelVersion: 0 }), window).fused).toEqual([]);
  });

  it('knows every class after one span of each, from both, and from each modality alone', () => {
    const state = taught(1);
    const source = random(5);
    for (const name of CLASSES) {
      for (const drawn of [{ audio: name, video: name }, { audio: name }, { video: name }]) {
        const said = answer(state, windowOf(drawn, source));
        expect(said.answer).toBe(name);
        expect(sum(said.fused)).toBeCloseTo(1, 12);
      }
    }
  });

  it('lets one modality answer alone: weight 1, contribution from it alone', () => {
    const said = answer(taught(), windowOf({ audio: 'b' }, random(5)));
    expect(said.audio.weight).toBe(1);
    expect(said.video).toMatchObject({
      weight: 0,
      contribution: 0,
      probabilities: [],
      signal: 'missing',
      answer: null,
    });
    expect(said.fused).toEqual(said.audio.probabilities);
    expect(said.audio.contribution).toBeGreaterThan(0);
  });

  it('leaves a dark picture out while the sound is live, and lets it speak when the sound is silent too', () => {
    const state = taught();
    const window = windowOf({ audio: 'a', video: 'b' }, random(5));
    const covered = answer(state, { ...window, signals: { audio: 'live', video: 'dark' } });
    expect(covered.answer).toBe('a');
    expect(covered.video).toMatchObject({ weight: 0, probabilities: [], signal: 'dark' });
    const nobody = answer(state, { ...window, signals: { audio: 'silent', video: 'dark' } });
    expect(nobody.audio.weight + nobody.video.weight).toBeCloseTo(1, 12);
    expect(nobody.video.probabilities).toHaveLength(3);
  });

  it('answers unknown when every modality is far from every prototype, and not when one is near', () => {
    const state = taught(3, 0.1);
    const away = { zAudio: centreOf('audio/elsewhere', 3), zVideo: centreOf('video/elsewhere', 15) };
    const window = windowOf({ audio: 'a', video: 'a' }, random(5), 0.1);
    expect(answer(state, { ...window, ...away }).answer).toBeNull();
    expect(answer(state, { ...window, zVideo: away.zVideo })).toMatchObject({
      answer: 'a',
      audio: { answer: 'a' },
      video: { answer: null },
    });
  });

  it('answers the only class or unknown, by distance', () => {
    const source = random(2);
    let state = createClassifier({ width: WIDTH, modelVersion: 0, classIds: ['a'] });
    for (let at = 0; at < 40; at++)
      state = observe(state, windowOf({ audio: at % 2 ? 'a' : 'noise' }, source, 0.1));
    state = learn(
      state,
      labelOf(1, 'a'),
      [0, 1, 2].map((at) => windowOf({ audio: 'a', at }, source, 0.1)),
    );
    expect(answer(state, windowOf({ audio: 'a' }, source, 0.1))).toMatchObject({ answer: 'a', fused: [1] });
    expect(answer(state, windowOf({ audio: 'noise' }, source, 0.1))).toMatchObject({
      answer: null,
      fused: [1],
    });
  });

  it('uses a class that one modality alone was taught', () => {
    const source = random(9);
    const samples = [0, 1, 2].map((at) => windowOf({ audio: 'd', video: 'a', at }, source));
    const state = learn(taught(), labelOf(50, 'd', { scope: 'audio' }), samples);
    const said = answer(state, windowOf({ audio: 'd', video: 'elsewhere' }, source));
    expect(said.answer).toBe('d');
    expect(said.video.probabilities[3]).toBe(0);
    expect(sum(said.video.probabilities)).toBeCloseTo(1, 12);
  });

  it('follows the running statistics: the same as a state restored afresh, whatever was answered before', () => {
    const source = random(6);
    const window = windowOf({ audio: 'a', video: 'a' }, source);
    let state = taught();
    answer(state, window); // whatever is kept from here must not be used below
    for (let at = 0; at < 200; at++) state = observe(state, windowOf({ audio: 'b', video: 'noise' }, source));
    const { json, arrays } = serializeClassifier(state);
    const restored = deserializeClassifier(JSON.parse(JSON.stringify(json)), arrays);
    expect(answer(state, window)).toEqual(answer(restored, window));
    expect(answer(state, window).video.distance).not.toBe(answer(taught(), window).video.distance);
  });

  it('mirrors when the modalities are swapped', () => {
    const state = taught();
    const swappedState: ClassifierState = { ...state, audio: state.video, video: state.audio };
    const window = windowOf({ audio: 'a', video: 'b' }, random(4));
    const swapped: WindowRepresentation = { ...window, zAudio: window.zVideo, zVideo: window.zAudio };
    const said = answer(state, window);
    const mirrored = answer(swappedState, swapped);
    expect(mirrored.audio).toEqual(said.video);
    expect(mirrored.video).toEqual(said.audio);
    expect(mirrored.fused).toEqual(said.fused);
  });

  it.each(FUSION_NAMES)(
    'answers by prototypes alone where a sense is missing or dead, with a %s head',
    (fusion) => {
      const weights = headWeights(fusion, WIDTH).map((weight): [string, Float32Array] => {
        const length = sizeOf(servedShape(weight, CLASSES.length));
        return [weight.name, new Float32Array(length).fill(1)];
      });
      const head = { fusion, classIds: CLASSES, weights: Object.fromEntries(weights), gate: 1 };
      const state: ClassifierState = { ...taught(), head };
      const both = answer(state, windowOf({ audio: 'a', video: 'a' }, random(5)));
      expect(both.headGate).toBe(1);
      expect(both.fused.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
      for (const alone of [{ audio: 'a' }, { video: 'a' }])
        expect(answer(state, windowOf(alone, random(5)))).toMatchObject({ answer: 'a', headGate: 0 });
      const window = windowOf({ audio: 'a', video: 'b' }, random(5));
      const dark = { ...window, signals: { ...window.signals, video: 'dark' } } as const;
      expect(answer(state, dark)).toMatchObject({ answer: 'a', headGate: 0 });
    },
  );

  it('asks the head only for exactly its class set, and reports the g it used', () => {
    const weights = {
      'head/audio': new Float32Array(3 * WIDTH),
      'head/video': new Float32Array(3 * WIDTH),
      'head/bias': Float32Array.of(50, 0, 0), // says c, whatever comes
    };
    // Another order than the classifier's.
    const head = { fusion: 'concat', classIds: ['c', 'b', 'a'], weights, gate: 0.5 } as const;
    const state: ClassifierState = { ...taught(), head };
    const window = windowOf({ audio: 'a', video: 'a' }, random(5));
    expect(answer(state, window)).toMatchObject({ answer: 'c', headGate: 0.5 });
    expect(answer({ ...state, head: { ...head, gate: 0 } }, window)).toMatchObject({
      answer: 'a',
      headGate: 0,
    });
    const grown = setClasses(state, [...CLASSES, 'd']);
    expect(answer(grown, window)).toMatchObject({ answer: 'a', headGate: 0 });
    expect(answer(state, windowOf({ audio: 'a' }, random(5)))).toMatchObject({ answer: 'a', headGate: 0 });
  });

  it('gives finite, normalized numbers at distance 0 and for any finite representation', () => {
    const state = taught();
    const value = fc.double({ noNaN: true, min: -1e6, max: 1e6 });
    const vector = fc
      .array(value, { minLength: WIDTH, maxLength: WIDTH })
      .map((list) => Float32Array.from(list));
    const side = fc.option(vector, { nil: null });
    fc.assert(
      fc.property(side, side, (zAudio, zVideo) => {
        const window = { ...windowOf({ audio: 'a', video: 'a' }, random(1)), zAudio, zVideo };
        const said = answer(state, window);
        const numbers = [
          ...said.fused,
          said.audio.contribution,
          said.video.contribution,
          said.audio.confidence,
        ];
        expect(numbers.every(Number.isFinite)).toBe(true);
        if (zAudio || zVideo) expect(sum(said.fused)).toBeCloseTo(1, 9);
      }),
    );
    const single = learn(fresh(), labelOf(1, 'a'), [windowOf({ audio: 'a', video: 'a' }, random(1))]);
    expect(answer(single, windowOf({ audio: 'a', video: 'a' }, random(1))).audio.distance).toBe(0);
  });

  it('refuses a broken representation with its code', () => {
    const window = windowOf({ audio: 'a' }, random(1));
    const withAudio =
      (zAudio: Float32Array): (() => unknown) =>
      () =>
        answer(taught(), { ...window, zAudio });
    expect(withAudio(new Float32Array(WIDTH).fill(Number.NaN))).toThrow(
      expect.objectContaining({ code: 'ERR_NOT_FINITE' }),
    );
    expect(withAudio(new Float32Array(WIDTH + 1))).toThrow(
      expect.objectContaining({ code: 'ERR_PROTOTYPE_WIDTH' }),
    );
  });
});

describe('pooledAccuracy', () => {
  it.each([
    ['nothing is known', null, null, null],
    ['its exemplars alone', null, 0.9, 0.9],
    ['held-out windows alone', { accuracy: 0.4, windows: 10 }, null, 0.4],
    ['ten windows', { accuracy: 0.4, windows: 10 }, 0.9, (10 * 0.4 + 64 * 0.9) / 74],
    ['as many windows as its exemplars weigh', { accuracy: 0.4, windows: 64 }, 0.9, 0.65],
    ['none of the windows', { accuracy: 0, windows: 0 }, 0.9, 0.9],
  ])('is told by %s', (_, heldOut, own, expected) => {
    const pooled = pooledAccuracy(heldOut, own);
    if (expected === null) expect(pooled).toBeNull();
    else expect(pooled).toBeCloseTo(expected, 12);
  });

  it('keeps a modality in the answer that a dozen held-out windows call worthless', () => {
    const unlucky = { fused: 1, audio: 0, video: 1 };
    const weightAfter = (windows: number): number => {
      const state = { ...taught(), heldOut: { ...unlucky, windows } };
      return answer(state, windowOf({ audio: 'a', video: 'a' }, random(3))).audio.weight;
    };
    expect(weightAfter(0)).toBeCloseTo(0.5, 6);
    expect(weightAfter(12)).toBeGreaterThan(0.4);
    expect(weightAfter(1000)).toBeLessThan(0.1);
  });
});

describe('score', () => {
  it('gives the prototype score of the label and what each answered, before learning', () => {
    const state = taught();
    const sample = windowOf({ audio: 'a', video: 'a' }, random(5));
    const said = answer(state, sample);
    expect(score(state, labelOf(9, 'a'), [sample])).toEqual([
      {
        fused: 'a',
        audio: 'a',
        video: 'a',
        audioScore: said.audio.probabilities[0],
        videoScore: said.video.probabilities[0],
      },
    ]);
  });

  it('has no score for a class without a prototype or a modality that is missing', () => {
    const scored = score(taught(), labelOf(9, 'new'), [windowOf({ audio: 'a' }, random(5))]);
    expect(scored[0]).toMatchObject({ audioScore: null, videoScore: null, video: null });
  });
});

describe('effects', () => {
  it('shows the class becoming more probable on the labelled samples, for the modalities in scope', () => {
    const before = taught();
    const samples = [windowOf({ audio: 'a', video: 'b' }, random(5))];
    const label = labelOf(40, 'b', { scope: 'audio' });
    const moved = effects(before, learn(before, label, samples), label, samples);
    expect(moved.map(({ modality }) => modality)).toEqual(['audio']);
    expect(moved[0]?.after).toBeGreaterThan(moved[0]?.before ?? 1);
  });

  it('starts from 0 for a new class, and is empty for unknown', () => {
    const before = taught();
    const samples = [windowOf({ video: 'd' }, random(5))];
    const label = labelOf(40, 'd');
    const [effect] = effects(before, learn(before, label, samples), label, samples);
    expect(effect).toMatchObject({ modality: 'video', before: 0 });
    expect(effect?.after).toBeGreaterThan(0.9);
    const unknown = labelOf(41, null);
    expect(effects(before, learn(before, unknown, samples), unknown, samples)).toEqual([]);
  });
});
