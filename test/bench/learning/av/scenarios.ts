/** What a stream goes through, as data: phases, each with how sound and picture are, which classes there are and how often. */
import { AV_CLASSES, FIRST_CLASSES } from './classes.ts';
import type { PictureCondition } from './picture.ts';
import type { SoundCondition } from './sound.ts';

/** How both senses are. */
export type Context = { readonly sound: SoundCondition; readonly picture: PictureCondition };

export type Phase = Context & {
  readonly labels: number;
  /** Classes there are: the first so many. */
  readonly classes: number;
  /** How often each of them comes, against the others; classes beyond its end count 1. */
  readonly prior: readonly number[];
};

export type Scenario = {
  readonly name: ScenarioName;
  readonly phases: readonly Phase[];
};

export const SCENARIO_NAMES = [
  'audio-noise',
  'bad-light',
  'muted',
  'prior',
  'new-class',
  'strangers',
  'picture-noise',
  'steady',
] as const;
export type ScenarioName = (typeof SCENARIO_NAMES)[number];

/** Labels before the shift and after it. */
export const BEFORE = 100;
export const AFTER = 200;

const PLAIN: Phase = {
  ...{ sound: 'plain', picture: 'plain' },
  ...{ labels: BEFORE, classes: FIRST_CLASSES, prior: [] },
};

/** Labels of the stream in which nothing changes: for label efficiency, and to see what rebalancing costs where it has no work. */
export const STEADY = 500;

/** 100 labels of eight classes as they are, then this. */
const shifted = (name: ScenarioName, change: Partial<Phase>): Scenario => ({
  name,
  phases: [PLAIN, { ...PLAIN, labels: AFTER, ...change }],
});

export const SCENARIOS: Readonly<Record<ScenarioName, Scenario>> = {
  'audio-noise': shifted('audio-noise', { sound: 'noisy' }),
  'bad-light': shifted('bad-light', { picture: 'dim' }),
  muted: shifted('muted', { sound: 'muted' }),
  // Half of the classes come six times as often as the others.
  prior: shifted('prior', { prior: [1, 6, 1, 6, 1, 6, 1, 6] }),
  'new-class': shifted('new-class', { classes: AV_CLASSES.length }),
  strangers: shifted('strangers', { sound: 'other', picture: 'other' }),
  'picture-noise': shifted('picture-noise', { picture: 'noise' }),
  steady: { name: 'steady', phases: [{ ...PLAIN, labels: STEADY }] },
};

export const contextName = ({ sound, picture }: Context): string => `${sound}/${picture}`;

/** What a scenario is tested on: the phases' contexts, each once, with the most classes that it has. */
export function contextsOf({ phases }: Scenario): readonly (Context & { readonly classes: number })[] {
  const found = new Map<string, Context & { readonly classes: number }>();
  for (const { sound, picture, classes } of phases) {
    const name = contextName({ sound, picture });
    const known = found.get(name)?.classes ?? 0;
    found.set(name, { sound, picture, classes: Math.max(known, classes) });
  }
  return [...found.values()];
}

/** Labels before the last phase: where what it brings begins; 0 where nothing changes. */
export const shiftAt = ({ phases }: Scenario): number =>
  phases.slice(0, -1).reduce((sum, { labels }) => sum + labels, 0);
