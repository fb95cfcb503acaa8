/** Where in the window an event comes to lie: the product starts a window every 0.24 s, so anything may be cut. */
import type { Random } from '../../random.ts';
import { between } from './draws.ts';

const MIDDLE = 0.48;
const LARGEST_SHIFT = 0.2;

/** When an event of so many seconds starts: about the window's middle, up to 0.2 s off. */
export const startOf = (source: Random, seconds: number): number =>
  MIDDLE - seconds / 2 + between(source, -LARGEST_SHIFT, LARGEST_SHIFT);

/** When a blow falls whose ring follows it: early enough to be heard. */
export const strikeAt = (source: Random): number => between(source, 0.02, 0.6);
