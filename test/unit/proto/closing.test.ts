import { describe, expect, it } from 'vitest';
import { CLOSE_REASONS, closing } from '../../../proto/closing.ts';

describe('closing', () => {
  it.each(Object.entries(CLOSE_REASONS))(
    '%s has a status that a server may send and a reason that fits a frame',
    (_, end) => {
      const own = end.status >= 4000 && end.status <= 4999;
      expect(own || end.status === 1001 || end.status === 1011).toBe(true);
      expect(new TextEncoder().encode(end.reason).length).toBeLessThanOrEqual(123); // RFC 6455, section 5.5
      expect(end.reason).not.toBe('');
    },
  );

  it('gives every code a status of its own', () => {
    const statuses = Object.values(CLOSE_REASONS).map(({ status }) => status);
    expect(new Set(statuses).size).toBe(statuses.length);
  });

  it('finds the frame of a code', () => {
    expect(closing('ERR_WIRE_RATE').status).toBe(4429);
  });
});
