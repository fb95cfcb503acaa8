/** A queue of one: each change begins when the one before has ended. */

/**
 * Gives a function that runs what it is handed in turn, whoever asks; one that fails does not hold up the next. Not bounded:
 * what may wait is bounded by the messages that peers may send (`server/signaling/limits.ts`).
 */
export function oneAfterAnother(): <T>(change: () => Promise<T>) => Promise<T> {
  let turn: Promise<unknown> = Promise.resolve();
  return (change) => {
    const result = turn.then(change);
    turn = result.catch(() => undefined);
    return result;
  };
}
