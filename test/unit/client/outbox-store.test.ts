import { describe, expect, it } from 'vitest';
import { type Durable, OUTBOX_CAPACITY, type Outbox } from '../../../client/outbox.ts';
import { keepOutbox, readOutbox } from '../../../client/outbox-store.ts';
import { micros, millis } from '../../../proto/units.ts';

const ID = '01HZZZZZZZZZZZZZZZZZZZZZZ';
const id = (n: number): string => `${ID}${n % 10}`;

/** A tab's storage. */
function storage(full = false): Storage {
  const kept = new Map<string, string>();
  return {
    get length() {
      return kept.size;
    },
    clear: () => kept.clear(),
    key: () => null,
    getItem: (key) => kept.get(key) ?? null,
    removeItem: (key) => void kept.delete(key),
    setItem: (key, value) => {
      if (full) throw new DOMException('full', 'QuotaExceededError');
      kept.set(key, value);
    },
  };
}

const label: Durable = {
  ...{ type: 'label', id: id(1), sessionId: 's', start: micros(1), end: micros(2_400_001) },
  ...{ kind: 'class', className: 'Händeklatschen 👏', scope: 'audio', at: millis(1e12) },
};
const waiting: Outbox = [
  label,
  { type: 'undo', id: id(2), labelId: id(1) },
  { type: 'review', id: id(3), labelId: id(1), classId: 'other' },
  {
    ...{ type: 'forget', id: id(4), classId: '', everything: false },
    span: { sessionId: 's', start: micros(0), end: micros(5) },
  },
];

describe('keepOutbox and readOutbox', () => {
  it('give back what waited, in order, after the page was loaded anew', () => {
    const tab = storage();
    keepOutbox(tab, waiting);
    expect(readOutbox(tab)).toEqual(waiting);
  });

  it('leave nothing behind once all was acknowledged', () => {
    const tab = storage();
    keepOutbox(tab, waiting);
    keepOutbox(tab, []);
    expect(tab.length).toBe(0);
    expect(readOutbox(tab)).toEqual([]);
  });

  it('pass over what is not theirs or of another version, and keep the rest', () => {
    const tab = storage();
    keepOutbox(tab, [label]);
    const key = 'counterpoise.outbox';
    const [good] = JSON.parse(tab.getItem(key) ?? '[]');
    tab.setItem(key, JSON.stringify(['/w==', 7, null, 'not base64!', good]));
    expect(readOutbox(tab)).toEqual([label]);
    for (const broken of ['{', '7', 'null']) {
      tab.setItem(key, broken);
      expect(readOutbox(tab)).toEqual([]);
    }
  });

  it('read no more than an outbox holds', () => {
    const tab = storage();
    const undo = (n: number) => ({ type: 'undo', id: id(n), labelId: id(1) }) as const;
    keepOutbox(
      tab,
      Array.from({ length: OUTBOX_CAPACITY + 5 }, (_, n) => undo(n)),
    );
    expect(readOutbox(tab)).toHaveLength(OUTBOX_CAPACITY);
  });

  it('do without a storage that is full', () => {
    const tab = storage(true);
    keepOutbox(tab, waiting);
    expect(readOutbox(tab)).toEqual([]);
  });
});
