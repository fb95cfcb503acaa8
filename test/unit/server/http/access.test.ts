import { describe, expect, it } from 'vitest';
import { millis } from '../../../../proto/units.ts';
import { Access, newToken, sameText } from '../../../../server/http/access.ts';

const NOW = millis(1_700_000_000_000);
const LATER = millis(NOW + 30 * 86_400_000);
const token = newToken();
const access = new Access(token, true);
const sent = (header: string): string => header.split(';', 1)[0] ?? '';

describe('Access', () => {
  it('knows its token and no other', () => {
    expect(access.knows(token)).toBe(true);
    expect(access.knows(newToken())).toBe(false);
    expect(access.knows('')).toBe(false);
  });

  it('sets a cookie that scripts cannot read and other sites cannot send', () => {
    expect(access.cookie(NOW)).toMatch(/; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Strict; Secure$/);
    expect(new Access(token, false).cookie(NOW)).not.toContain('Secure');
  });

  it('does not put the token into the cookie', () => {
    expect(access.cookie(NOW)).not.toContain(token);
  });

  it('takes its cookie among others until it expires', () => {
    const cookie = `theme=dark; ${sent(access.cookie(NOW))}; other=1`;
    expect(access.hasCookie({ cookie }, NOW)).toBe(true);
    expect(access.hasCookie({ cookie }, millis(LATER - 1))).toBe(true);
    expect(access.hasCookie({ cookie }, LATER)).toBe(false);
  });

  it('refuses a cookie whose expiry was moved, whose signature is cut, or of another token', () => {
    const cookie = sent(access.cookie(NOW));
    const moved = cookie.replace(/=\d+/, `=${LATER + 1}`);
    expect(access.hasCookie({ cookie: moved }, NOW)).toBe(false);
    expect(access.hasCookie({ cookie: cookie.slice(0, -1) }, NOW)).toBe(false);
    expect(access.hasCookie({ cookie: sent(new Access(newToken(), true).cookie(NOW)) }, NOW)).toBe(false);
    expect(access.hasCookie({}, NOW)).toBe(false);
  });

  it('takes the token as a bearer', () => {
    expect(access.hasBearer({ authorization: `Bearer ${token}` })).toBe(true);
    expect(access.hasBearer({ authorization: `bearer ${token}` })).toBe(true);
    expect(access.hasBearer({ authorization: `Basic ${token}` })).toBe(false);
    expect(access.hasBearer({ authorization: `Bearer ${token}x` })).toBe(false);
    expect(access.hasBearer({})).toBe(false);
  });
});

describe('newToken', () => {
  it('holds 192 bits', () => {
    expect(newToken()).toMatch(/^[\w-]{32}$/);
    expect(newToken()).not.toBe(newToken());
  });
});

describe('sameText', () => {
  it('compares texts of any length', () => {
    expect(sameText('abc', 'abc')).toBe(true);
    expect(sameText('abc', 'abcd')).toBe(false);
  });
});
