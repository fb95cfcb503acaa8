/** Who gets in and what they may use: the printed address with its token and TLS, and plain http on a name of the network. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { Screen } from './screen.ts';

const NAME = 'counterpoise.test';

let server: TestServer;
let browser: Browser;

beforeAll(async () => {
  // Names and addresses of the network lead back to this machine, so that no packet leaves it.
  browser = await launchChromium({ args: ['--host-resolver-rules=MAP * 127.0.0.1'] });
});

afterEach(async () => {
  await server?.close();
});

afterAll(async () => {
  await browser?.close();
});

/** The certificate is the server's own, as a person would accept it. */
const TRUSTING = { context: { ignoreHTTPSErrors: true } };
/** What a browser writes to its console when it is refused, which is what the tests are about. */
const REFUSED = /401|WebSocket connection/;
/** A header that only secure pages have a use for. */
const UNTRUSTWORTHY = /Cross-Origin-Opener-Policy|Origin-Agent-Cluster/;

const faultsOf = (screen: Screen, expected: RegExp): readonly string[] =>
  screen.faults.filter((fault) => !expected.test(fault));

describe('a server that others can reach', () => {
  it('opens with the printed address, hides its token, and lets the same browser in again', async () => {
    server = await startServer(['--host', '0.0.0.0']);
    const printed = server.running.urls[0] ?? '';
    expect(printed).toMatch(/^https:.*#token=/);
    const screen = await Screen.open(browser, printed, TRUSTING);
    await screen.connection('open');
    expect(screen.page.url()).not.toContain('token');
    await screen.start('Use my camera'); // TLS: a secure context, so there is one
    await screen.becomes('Sound', 'live');
    await screen.becomes('Picture', 'live');
    await screen.page.reload();
    await screen.connection('open');
    expect(screen.faults).toEqual([]);
    await screen.close();
  });

  it('says what to do without a token, and with one of an earlier start', async () => {
    server = await startServer(['--host', '0.0.0.0']);
    const [address = ''] = (server.running.urls[0] ?? '').split('#');
    const bare = await Screen.open(browser, address, TRUSTING);
    const banner = bare.page.locator('.banner');
    await expect.poll(() => banner.textContent(), { timeout: 20_000 }).toMatch(/asks for its access token/);
    await bare.connection('refused');
    expect(await bare.status('Connection').textContent()).toMatch(/^No access/);
    await bare.screenshot('safety-no-token');
    expect(faultsOf(bare, REFUSED)).toEqual([]);

    const old = await Screen.open(browser, `${address}#token=${'x'.repeat(32)}`, TRUSTING);
    await expect.poll(() => old.page.locator('.banner').textContent()).toMatch(/a restart prints a new one/);
    await old.connection('refused');
    await old.screenshot('safety-old-token');
    expect(faultsOf(old, REFUSED)).toEqual([]);

    // Whoever opens the printed address in another tab of the same browser is let in here as well.
    const tab = await bare.page.context().newPage();
    await tab.goto(server.running.urls[0] ?? '');
    await bare.connection('open');
    expect(await banner.count()).toBe(0);
    await bare.close();
    await old.close();
  });
});

describe('plain http on a name of the network', () => {
  it('says that a camera needs a secure page, and the demo works', async () => {
    server = await startServer(['--allowed-hosts', NAME]);
    const printed = new URL(server.running.urls[0] ?? '');
    printed.hostname = NAME;
    const screen = await Screen.open(browser, printed.href);
    await screen.connection('open');
    expect(await screen.page.evaluate<boolean>('isSecureContext')).toBe(false);
    await screen.button('Use my camera').click();
    const start = screen.page.locator('.start[data-state=ERR_CLIENT_INSECURE]');
    await expect.poll(() => start.textContent()).toMatch(/only to secure pages.*http:\/\/localhost.*--host/);
    await screen.screenshot('safety-insecure');
    await screen.start('Try the demo');
    expect(await screen.page.locator('.stage').getAttribute('data-path')).toBe('plain');
    await screen.becomes('Sound', 'live');
    await screen.becomes('Picture', 'live');
    await screen.screenshot('safety-insecure-demo');
    expect(faultsOf(screen, UNTRUSTWORTHY)).toEqual([]);
    await screen.close();
  });
});
