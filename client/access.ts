/**
 * How the page gets in: the access token of `--host` mode, and the token that continues this tab's session.
 */
import { ClientError } from './errors.ts';

const RESUME_KEY = 'counterpoise.resume';

/** The access token in the address's fragment, which browsers never send to a server, or null. */
export function tokenFromFragment(fragment: string): string | null {
  return new URLSearchParams(fragment.replace(/^#/, '')).get('token');
}

/**
 * Exchanges the fragment's token for a cookie and takes it out of the address. Does nothing without a token.
 * @throws {ClientError} ERR_CLIENT_TOKEN when the server refuses it.
 */
export async function exchangeToken(
  place: Pick<Location, 'hash' | 'pathname' | 'search'>,
  past: Pick<History, 'replaceState'>,
): Promise<void> {
  const token = tokenFromFragment(place.hash);
  if (token === null) return;
  const answer = await fetch('api/exchange', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  if (!answer.ok) {
    throw new ClientError(
      'ERR_CLIENT_TOKEN',
      `The server refused this link (${answer.status}). Open the address that it printed when it started; a restart prints a new one.`,
    );
  }
  past.replaceState(null, '', place.pathname + place.search);
}

/** Asks whether this browser may come in. @returns what to do where it may not; null where it may, or where nobody answers. */
export async function accessProblem(): Promise<string | null> {
  const answer = await fetch('api/access').catch(() => null);
  return answer?.status === 401
    ? 'This server asks for its access token. Open the address that it printed when it started: the token is at its end.'
    : null;
}

/** The token of this tab's session; empty for a new one. A reload keeps it, a new tab starts anew. */
export const readResumeToken = (storage: Storage): string => storage.getItem(RESUME_KEY) ?? '';

/** Keeps the token for the next connection of this tab. */
export function keepResumeToken(storage: Storage, token: string): void {
  if (token !== '') storage.setItem(RESUME_KEY, token);
}
