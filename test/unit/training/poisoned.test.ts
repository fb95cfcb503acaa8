/**
 * A simulation without encoders: what gate and rollback do with a stretch of poisoned labels. A model is three class means in
 * the plane; a round takes them from the newest labels, as training does; every label is scored before it is learned.
 */
import { describe, expect, it } from 'vitest';

import {
  declineOf,
  NOTHING_WATCHED,
  watchAfter,
  watchPromoted,
  watchRolledBack,
} from '../../../src/pmr/stream/rollback.ts';
import { STREAM } from '../../../src/pmr/stream/settings.ts';
import { type Random, random } from '../../../src/random.ts';
import { type Judged, judgeCandidate } from '../../../src/training/gate.ts';

type Point = { readonly x: number; readonly y: number };
type Sample = { readonly at: Point; readonly truth: number; readonly said: number };
type Model = readonly Point[];

const CLASSES = 3;
const POISON = { from: 150, to: 230 } as const;
const LABELS = 400;
const NEWEST = 90; // what a round learns from: poison can make up most of it

function draw(source: Random, n: number): Sample {
  const truth = source.integer(CLASSES);
  const angle = (2 * Math.PI * truth) / CLASSES;
  const at = { x: 2 * Math.cos(angle) + source.normal(), y: 2 * Math.sin(angle) + source.normal() };
  const poisoned = n >= POISON.from && n < POISON.to;
  return { at, truth, said: poisoned ? (truth + 1) % CLASSES : truth };
}

const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);
const answer = (model: Model, at: Point): number => {
  const distances = model.map((centre) => distance(centre, at));
  return distances.indexOf(Math.min(...distances));
};

function trained(samples: readonly Sample[]): Model {
  return Array.from({ length: CLASSES }, (_, k) => {
    const own = samples.filter(({ said }) => said === k).map(({ at }) => at);
    const mean = (side: 'x' | 'y'): number =>
      own.reduce((sum, at) => sum + at[side], 0) / Math.max(1, own.length);
    return { x: mean('x'), y: mean('y') };
  });
}

function judge(model: Model, heldOut: readonly Sample[]): Judged[] {
  return heldOut.map(({ at, said }) => {
    const powers = model.map((centre) => Math.exp(-distance(centre, at)));
    const share = (powers[said] ?? 0) / powers.reduce((sum, power) => sum + power, 0);
    const right = answer(model, at) === said;
    return { classId: `${said}`, fused: right, audio: right, video: right, logProbability: Math.log(share) };
  });
}

type Run = { readonly lowest: number; readonly last: number; readonly rollbacks: number };

/** One stream of labels; `guarded`: by gate and rollback, else every candidate serves. */
function stream(seed: number, guarded: boolean): Run {
  const source = random(seed);
  const test = Array.from({ length: 600 }, () => draw(source, 0));
  const accuracy = (model: Model): number =>
    test.filter(({ at, truth }) => answer(model, at) === truth).length / test.length;
  const taught: Sample[] = [];
  const heldOut: Sample[] = [];
  let versions: readonly Model[] = [trained([])];
  let watch = NOTHING_WATCHED;
  let [lowest, rollbacks] = [1, 0];
  const serving = (): Model => versions.at(-1) ?? [];
  for (let n = 0; n < LABELS; n++) {
    const sample = draw(source, n);
    watch = watchAfter(watch, answer(serving(), sample.at) === sample.said ? 1 : 0, STREAM);
    if (guarded && versions.length > 1 && declineOf(watch, STREAM)) {
      versions = versions.slice(0, -1);
      watch = watchRolledBack(watch);
      rollbacks++;
    }
    (n % 5 === 4 ? heldOut : taught).push(sample);
    if (n % 8 === 7) {
      const candidate = trained(taught.slice(-NEWEST));
      const judges = heldOut.slice(-40 * CLASSES);
      const verdict = judgeCandidate({
        candidate: judge(candidate, judges),
        champion: judge(serving(), judges),
        thinClassIds: [],
        weak: null,
        nameOf: (id) => id,
      });
      if (!guarded || verdict.promoted) {
        versions = [...versions.slice(-3), candidate];
        watch = watchPromoted(watch);
      }
    }
    if (n >= POISON.from) lowest = Math.min(lowest, accuracy(serving()));
  }
  return { lowest, last: accuracy(serving()), rollbacks };
}

describe('a poisoned stretch of labels', () => {
  const seeds = [1, 2, 3, 4, 5];

  it('ruins a model that takes every candidate', () => {
    for (const seed of seeds) expect(stream(seed, false).lowest).toBeLessThan(0.5);
  });

  it('is survived by gate and rollback', () => {
    for (const seed of seeds) {
      const { lowest, last } = stream(seed, true);
      expect(lowest).toBeGreaterThan(0.85);
      expect(last).toBeGreaterThan(0.85);
    }
  });

  it('is noticed: the served version is left', () => {
    expect(seeds.map((seed) => stream(seed, true).rollbacks > 0)).toContain(true);
  });
});
