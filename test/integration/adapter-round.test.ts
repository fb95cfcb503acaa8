/**
 * A round on embeddings, on every backend: two classes that no straight line through a backbone's numbers tells apart, so that prototypes on
 * a projection cannot, and an adapter has to bend it.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { micros } from '../../proto/units.ts';
import { type BackendChoice, openBackend } from '../../server/compute/backend.ts';
import { embedWith } from '../../server/compute/embed-samples.ts';
import { Embedder } from '../../server/compute/embedder.ts';
import { keepingCompile } from '../../server/compute/keeping-compile.ts';
import { limitThreads } from '../../server/compute/threads.ts';
import type { KeptEmbedding, Sample } from '../../src/journal.ts';
import type { AdapterSpec } from '../../src/model/adapter.ts';
import { initWeights } from '../../src/model/encoders.ts';
import { random } from '../../src/random.ts';
import { POLICIES } from '../../src/training/policies/table.ts';
import { type RoundOutcome, runRound } from '../../src/training/round.ts';
import { labelOf } from '../support/compute-windows.ts';

limitThreads();
const WIDTH = 16;
const SPANS = 16; // of each class
const adapter = (modality: 'audio' | 'video'): AdapterSpec => ({
  modality,
  input: [WIDTH],
  hidden: 96,
  width: 96,
});
const specs = { audio: adapter('audio'), video: adapter('video') };
const classes = ['same', 'opposite'].map((name) => ({ id: name, name, colour: '#000000' }));

/** Two groups of numbers with one sign each: the same for the first class, opposite ones for the second. */
function embedding(kind: number, seed: number): KeptEmbedding {
  const source = random(seed);
  const sign = source.uniform() < 0.5 ? -1 : 1;
  const values = Float32Array.from({ length: WIDTH }, (_, i) => {
    const group = i < WIDTH / 2 ? sign : kind === 0 ? sign : -sign;
    // Each group sums to nothing, so that taking the mean away loses nothing of the sign.
    return group * (i % 2 === 0 ? 1 : -1) + 0.2 * source.normal();
  });
  return { values, signal: 'live' };
}

function samplesOf(seq: number): readonly Sample[] {
  const kind = seq % 2;
  return [0, 1, 2, 3].map((i) => {
    const seed = 10 * seq + i;
    return {
      ...{
        start: micros(seed * 480_000),
        end: micros(seed * 480_000 + 960_000),
        mel: null,
        rgb: null,
        older: null,
      },
      // A sense is missing now and then.
      ...(seed % 5 === 0 ? {} : { audioEmbedding: embedding(kind, 2 * seed) }),
      ...(seed % 7 === 0 ? {} : { videoEmbedding: embedding(kind, 2 * seed + 1) }),
    };
  });
}

const labels = Array.from({ length: 2 * SPANS }, (_, n) => ({
  ...labelOf(classes[n % 2]?.id ?? '', n),
  split: n % 10 >= 8 ? ('validation' as const) : ('train' as const),
  seq: n + 2, // an even place is of the first class
}));

describe.each<BackendChoice>(['wasm', 'eager', 'auto'])('a round on embeddings, on %s', (choice) => {
  let embedder: Embedder;
  let round: (policy: keyof typeof POLICIES, steps: number) => Promise<RoundOutcome>;

  beforeAll(async () => {
    const backend = await openBackend(choice);
    embedder = await Embedder.open(backend, specs);
    const compile = keepingCompile(backend);
    const source = random(3);
    const encoders = [...initWeights(specs.audio, source), ...initWeights(specs.video, source)];
    round = (policy, steps) =>
      runRound({
        base: { encoders, head: null, appliedSeq: 0, trainedSteps: 0 },
        ...{ classes, labels, lastSeq: 2 * SPANS + 1, samplesOf, seed: 1, steps, compile },
        ...{ embed: embedWith(embedder), policy: POLICIES[policy], onProgress: async () => undefined },
      });
  });
  afterAll(() => embedder.dispose());

  it('learns what prototypes on the backbone’s own numbers cannot tell, and is promoted', async () => {
    const outcome = await round('uni-modal-pmr', 150);
    if (outcome.type !== 'candidate') throw new Error(`expected a candidate: ${JSON.stringify(outcome)}`);
    expect(outcome.championHeldOut.fused).toBeLessThan(0.8);
    expect(outcome.heldOut.fused).toBeGreaterThan(0.9);
    expect(outcome.heldOut.audio).toBeGreaterThan(0.9);
    expect(outcome.heldOut.video).toBeGreaterThan(0.9);
    expect(outcome.candidate.encoders.map(({ name }) => name)).toContain('video/project/kernel');
  });

  it('gives the same weights for the same labels', async () => {
    const weights = (outcome: RoundOutcome) =>
      outcome.type === 'candidate' ? outcome.candidate.encoders.map(({ values }) => values) : outcome.type;
    expect(weights(await round('uni-modal-pmr', 60))).toEqual(weights(await round('uni-modal-pmr', 60)));
  });

  it.each(['pmr-stream', 'mmpareto', 'ogm-ge', 'audio-only'] as const)(
    'is trained by %s too',
    async (policy) => {
      const outcome = await round(policy, 10);
      expect(['candidate', 'rejected']).toContain(outcome.type);
    },
  );
});
