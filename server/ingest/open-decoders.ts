/**
 * How many native decoders are open in this process: a number that must come back to where it was when sessions end.
 */
let open = 0;

/** Native decoders open now, all sessions together. */
export const openDecoders = (): number => open;

/** Counts one native decoder; call the result when it has been closed, as often as convenient. */
export function countDecoder(): () => void {
  open++;
  let counted = true;
  return () => {
    if (counted) open--;
    counted = false;
  };
}
