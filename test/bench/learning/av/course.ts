/** The samples of a scenario: a stream in one order, and the windows that it is tested on. */

import { micros } from '../../../../proto/units.ts';
import { HOP, WINDOW } from '../../../../src/features/spec.ts';
import type { Sample } from '../../../../src/journal.ts';
import { type Random, random } from '../../../../src/random.ts';
import { FIRST_CLASSES } from './classes.ts';
import type { PictureWindow } from './picture.ts';
import type { Reels } from './reels.ts';
import { type Context, contextName, contextsOf, type Phase, type Scenario } from './scenarios.ts';
import type { AvSettings } from './settings.ts';

export type AvSample = { readonly classIndex: number; readonly sample: Sample };
export type TestSet = { readonly context: string; readonly samples: readonly AvSample[] };
export type Course = {
  /** By label: its phase and its one window. */
  readonly stream: readonly (AvSample & { readonly phase: number })[];
  /** By context, in the order of the phases that bring them. */
  readonly tests: readonly TestSet[];
};

/** Of one class. */
type Windows = { readonly sounds: readonly Float32Array[]; readonly pictures: readonly PictureWindow[] };
/** What is rendered apart: no window of one part is in another. */
const PARTS = ['base', 'stream', 'stream-later', 'test', 'test-later'] as const;

type Wanted = Context & {
  readonly classes: number;
  readonly part: (typeof PARTS)[number];
  readonly perClass: number;
};

/** By class. */
function windowsOf(
  { sound, picture, classes, part, perClass }: Wanted,
  { settings, reels }: CourseSource,
): Promise<readonly Windows[]> {
  const seed = PARTS.length * settings.world + PARTS.indexOf(part);
  const { speaker } = settings;
  return Promise.all(
    Array.from({ length: classes }, async (_, classIndex): Promise<Windows> => {
      const common = { classIndex, count: perClass, seed };
      return {
        sounds: await reels.sounds({ ...common, speaker, condition: sound, difficulty: settings.sound }),
        pictures: await reels.pictures({ ...common, condition: picture, difficulty: settings.picture }),
      };
    }),
  );
}

function sampleOf(place: number, mel: Float32Array, { rgb, older }: PictureWindow): Sample {
  const start = place * 8 * HOP;
  return { start: micros(start), end: micros(start + WINDOW), mel, rgb, older };
}

/** A window of each sense, the i-th with the i-th. */
const paired = (windows: readonly Windows[]): readonly AvSample[] =>
  windows.flatMap(({ sounds, pictures }, classIndex) =>
    sounds.flatMap((mel, i) => {
      const picture = pictures[i];
      return picture ? [{ classIndex, sample: sampleOf(i, mel, picture) }] : [];
    }),
  );

export type CourseSource = { readonly settings: AvSettings; readonly reels: Reels };

/** What the first weights are trained on: plain windows of the first classes. */
export async function baseSamples(source: CourseSource): Promise<readonly AvSample[]> {
  const { perClass } = source.settings.base;
  const plain = { sound: 'plain', picture: 'plain', classes: FIRST_CLASSES } as const;
  return paired(await windowsOf({ ...plain, part: 'base', perClass }, source));
}

export function shuffled(count: number, draw: Random): readonly number[] {
  const keys = Array.from({ length: count }, () => draw.uniform());
  return keys.map((_, i) => i).sort((a, b) => keys[a]! - keys[b]!);
}

/**
 * The classes of a phase's labels: each as often as its prior says, to within one label, in any order. A class that is new
 * in the phase comes with it.
 */
export function classesOf({ labels, classes, prior }: Phase, draw: Random): readonly number[] {
  const weights = Array.from({ length: classes }, (_, k) => prior[k] ?? 1);
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  let [due, given] = [0, 0];
  const drawn = weights.flatMap((weight, k) => {
    due += (labels * weight) / whole;
    const count = Math.round(due) - given;
    given += count;
    return Array<number>(count).fill(k);
  });
  return shuffled(drawn.length, draw).map((i) => drawn[i]!);
}

/** Hands out windows of one context, class by class, each once. */
class Supply {
  readonly #windows: readonly Windows[];
  readonly #orders: readonly { readonly sounds: readonly number[]; readonly pictures: readonly number[] }[];
  readonly #taken = new Map<number, number>();

  constructor(windows: readonly Windows[], draw: Random) {
    this.#windows = windows;
    this.#orders = windows.map(({ sounds, pictures }) => ({
      sounds: shuffled(sounds.length, draw),
      pictures: shuffled(pictures.length, draw),
    }));
  }

  /** @throws {TypeError} when a class has none left. */
  take(classIndex: number, place: number): AvSample {
    const next = this.#taken.get(classIndex) ?? 0;
    this.#taken.set(classIndex, next + 1);
    const [windows, order] = [this.#windows[classIndex], this.#orders[classIndex]];
    const mel = windows?.sounds[order?.sounds[next] ?? -1];
    const picture = windows?.pictures[order?.pictures[next] ?? -1];
    if (mel && picture) return { classIndex, sample: sampleOf(place, mel, picture) };
    throw new TypeError(`class ${classIndex} has ${next} windows, more were asked for: render more`);
  }
}

/** A scenario in one order. Streams of one world draw from the same windows; the test is the same for all of them. */
export async function courseOf(scenario: Scenario, order: number, source: CourseSource): Promise<Course> {
  const { settings } = source;
  const draw = random(order).fork('order');
  const contexts = contextsOf(scenario);
  const supplies = new Map<string, Supply>();
  for (const [i, context] of contexts.entries()) {
    const name = contextName(context);
    const { before, after } = settings.streamPerClass;
    const wanted =
      i === 0
        ? ({ part: 'stream', perClass: before } as const)
        : ({ part: 'stream-later', perClass: after } as const);
    supplies.set(name, new Supply(await windowsOf({ ...context, ...wanted }, source), draw.fork(name)));
  }
  const stream: (AvSample & { readonly phase: number })[] = [];
  for (const [phase, one] of scenario.phases.entries())
    for (const classIndex of classesOf(one, draw.fork(`phase-${phase}`))) {
      const taken = supplies.get(contextName(one))?.take(classIndex, stream.length);
      if (taken) stream.push({ ...taken, phase });
    }
  return { stream, tests: await testsOf(contexts, source) };
}

/** The first context is tested by one part and the last one by another; a scenario that has but one, by both. */
async function testsOf(
  contexts: ReturnType<typeof contextsOf>,
  source: CourseSource,
): Promise<readonly TestSet[]> {
  const perClass = Math.ceil(source.settings.test / FIRST_CLASSES / 2);
  const samplesOf = async (context: (typeof contexts)[number], part: Wanted['part']) =>
    paired(await windowsOf({ ...context, part, perClass }, source));
  return Promise.all(
    contexts.map(async (context, i): Promise<TestSet> => {
      const first = i === 0 ? await samplesOf(context, 'test') : [];
      const last = i === contexts.length - 1 ? await samplesOf(context, 'test-later') : [];
      return { context: contextName(context), samples: [...first, ...last] };
    }),
  );
}
