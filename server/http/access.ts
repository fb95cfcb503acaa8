/**
 * The access token: printed once in a URL's fragment, exchanged by the page for a cookie, sent by programs as a bearer.
 *
 * Only digests are kept. A cookie proves itself (expiry and an HMAC keyed by the token), so nothing grows with visitors, and
 * a new token ends every cookie.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Millis } from '../../proto/units.ts';

const COOKIE = 'counterpoise';
const COOKIE_DAYS = 30;
const DAY_MS = 86_400_000;
const TOKEN_BYTES = 24; // 192 bits: not to be guessed at any rate

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** A fresh access token, 32 characters of base64url. */
export const newToken = (): string => randomBytes(TOKEN_BYTES).toString('base64url');

/** Whether two texts are equal, in a time that tells nothing about where they differ. */
export const sameText = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

export class Access {
  readonly #token: Buffer;
  readonly #key: Buffer;
  readonly #secure: boolean;

  /** @param secure whether cookies are for TLS only. */
  constructor(token: string, secure: boolean) {
    this.#token = digest(token);
    this.#key = digest(`cookie ${token}`);
    this.#secure = secure;
  }

  /** Whether this is the access token; constant time. */
  knows(token: string): boolean {
    return timingSafeEqual(digest(token), this.#token);
  }

  /** A Set-Cookie header that admits its bearer for 30 days. */
  cookie(now: Millis): string {
    const expiry = Math.floor(now + COOKIE_DAYS * DAY_MS);
    const rest = `Path=/; Max-Age=${(COOKIE_DAYS * DAY_MS) / 1000}; HttpOnly; SameSite=Strict`;
    return `${COOKIE}=${expiry}.${this.#sign(expiry)}; ${rest}${this.#secure ? '; Secure' : ''}`;
  }

  /** Whether a request carries the token itself, as `Authorization: Bearer`. */
  hasBearer({ authorization }: IncomingHttpHeaders): boolean {
    const token = /^Bearer ([\w.~-]{1,256})$/i.exec(authorization ?? '')?.[1];
    return token !== undefined && this.knows(token);
  }

  /** Whether a request carries a cookie of ours that has not expired. */
  hasCookie({ cookie }: IncomingHttpHeaders, now: Millis): boolean {
    for (const part of (cookie ?? '').split(';')) {
      const [, expiry, signature] = /^\s*counterpoise=(\d{1,16})\.([\w-]{43})\s*$/.exec(part) ?? [];
      if (expiry === undefined || signature === undefined) continue;
      if (Number(expiry) > now && sameText(signature, this.#sign(Number(expiry)))) return true;
    }
    return false;
  }

  #sign(expiry: number): string {
    return createHmac('sha256', this.#key).update(String(expiry)).digest('base64url');
  }
}
