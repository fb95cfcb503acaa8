/** Held-out motions: all of them come back to where they were, which nothing in pretraining does. */

/** Where a shape is, relative to its rest: shifts in heights of the picture, a turn in radians, a factor of size, visibility. */
export type Pose = {
  readonly x: number;
  readonly y: number;
  readonly angle: number;
  readonly scale: number;
  readonly alpha: number;
};

const REST: Pose = { x: 0, y: 0, angle: 0, scale: 1, alpha: 1 };
const TURN = 2 * Math.PI;

/** A pose after `cycles` turns of the motion, `reach` about 1. */
type Motion = (cycles: number, reach: number) => Pose;

const SWING = 0.75; // radians
const ROPE = 0.3; // heights of the picture from the hinge to the middle

export const MOTIONS = {
  oscillation: (cycles, reach) => ({ ...REST, x: 0.16 * reach * Math.sin(TURN * cycles) }),
  orbit: (cycles, reach) => ({
    ...REST,
    x: 0.13 * reach * Math.cos(TURN * cycles),
    y: 0.13 * reach * Math.sin(TURN * cycles),
  }),
  pulsing: (cycles, reach) => ({ ...REST, scale: 1 + 0.32 * reach * Math.sin(TURN * cycles) }),
  swinging: (cycles, reach) => {
    const angle = SWING * reach * Math.sin(TURN * cycles);
    return { ...REST, angle, x: -ROPE * Math.sin(angle), y: ROPE * (Math.cos(angle) - 1) };
  },
  // Soft: a light that goes on and off, dark for less than half of the time.
  blinking: (cycles) => ({ ...REST, alpha: 1 / (1 + Math.exp(-8 * (0.3 + Math.sin(TURN * cycles)))) }),
  bouncing: (cycles, reach) => ({
    ...REST,
    y: 0.16 - 0.34 * reach * Math.abs(Math.sin((TURN * cycles) / 2)),
  }),
} as const satisfies Record<string, Motion>;

export type MotionName = keyof typeof MOTIONS;

export const MOTION_NAMES: readonly MotionName[] = [
  'oscillation',
  'orbit',
  'pulsing',
  'swinging',
  'blinking',
  'bouncing',
];
