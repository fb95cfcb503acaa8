/**
 * `mapBounded`: an asynchronous step with a bounded queue that drops the oldest, and says so.
 */
import { from, Observable, type ObservableInput, type OperatorFunction } from 'rxjs';

export type BoundedOptions<T> = {
  /** How many values are worked on at once; at least 1. */
  readonly concurrency: number;
  /** How many more may wait; 0 keeps none. */
  readonly queue: number;
  /** Called with every value that is dropped. */
  readonly onShed: (value: T) => void;
};

/**
 * Maps each value through `project` with at most `concurrency` under way and `queue` waiting, results
 * in the order of the source. In other words: when the model is slower than the stream, the newest windows win.
 *
 * A value that finds the queue full drops the oldest waiting one (or itself, with `queue` 0). An inner error ends the result;
 * catch it inside `project` where one bad window must not. Siblings: `exhaustMap` drops the newest and in silence,
 * `concatMap` queues without bound.
 */
export function mapBounded<T, R>(
  project: (value: T) => ObservableInput<R>,
  { concurrency, queue, onShed }: BoundedOptions<T>,
): OperatorFunction<T, R> {
  return (source$) =>
    new Observable((subscriber) => {
      const waiting: T[] = [];
      const underWay: { done: boolean; results: R[] }[] = []; // in source order
      let completed = false;
      const flush = (): void => {
        while (underWay[0]?.done)
          for (const result of underWay.shift()?.results ?? []) subscriber.next(result);
        if (completed && underWay.length === 0 && waiting.length === 0) subscriber.complete();
      };
      const begin = (value: T): void => {
        const slot = { done: false, results: [] as R[] };
        underWay.push(slot);
        subscriber.add(
          from(project(value)).subscribe({
            next: (result) => slot.results.push(result),
            error: (error) => subscriber.error(error),
            complete: () => {
              slot.done = true;
              const next = waiting.shift();
              if (next !== undefined) begin(next);
              flush();
            },
          }),
        );
      };
      const take = (value: T): void => {
        if (underWay.filter(({ done }) => !done).length < concurrency) begin(value);
        else waiting.push(value);
        while (waiting.length > queue) for (const shed of waiting.splice(0, 1)) onShed(shed);
      };
      subscriber.add(
        source$.subscribe({
          next: take,
          error: (error) => subscriber.error(error),
          complete: () => {
            completed = true;
            flush();
          },
        }),
      );
    });
}
