/**
 * What the demo shows when: a seeded sequence of slots of 2.4 to 3 s, each with one class and its own rendering. The same
 * seed gives the same demo on every machine.
 */

import { type Micros, micros } from '../../proto/units.ts';
import { type Random, random } from '../../src/random.ts';
import { DEMO_CLASSES, type DemoClass } from './classes.ts';

const SHORTEST_US = 2.4e6;
const LONGEST_US = 3e6;
const HUE_SPREAD = 22; // degrees

/** One showing of a class. Numbers are drawn per slot, so that no two showings are alike. */
export type DemoSlot = {
  readonly index: number;
  readonly class: DemoClass;
  /** On the demo's own clock, 0 at its start. */
  readonly start: Micros;
  readonly end: Micros;
  /** Hue of the shape, degrees. */
  readonly hue: number;
  /** Hue of the background, degrees. */
  readonly backHue: number;
  /** Size of the shape, 0..1 of the picture's height. */
  readonly size: number;
  /** Centre, 0..1 of width and height. */
  readonly x: number;
  readonly y: number;
  /** Factor on every pitch. */
  readonly pitch: number;
  /** Factor on every speed. */
  readonly tempo: number;
};

export type Schedule = {
  /** The slot that is shown at a moment of the demo's clock; the first one before 0. */
  at(moment: Micros): DemoSlot;
  /** Slots that lie wholly inside a span, in order. */
  within(start: Micros, end: Micros): readonly DemoSlot[];
};

const between = (draw: Random, low: number, high: number): number => low + (high - low) * draw.uniform();

/** All classes in a new order, never beginning with the class that ended the round before. */
function shuffled(draw: Random, last: DemoClass | undefined): readonly DemoClass[] {
  const order = [...DEMO_CLASSES];
  for (let i = order.length - 1; i > 0; i--) {
    const j = draw.integer(i + 1);
    const [a, b] = [order[i], order[j]];
    if (a && b) [order[i], order[j]] = [b, a];
  }
  return order[0] === last ? [...order.slice(1), ...order.slice(0, 1)] : order;
}

function slot(draw: Random, shown: DemoClass, index: number, start: Micros): DemoSlot {
  return {
    index,
    class: shown,
    start,
    end: micros(start + Math.round(between(draw, SHORTEST_US, LONGEST_US))),
    hue: shown.hue + between(draw, -HUE_SPREAD, HUE_SPREAD),
    backHue: draw.integer(360),
    size: between(draw, 0.34, 0.46),
    x: between(draw, 0.38, 0.62),
    y: between(draw, 0.42, 0.58),
    pitch: between(draw, 0.88, 1.14),
    tempo: between(draw, 0.85, 1.2),
  };
}

/** The sequence of one seed; slots are made as they are asked for and kept. */
export function schedule(seed: number): Schedule {
  const draw = random(seed);
  const slots: DemoSlot[] = [];
  const extend = (): void => {
    for (const shown of shuffled(draw, slots.at(-1)?.class)) {
      slots.push(slot(draw, shown, slots.length, slots.at(-1)?.end ?? micros(0)));
    }
  };
  const reach = (moment: number): void => {
    while ((slots.at(-1)?.end ?? 0) <= moment) extend();
  };
  return {
    at: (moment) => {
      reach(Math.max(0, moment));
      // Slots cover time from 0 without a gap, so one is always found.
      return slots.findLast((candidate) => candidate.start <= Math.max(0, moment)) ?? slots[0]!;
    },
    within: (start, end) => {
      reach(end);
      return slots.filter((candidate) => candidate.start >= start && candidate.end <= end);
    },
  };
}
