import { describe, expect, it } from 'vitest';
import { addToast, expireToasts, removeToast, type Toast } from '../../../../client/state/toasts.ts';
import { micros } from '../../../../proto/units.ts';

const toast = (id: number, text: string, until = 100): Toast => ({
  id,
  kind: 'info',
  text,
  effects: [],
  undoes: '',
  until: micros(until),
});

describe('toasts', () => {
  it('shows the two newest, and one text once', () => {
    const three = [toast(1, 'a'), toast(2, 'b'), toast(3, 'c')].reduce<readonly Toast[]>(addToast, []);
    expect(three.map(({ id }) => id)).toEqual([2, 3]);
    expect(addToast(three, toast(4, 'c')).map(({ id }) => id)).toEqual([2, 4]);
  });

  it('goes when its time is over or it is dismissed', () => {
    const two = [toast(1, 'a', 50), toast(2, 'b', 90)];
    expect(expireToasts(two, micros(50)).map(({ id }) => id)).toEqual([2]);
    expect(expireToasts(two, micros(10))).toBe(two);
    expect(removeToast(two, 2).map(({ id }) => id)).toEqual([1]);
  });
});
