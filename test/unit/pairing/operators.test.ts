import fc from 'fast-check';
import { BehaviorSubject, delay, map, of, Subject } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { micros, microsFromSeconds, millis } from '../../../proto/units.ts';
import { awaitSpan } from '../../../src/pairing/await-span.ts';
import { cutWindows } from '../../../src/pairing/cut-windows.ts';
import { DEFAULT_GRID } from '../../../src/pairing/grid.ts';
import { mapBounded } from '../../../src/pairing/map-bounded.ts';

const scheduler = () => new TestScheduler((actual, expected) => expect(actual).toEqual(expected));

describe('mapBounded', () => {
  const run = (
    source: string,
    result: string,
    concurrency: number,
    queue: number,
    shed: string[],
    subscribed: string,
  ) => {
    const dropped: string[] = [];
    scheduler().run(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const source$ = cold(source);
      const step = mapBounded((value: string) => of(value.toUpperCase()).pipe(delay(3)), {
        concurrency,
        queue,
        onShed: (value) => dropped.push(value),
      });
      expectObservable(source$.pipe(step)).toBe(result);
      expectSubscriptions(source$.subscriptions).toBe(subscribed);
      flush();
    });
    expect(dropped).toEqual(shed);
  };

  it('keeps the newest while busy and reports the dropped', () => {
    run('abcd-----|', '---A--D--|', 1, 1, ['b', 'c'], '^--------!');
  });

  it('drops what comes while busy when nothing may wait', () => {
    run('ab--c----|', '---A---C-|', 1, 0, ['b'], '^--------!');
  });

  it('completes after the last result', () => {
    run('a|', '---(A|)', 1, 1, [], '^!');
  });

  it('keeps the order of the source however long each step takes', () => {
    scheduler().run(({ cold, expectObservable }) => {
      const times: Record<string, number> = { a: 5, b: 1, c: 1 };
      const step = mapBounded((value: string) => of(value).pipe(delay(times[value] ?? 0)), {
        concurrency: 3,
        queue: 0,
        onShed: () => expect.unreachable('nothing is over the bound'),
      });
      expectObservable(cold('abc-------|').pipe(step)).toBe('-----(abc)|');
    });
  });

  it('works on a step that answers at once', () => {
    scheduler().run(({ cold, expectObservable }) => {
      const step = mapBounded((value: string) => of(value), {
        concurrency: 1,
        queue: 0,
        onShed: () => expect.unreachable(),
      });
      expectObservable(cold('a-b|').pipe(step)).toBe('a-b|');
    });
  });

  it('never has more under way than allowed, and answers or sheds everything (law)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { maxLength: 40 }),
        fc.integer({ min: 1, max: 4 }),
        fc.nat(4),
        (turns, concurrency, queue) => {
          const source = new Subject<number>();
          const open: Subject<number>[] = [];
          const results: number[] = [];
          let shed = 0;
          source
            .pipe(
              mapBounded(
                (value) => {
                  const inner = new Subject<number>();
                  open.push(inner);
                  expect(open.length).toBeLessThanOrEqual(concurrency);
                  return inner.pipe(map(() => value));
                },
                { concurrency, queue, onShed: () => shed++ },
              ),
            )
            .subscribe((value) => results.push(value));
          let given = 0;
          const finish = () => {
            const inner = open.shift();
            inner?.next(0);
            inner?.complete();
          };
          for (const give of turns) give ? source.next(given++) : finish();
          while (open.length > 0) finish();
          expect(results.length + shed).toBe(given);
          expect(results).toEqual([...results].sort((a, b) => a - b));
        },
      ),
    );
  });
});

describe('cutWindows', () => {
  const cut = (watermarks: readonly number[], holes: readonly number[] = [], burst = 8) => {
    const out: number[] = [];
    const source = new Subject<ReturnType<typeof micros>>();
    source
      .pipe(
        cutWindows({
          grid: DEFAULT_GRID,
          burst,
          assemble: (index) => (holes.includes(index) ? null : index),
        }),
      )
      .subscribe((index) => out.push(index));
    for (const seconds of watermarks) source.next(microsFromSeconds(seconds));
    return out;
  };

  it('cuts each window once as the watermark passes its end', () => {
    expect(cut([0.5, 0.96, 1.0, 1.44, 1.68])).toEqual([0, 1, 2, 3]);
  });

  it('skips what cannot be assembled', () => {
    expect(cut([0.96, 1.2, 1.44], [1])).toEqual([0, 2]);
  });

  it('begins at the first watermark, not at zero', () => {
    expect(cut([10.0, 10.24])).toEqual([37, 38]); // (10 - 0.96) / 0.24 = 37.7
  });

  it('skips the oldest after a jump of more than the burst', () => {
    expect(cut([0.96, 10.0], [], 2)).toEqual([0, 36, 37]);
  });

  it('ignores a watermark that goes back', () => {
    expect(cut([1.2, 0.96, 1.44])).toEqual([1, 2]);
  });
});

describe('awaitSpan', () => {
  const span = { end: micros(5) };

  it('emits at once when the media is past the end already', () => {
    const seen: unknown[] = [];
    awaitSpan(span, new BehaviorSubject(micros(5)), millis(100)).subscribe((value) => seen.push(value));
    expect(seen).toEqual([span]);
  });

  it('waits for the head, at most as long as its patience', () => {
    scheduler().run(({ cold, expectObservable }) => {
      const heads = { x: micros(4), y: micros(6) };
      expectObservable(awaitSpan(span, cold('x--y', heads), millis(10))).toBe('---(s|)', { s: span });
      expectObservable(awaitSpan(span, cold('x---', heads), millis(10))).toBe('----------(s|)', { s: span });
    });
  });
});
