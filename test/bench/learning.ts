/**
 * How well rounds learn from a generated clip: the first half teaches, the second, in other voices and renderings, scores.
 *
 * `node test/bench/learning.ts [--seeds 101,102] [--steps 400] [--rate 0.001] [--policy uniModalPmr] ...` prints one JSON line a run.
 */
import { parseArgs } from 'node:util';
import { millis } from '../../proto/units.ts';
import { openBackend } from '../../server/compute/backend.ts';
import { Embedder, EncoderWeights } from '../../server/compute/embedder.ts';
import { limitThreads } from '../../server/compute/threads.ts';
import type { EffectiveLabel } from '../../src/journal.ts';
import { score } from '../../src/model/answer.ts';
import { createClassifier, learn } from '../../src/model/classifier.ts';
import {
  audioEncoder,
  initWeights,
  type NamedArray,
  REPRESENTATION_WIDTH,
  videoEncoder,
} from '../../src/model/encoders.ts';
import type { Head } from '../../src/model/head.ts';
import { random } from '../../src/random.ts';
import { AUGMENTATION } from '../../src/training/batch.ts';
import { POLICIES, type PolicyName } from '../../src/training/policy.ts';
import { fillReplayBuffer } from '../../src/training/replay-buffer.ts';
import { train } from '../../src/training/train.ts';
import { type ClipSample, clipSamples } from '../support/clip.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '101' },
    steps: { type: 'string', default: '400' },
    rate: { type: 'string', default: '0.001' },
    policy: { type: 'string', default: 'uniModalPmr' },
    spans: { type: 'string', default: '6' },
    mel: { type: 'string', default: '{}' },
    picture: { type: 'string', default: '{}' },
    every: { type: 'string', default: '100' },
    backend: { type: 'string', default: 'graph' },
  },
});

limitThreads();
const backend = await openBackend(
  values.backend === 'wasm' ? 'wasm' : values.backend === 'eager' ? 'eager' : 'graph',
);
const embedder = await Embedder.open(backend);

function labelsOf(samples: readonly ClipSample[]): {
  labels: EffectiveLabel[];
  bySeq: Map<number, ClipSample[]>;
} {
  const bySpan = Map.groupBy(samples, ({ span }) => span);
  const bySeq = new Map<number, ClipSample[]>();
  const labels = [...bySpan].map(([span, list], i): EffectiveLabel => {
    const seq = i + 1;
    bySeq.set(
      seq,
      list.filter((_, n) => n % 2 === 0),
    );
    return {
      type: 'label',
      id: `span-${span}`,
      sessionId: 's',
      start: list[0]!.sample.start,
      end: list.at(-1)!.sample.end,
      kind: 'class',
      classId: list[0]!.name,
      scope: 'both',
      labelledAt: millis(0),
      by: 'bench',
      split: 'train',
      seq,
    };
  });
  return { labels, bySeq };
}

function embedAll(encoders: readonly NamedArray[], samples: readonly ClipSample[]) {
  const weights = new EncoderWeights(
    encoders.filter((w) => w.name.startsWith('audio/')),
    encoders.filter((w) => w.name.startsWith('video/')),
  );
  const out = [];
  for (let i = 0; i < samples.length; i += 16) {
    const part = samples.slice(i, i + 16);
    const z = embedder.embed(
      weights,
      part.map(({ sample }) => sample),
    );
    out.push(
      ...part.map((one, k) => ({
        start: one.sample.start,
        ...z[k]!,
        signals: { audio: 'live', video: 'live' } as const,
      })),
    );
  }
  weights.dispose();
  return out;
}

function evaluate(
  encoders: readonly NamedArray[],
  head: Head | null,
  taught: ReturnType<typeof labelsOf>,
  test: readonly ClipSample[],
) {
  const classIds = [...new Set(taught.labels.map(({ classId }) => classId ?? ''))];
  let state = createClassifier({ width: REPRESENTATION_WIDTH, modelVersion: 1, classIds, head });
  for (const label of taught.labels)
    state = learn(state, label, embedAll(encoders, taught.bySeq.get(label.seq)!));
  const windows = embedAll(encoders, test);
  const right = { fused: 0, audio: 0, video: 0, unknown: 0 };
  test.forEach(({ name }, i) => {
    const [s] = score(state, { id: 'x', seq: 1e6, kind: 'class', classId: name, scope: 'both' }, [
      windows[i]!,
    ]);
    if (s!.fused === name) right.fused++;
    if (s!.audio === name) right.audio++;
    if (s!.video === name) right.video++;
    if (s!.fused === null) right.unknown++;
  });
  return Object.fromEntries(
    Object.entries(right).map(([k, v]) => [k, Math.round((1000 * v) / test.length) / 1000]),
  );
}

for (const seed of values.seeds.split(',').map(Number)) {
  const samples = [...clipSamples({ seed, spansPerClass: Number(values.spans) })];
  const taught = labelsOf(samples.filter(({ half }) => half === 'first'));
  const test = samples.filter(({ half }) => half === 'second');
  const base = [...initWeights(audioEncoder, random(seed)), ...initWeights(videoEncoder, random(seed))];
  console.log(JSON.stringify({ seed, step: 0, ...evaluate(base, null, taught, test) }));
  const buffer = fillReplayBuffer({
    classIds: [...new Set(taught.labels.map(({ classId }) => classId ?? ''))],
    labels: taught.labels,
    samplesOf: (seq) => taught.bySeq.get(seq)!.map(({ sample }) => sample),
    baseSeq: 0,
  });
  const full = {
    ...buffer,
    byClass: buffer.classIds.map((id) =>
      [...buffer.byClass.flat(), ...buffer.heldOut].filter(({ classId }) => classId === id),
    ),
  };
  const steps = Number(values.steps);
  const began = process.cpuUsage();
  const wall = performance.now();
  let loss = 0;
  const trained = await train({
    compile: backend.compile.bind(backend),
    buffer: full,
    plan: {
      steps,
      rates: { rate: Number(values.rate), warmup: 20, lastShare: 0.05 },
      policy: POLICIES[values.policy as PolicyName],
      early: true,
      augmentation: {
        mel: { ...AUGMENTATION.mel!, ...JSON.parse(values.mel) },
        picture: { ...AUGMENTATION.picture!, ...JSON.parse(values.picture) },
      },
    },
    seed,
    encoders: base,
    head: null,
    onStep: async (step, outcome, w) => {
      loss = step === 0 ? outcome.loss : 0.95 * loss + 0.05 * outcome.loss;
      if ((step + 1) % Number(values.every) === 0)
        console.log(
          JSON.stringify({
            step: step + 1,
            loss: loss.toFixed(3),
            norm: outcome.gradientNorm.toFixed(2),
            a: outcome.audioScores.toFixed(1),
            v: outcome.videoScores.toFixed(1),
            beta: w.beta.toFixed(2),
            gamma: w.gamma.toFixed(2),
          }),
        );
    },
  });
  const cpu = process.cpuUsage(began);
  const head = (gate: number): Head => ({ ...trained.head, gate });
  console.log(
    JSON.stringify({
      seed,
      steps,
      prototypes: evaluate(trained.encoders, null, taught, test),
      half: evaluate(trained.encoders, head(0.5), taught, test),
      head: evaluate(trained.encoders, head(1), taught, test),
      cpuMsPerStep: Math.round((cpu.user + cpu.system) / 1000 / steps),
      wallS: Math.round((performance.now() - wall) / 1000),
      rss: Math.round(process.memoryUsage.rss() / 1e6),
    }),
  );
}
