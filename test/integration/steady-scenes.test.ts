/**
 * What has neither shape nor motion nor onset is still told apart, by encoders that have learned nothing: one span of each
 * class, then nearest prototype. The encoders' inputs carry it, or no training could bring it back (ADR 0073).
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { micros } from '../../proto/units.ts';
import { openBackend } from '../../server/compute/backend.ts';
import { Embedder, EncoderWeights, type RawWindow } from '../../server/compute/embedder.ts';
import { audioSignal, videoSignal } from '../../src/features/signal.ts';
import { audioEncoder, initWeights, videoEncoder } from '../../src/model/encoders.ts';
import { NOTHING_TAUGHT } from '../../src/model/exemplars.ts';
import { opinionOf, prototypesOf } from '../../src/model/prototypes.ts';
import { emptyMoments } from '../../src/model/statistics.ts';
import { random } from '../../src/random.ts';
import { type Colour, hum, PlainCamera } from '../support/steady-scenes.ts';

type Shown = { readonly classId: string; readonly window: RawWindow };

const TAUGHT = 6; // windows of a class: one span of 2.4 s
const SHOWN = 10;
const SEEDS = [1, 2, 3];

let embedder: Embedder;
beforeAll(async () => {
  embedder = await Embedder.open(await openBackend('auto'));
});
afterAll(() => embedder.dispose());

function embed(windows: readonly RawWindow[], seed: number): readonly Float32Array[] {
  const source = random(seed);
  const weights = new EncoderWeights(initWeights(audioEncoder, source), initWeights(videoEncoder, source));
  const made: Float32Array[] = [];
  for (let at = 0; at < windows.length; at += 16)
    for (const { zAudio, zVideo } of embedder.embed(weights, windows.slice(at, at + 16))) {
      const z = zAudio ?? zVideo;
      if (z) made.push(z);
    }
  weights.dispose();
  return made;
}

/** Share of the windows after each class's first six that are nearest to their own prototype; mean over random encoders. */
function recognized(shown: readonly Shown[]): number {
  const ids = [...new Set(shown.map(({ classId }) => classId))];
  const shares = SEEDS.map((seed) => {
    const all = embed(
      shown.map(({ window }) => window),
      seed,
    );
    const of = (id: string) => all.filter((_, i) => shown[i]?.classId === id);
    const positives = ids.map((id) => {
      const taught = of(id).slice(0, TAUGHT);
      return [id, taught.map((z, start) => ({ labelId: id, seq: 1, start: micros(start), z }))] as const;
    });
    const taught = { ...NOTHING_TAUGHT, positives: new Map(positives) };
    const view = prototypesOf(taught, emptyMoments(96));
    const hits = ids.flatMap((id, i) =>
      of(id)
        .slice(TAUGHT)
        .map((z): number => (opinionOf(view, ids, z)?.nearest === i ? 1 : 0)),
    );
    return hits.reduce((sum, hit) => sum + hit, 0) / hits.length;
  });
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

const COLOURS: readonly Colour[] = [
  [150, 40, 40],
  [40, 140, 50],
  [45, 60, 160],
  [105, 105, 105],
];

describe('random encoders', () => {
  it.each([4, 8])(
    'tell four colours of the whole frame apart, each in two brightnesses, at noise %d',
    (grain) => {
      const camera = new PlainCamera(random(grain));
      const classes = COLOURS.flatMap((colour) =>
        [0.55, 1.35].map((light): Colour => [colour[0] * light, colour[1] * light, colour[2] * light]),
      );
      const shown = classes.flatMap((colour) =>
        Array.from({ length: TAUGHT + SHOWN }, () => {
          const { rgb, older } = camera.window(colour, grain);
          // Neither covered nor standing still: nothing of it is left out of learning.
          expect(videoSignal(rgb, older)).toBe('live');
          return { classId: colour.join(), window: { mel: null, rgb, older } };
        }),
      );
      expect(recognized(shown)).toBeGreaterThanOrEqual(0.95);
    },
  );

  it.each([
    [220, 330],
    [440, 660],
    [1000, 1500],
  ])('tell hums of %d and %d Hz apart, near or far', (low, high) => {
    const draw = random(low);
    const shown = [low, high].flatMap((pitch) =>
      Array.from({ length: TAUGHT + SHOWN }, () => {
        const mel = hum(draw, pitch);
        expect(audioSignal(mel)).toBe('live');
        return { classId: String(pitch), window: { mel, rgb: null, older: null } };
      }),
    );
    expect(recognized(shown)).toBeGreaterThanOrEqual(0.95);
  });
});
