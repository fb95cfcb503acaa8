import { describe, expect, it } from 'vitest';
import { ClientError } from '../../../client/errors.ts';
import { type Durable, OUTBOX_CAPACITY, type Outbox, post, settle } from '../../../client/outbox.ts';

const undo = (id: string): Durable => ({ type: 'undo', id, labelId: 'label' });

describe('outbox', () => {
  it('keeps messages in order until each is settled', () => {
    const two = post(post([], undo('a')), undo('b'));
    expect(two.map((message) => message.id)).toEqual(['a', 'b']);
    expect(settle(two, 'a').map((message) => message.id)).toEqual(['b']);
  });

  it('takes a message once', () => {
    const one = post([], undo('a'));
    expect(post(one, undo('a'))).toBe(one);
  });

  it('stays as it is for an unknown id', () => {
    const one = post([], undo('a'));
    expect(settle(one, 'z')).toBe(one);
  });

  it('refuses the label that would not fit with ERR_CLIENT_OUTBOX, and loses none', () => {
    let full: Outbox = [];
    for (let i = 0; i < OUTBOX_CAPACITY; i++) full = post(full, undo(String(i)));
    expect(() => post(full, undo('one more'))).toThrow(ClientError);
    expect(() => post(full, undo('one more'))).toThrow(
      expect.objectContaining({ code: 'ERR_CLIENT_OUTBOX' }),
    );
    expect(full).toHaveLength(OUTBOX_CAPACITY);
  });
});
