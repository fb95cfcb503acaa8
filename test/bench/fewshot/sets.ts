/** What the bench is made of: sets of classes, and how many windows a draw has of each. */
import type { Counts, Draw } from './draw.ts';
import { HARD_CLASSES, HARD_LEVELS } from './hard.ts';
import { heldOutDraw } from './held-out/draw.ts';
import { steadyDraw } from './steady.ts';
import { CLEAN, COURSE_CLASSES, NOISY, wordDraw } from './words.ts';

export const SET_NAMES = [
  'held-out',
  'words-clean',
  'words-noisy',
  'hard-quiet',
  'hard-noisy',
  'hard-loud',
  'steady',
] as const;
export type SetName = (typeof SET_NAMES)[number];

export const HARD_SETS = ['hard-quiet', 'hard-noisy', 'hard-loud'] as const satisfies readonly SetName[];

type DrawSet = {
  readonly classes: number;
  /** Windows of each class. */
  readonly counts: Counts;
  draw(seed: number, counts: Counts): Draw;
};

/** Labels of each class, and so the windows of each class that a session has seen. */
export const LABELS = [1, 5, 20] as const;
const MOST_LABELS = 20;

const words = (difficulty: typeof CLEAN, test: number): DrawSet => ({
  classes: COURSE_CLASSES.length,
  counts: { train: MOST_LABELS, test },
  draw: (seed, counts) => wordDraw(seed, counts, { classes: COURSE_CLASSES, difficulty }),
});

const hard = (level: keyof typeof HARD_LEVELS): DrawSet => ({
  classes: HARD_CLASSES.length,
  counts: { train: MOST_LABELS, test: 6 },
  draw: (seed, counts) => wordDraw(seed, counts, { classes: HARD_CLASSES, difficulty: HARD_LEVELS[level] }),
});

export const SETS: Readonly<Record<SetName, DrawSet>> = {
  'held-out': { classes: 12, counts: { train: MOST_LABELS, test: 12 }, draw: heldOutDraw },
  'words-clean': words(CLEAN, 16),
  'words-noisy': words(NOISY, 16),
  'hard-quiet': hard('hard-quiet'),
  'hard-noisy': hard('hard-noisy'),
  'hard-loud': hard('hard-loud'),
  steady: { classes: 2, counts: { train: MOST_LABELS, test: 20 }, draw: steadyDraw },
};
