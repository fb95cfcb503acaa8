import { describe, expect, it } from 'vitest';
import { micros } from '../../../proto/units.ts';
import { type ClassifierState, createClassifier, learn } from '../../../src/model/classifier.ts';
import { type Suspicion, suspiciousLabels } from '../../../src/model/suspicion.ts';
import { type Random, random } from '../../../src/random.ts';
import { around, centreOf, WIDTH } from './representations.ts';

/** What a span shows, what it was called, and what was wrong with it. */
type Given = {
  readonly sound: string;
  readonly picture: string;
  readonly said: string;
  readonly scope?: 'both' | 'audio' | 'video';
  readonly dark?: boolean;
};

const shows = (truth: string, change: Partial<Given> = {}): Given => ({
  sound: truth,
  picture: truth,
  said: truth,
  ...change,
});

/** Four windows of each span, each span a little different. */
function taught(given: readonly Given[], seed = 1, noise = 0.3): ClassifierState {
  const source = random(seed);
  const start = createClassifier({ width: WIDTH, modelVersion: 0, classIds: ['clap', 'snap', 'hum'] });
  return given.reduce((state, { sound, picture, said, scope = 'both', dark = false }, i) => {
    const heard = around(centreOf(`audio/${sound}`), noise, source);
    const seen = around(centreOf(`video/${picture}`), noise, source);
    const windows = [0, 1, 2, 3].map((w) => ({
      start: micros(i * 10_000_000 + w * 480_000),
      zAudio: around(heard, noise, source),
      zVideo: around(seen, noise, source),
      signals: { audio: 'live', video: dark ? 'dark' : 'live' } as const,
    }));
    return learn(state, { id: `label-${i}`, seq: i + 1, kind: 'class', classId: said, scope }, windows);
  }, start);
}

const SIX = Array.from({ length: 6 }, () => ['clap', 'snap', 'hum'].map((name) => shows(name))).flat();
const LAST = `label-${SIX.length}`;
const last = (given: Given): readonly Suspicion[] => suspiciousLabels(taught([...SIX, given]));

describe('suspiciousLabels', () => {
  it('finds the label whose sound and picture are those of another class, and says which', () => {
    const [found, ...others] = last(shows('snap', { said: 'clap' }));
    expect(found).toMatchObject({ labelId: LAST, classId: 'clap', otherId: 'snap' });
    expect(found?.audio).toBeGreaterThan(1.5);
    expect(found?.video).toBeGreaterThan(1.5);
    expect(others).toEqual([]);
  });

  it('has nothing to say of labels that are right', () => {
    expect(suspiciousLabels(taught(SIX))).toEqual([]);
  });

  it('says nothing where one modality fits, or where the two look like different classes', () => {
    expect(last(shows('snap', { picture: 'clap', said: 'clap' }))).toEqual([]);
    expect(last(shows('snap', { picture: 'hum', said: 'clap' }))).toEqual([]);
  });

  it('says nothing of what is far from every class: it may be a new side of its own', () => {
    expect(last(shows('thunder', { said: 'clap' }))).toEqual([]);
  });

  it('does not count a dead modality, nor one that the label does not speak of', () => {
    expect(last(shows('snap', { said: 'clap', dark: true }))).toEqual([]);
    expect(last(shows('snap', { said: 'clap', scope: 'audio' }))).toEqual([]);
  });

  it('waits until both classes have five spans', () => {
    const wrong = shows('snap', { said: 'clap' });
    const of = (claps: number, snaps: number): number => {
      const rights = [
        ...Array.from({ length: claps }, () => shows('clap')),
        ...Array.from({ length: snaps }, () => shows('snap')),
      ];
      return suspiciousLabels(taught([...rights, wrong])).length;
    };
    expect([of(3, 6), of(6, 4), of(5, 5)]).toEqual([0, 0, 1]);
  });

  it('measures by the class’s own spread: what is far from a steady class is near in a varied one', () => {
    const steady = last(shows('snap', { said: 'clap' })).length;
    // The same words at four times the noise, in which classes run into each other.
    const varied = suspiciousLabels(taught([...SIX, shows('snap', { said: 'clap' })], 1, 1.2)).length;
    expect([steady, varied]).toEqual([1, 0]);
  });

  it('mirrors when the modalities are exchanged', () => {
    const state = taught([...SIX, shows('snap', { said: 'clap' })]);
    const mirrored = suspiciousLabels({ ...state, audio: state.video, video: state.audio });
    const exchanged = suspiciousLabels(state).map(({ audio, video, ...rest }) => ({
      ...rest,
      audio: video,
      video: audio,
    }));
    expect(mirrored).toEqual(exchanged);
  });
});

/** 40 labels of four classes in 96 dimensions; three claps after the third are called snaps. */
function poisonedStretch(
  seed: number,
  noise: number,
): { hits: number; wrong: number; false: number; clean: number } {
  const source: Random = random(seed);
  const width = 96;
  const draw = (scale: number): Float32Array =>
    Float32Array.from({ length: width }, () => scale * source.normal());
  const centres = [0, 1, 2, 3].map(() => ({ audio: draw(1), video: draw(1) }));
  const wrong = new Set<string>();
  let state = createClassifier({ width, modelVersion: 0, classIds: ['0', '1', '2', '3'] });
  for (let i = 0; i < 40; i++) {
    const truth = i % 4;
    const swapped = truth === 0 && i >= 12 && i < 24;
    const shift = { audio: draw(noise), video: draw(noise) };
    const windows = [0, 1, 2, 3].map((w) => ({
      start: micros(i * 1e7 + w * 480_000),
      zAudio: draw(noise).map((value, d) => value + centres[truth]!.audio[d]! + shift.audio[d]!),
      zVideo: draw(noise).map((value, d) => value + centres[truth]!.video[d]! + shift.video[d]!),
      signals: { audio: 'live', video: 'live' } as const,
    }));
    if (swapped) wrong.add(`${i}`);
    const classId = swapped ? '1' : `${truth}`;
    state = learn(state, { id: `${i}`, seq: i + 1, kind: 'class', classId, scope: 'both' }, windows);
  }
  const found = suspiciousLabels(state);
  const hits = found.filter(({ labelId, otherId }) => wrong.has(labelId) && otherId === '0').length;
  return { hits, wrong: wrong.size, false: found.length - hits, clean: 40 - wrong.size };
}

describe('a stretch of swapped labels', () => {
  const runs = (noise: number) => {
    const all = Array.from({ length: 20 }, (_, seed) => poisonedStretch(seed + 1, noise));
    const sum = (pick: (run: (typeof all)[number]) => number): number =>
      all.reduce((total, run) => total + pick(run), 0);
    return { found: sum(({ hits }) => hits) / sum(({ wrong }) => wrong), false: sum((run) => run.false) };
  };

  it('is found: more than 95 % of 60 swapped labels, none of 740 right ones, where classes stand apart', () => {
    const { found, false: blamed } = runs(0.6);
    expect(found).toBeGreaterThan(0.95);
    expect(blamed).toBe(0);
  });

  it('is found by more than 80 %, still without blaming one, where spans vary as much as classes differ', () => {
    const { found, false: blamed } = runs(1);
    expect(found).toBeGreaterThan(0.8);
    expect(blamed).toBe(0);
  });
});
