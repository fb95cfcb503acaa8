import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  accessProblem,
  exchangeToken,
  keepResumeToken,
  readResumeToken,
  tokenFromFragment,
} from '../../../client/access.ts';

/** A Storage of the test's own. */
function storage(): Storage {
  const kept = new Map<string, string>();
  return {
    length: 0,
    clear: () => kept.clear(),
    key: () => null,
    getItem: (key) => kept.get(key) ?? null,
    removeItem: (key) => void kept.delete(key),
    setItem: (key, value) => void kept.set(key, value),
  };
}

const place = (hash: string) => Object.assign(new URL('http://localhost/page?watch'), { hash });
const past = () => ({ replaceState: vi.fn() });

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('tokenFromFragment', () => {
  it('reads the token and nothing else', () => {
    expect(tokenFromFragment('#token=abc-123')).toBe('abc-123');
    expect(tokenFromFragment('#other=1')).toBeNull();
    expect(tokenFromFragment('')).toBeNull();
  });
});

describe('accessProblem', () => {
  it.each([
    [401, /^This server asks for its access token\. Open the address that it printed/],
    [204, null],
    [503, null],
  ])('after status %i says %s', async (status, expected) => {
    vi.stubGlobal('fetch', async () => new Response(null, { status }));
    const said = await accessProblem();
    if (expected === null) expect(said).toBeNull();
    else expect(said).toMatch(expected);
  });

  it('says nothing where nobody answers: that is for the connection to say', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
    expect(await accessProblem()).toBeNull();
  });
});

describe('exchangeToken', () => {
  it('asks nobody without a token', async () => {
    const fetched = vi.fn();
    vi.stubGlobal('fetch', fetched);
    await exchangeToken(place(''), past());
    expect(fetched).not.toHaveBeenCalled();
  });

  it('posts the token and takes it out of the address', async () => {
    const fetched = vi.fn(async () => new Response(null, { status: 204 }));
    vi.stubGlobal('fetch', fetched);
    const gone = past();
    await exchangeToken(place('#token=secret'), gone);
    expect(fetched).toHaveBeenCalledWith(
      'api/exchange',
      expect.objectContaining({ method: 'POST', body: JSON.stringify({ token: 'secret' }) }),
    );
    expect(gone.replaceState).toHaveBeenCalledWith(null, '', '/page?watch');
  });

  it('rejects a refused token with ERR_CLIENT_TOKEN', async () => {
    vi.stubGlobal('fetch', async () => new Response(null, { status: 401 }));
    await expect(exchangeToken(place('#token=old'), past())).rejects.toMatchObject({
      code: 'ERR_CLIENT_TOKEN',
    });
  });
});

describe('resume token', () => {
  it('is empty at first, then what was kept; an empty one replaces nothing', () => {
    const tab = storage();
    expect(readResumeToken(tab)).toBe('');
    keepResumeToken(tab, 'resume-1');
    keepResumeToken(tab, '');
    expect(readResumeToken(tab)).toBe('resume-1');
  });
});
