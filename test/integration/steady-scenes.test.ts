/**
 * What has neither shape nor motion nor onset is still told apart: one span of each class, then nearest prototype. By encoders that
 * have learned nothing, since what their inputs do not carry no training could bring back (ADR 0073); and by the starter,
 * since pretraining may have learned to ignore it.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { micros } from '../../proto/units.ts';
import { openBackend } from '../../server/compute/backend.ts';
import { Embedder, EncoderWeights, type RawWindow } from '../../server/compute/embedder.ts';
import { loadStarter } from '../../server/compute/starter.ts';
import { FEATURE_HASH } from '../../server/feature-hash.ts';
import { audioSignal, videoSignal } from '../../src/features/signal.ts';
import { audioEncoder, initWeights, type NamedArray, videoEncoder } from '../../src/model/encoders.ts';
import type { PerModality } from '../../src/model/evidence.ts';
import { NOTHING_TAUGHT } from '../../src/model/exemplars.ts';
import { opinionOf, prototypesOf } from '../../src/model/prototypes.ts';
import { emptyMoments } from '../../src/model/statistics.ts';
import { random } from '../../src/random.ts';
import { type Colour, hum, PlainCamera } from '../support/steady-scenes.ts';

type Shown = { readonly classId: string; readonly window: RawWindow };

const TAUGHT = 6; // windows of a class: one span of 2.4 s
const SHOWN = 6;
/** Cameras and microphones, each with a project of its own: one alone asks few windows of one starter. */
const TAKES = [0, 1, 2, 3, 4] as const;

type Encoders = PerModality<readonly NamedArray[]>;

const drawn = [1, 2, 3].map((seed): Encoders => {
  const source = random(seed);
  return { audio: initWeights(audioEncoder, source), video: initWeights(videoEncoder, source) };
});
const { encoders: shipped } = await loadStarter(FEATURE_HASH);
const LEARNERS = [
  { name: 'random encoders', inits: drawn },
  { name: 'the starter', inits: [shipped] },
];

let embedder: Embedder;
beforeAll(async () => {
  embedder = await Embedder.open(await openBackend('auto'));
});
afterAll(() => embedder.dispose());

function embed(windows: readonly RawWindow[], { audio, video }: Encoders): readonly Float32Array[] {
  const weights = new EncoderWeights(audio, video);
  const made: Float32Array[] = [];
  for (let at = 0; at < windows.length; at += 16)
    for (const { zAudio, zVideo } of embedder.embed(weights, windows.slice(at, at + 16))) {
      const z = zAudio ?? zVideo;
      if (z) made.push(z);
    }
  weights.dispose();
  return made;
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Share of the windows after each class's first six that are nearest to their own prototype; mean over encoders. */
function recognized(shown: readonly Shown[], inits: readonly Encoders[]): number {
  const ids = [...new Set(shown.map(({ classId }) => classId))];
  const shares = inits.map((encoders) => {
    const all = embed(
      shown.map(({ window }) => window),
      encoders,
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
  return meanOf(shares);
}

const COLOURS: readonly Colour[] = [
  [150, 40, 40],
  [40, 140, 50],
  [45, 60, 160],
  [105, 105, 105],
];

describe.each(LEARNERS)('$name', ({ inits }) => {
  it.each([4, 8])(
    'tell four colours of the whole frame apart, each in two brightnesses, at noise %d',
    (grain) => {
      const classes = COLOURS.flatMap((colour) =>
        [0.55, 1.35].map((light): Colour => [colour[0] * light, colour[1] * light, colour[2] * light]),
      );
      const shares = TAKES.map((take) => {
        const camera = new PlainCamera(random(grain + 100 * take));
        const shown = classes.flatMap((colour) =>
          Array.from({ length: TAUGHT + SHOWN }, () => {
            const { rgb, older } = camera.window(colour, grain);
            // Neither covered nor standing still: nothing of it is left out of learning.
            expect(videoSignal(rgb, older)).toBe('live');
            return { classId: colour.join(), window: { mel: null, rgb, older } };
          }),
        );
        return recognized(shown, inits);
      });
      expect(meanOf(shares)).toBeGreaterThanOrEqual(0.95);
    },
  );

  it.each([
    [220, 330],
    [440, 660],
    [1000, 1500],
  ])('tell hums of %d and %d Hz apart, near or far', (low, high) => {
    const shares = TAKES.map((take) => {
      const draw = random(low + take);
      const shown = [low, high].flatMap((pitch) =>
        Array.from({ length: TAUGHT + SHOWN }, () => {
          const mel = hum(draw, pitch);
          expect(audioSignal(mel)).toBe('live');
          return { classId: String(pitch), window: { mel, rgb: null, older: null } };
        }),
      );
      return recognized(shown, inits);
    });
    expect(meanOf(shares)).toBeGreaterThanOrEqual(0.95);
  });
});
