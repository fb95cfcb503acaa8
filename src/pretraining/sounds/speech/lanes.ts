/** Quantities of an utterance over its time, as knots with soft steps between them. */

/** Times in seconds from the utterance's start, never falling, and the values there. */
export type Lane = { readonly times: number[]; readonly values: number[] };

/** A lane without knots. */
export const lane = (): Lane => ({ times: [], values: [] });

/** Adds a knot; one that would lie before the last comes to lie on it. */
export function knot({ times, values }: Lane, seconds: number, value: number): void {
  times.push(Math.max(seconds, times.at(-1) ?? seconds));
  values.push(value);
}

/** The value at a time: the first knot's before it, the last one's behind it, `3 s² - 2 s³` of the way in between. */
export function valueAt({ times, values }: Lane, seconds: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! <= seconds) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return values[0] ?? 0;
  if (low === times.length) return values[low - 1]!;
  const share = (seconds - times[low - 1]!) / (times[low]! - times[low - 1]!);
  return values[low - 1]! + (values[low]! - values[low - 1]!) * share * share * (3 - 2 * share);
}
