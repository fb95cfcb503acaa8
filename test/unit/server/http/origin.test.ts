import { describe, expect, it } from 'vitest';
import { checkOrigin, machineHosts, parseHost, servedHosts } from '../../../../server/http/origin.ts';

const loopback = servedHosts({ host: '127.0.0.1', allowedHosts: [] });
const lan = servedHosts({ host: '192.168.1.5', allowedHosts: [] });
const proxied = servedHosts({ host: '127.0.0.1', allowedHosts: ['cp.example.org'] });

const status = (hosts: typeof lan, host: string | undefined, origin?: string): number =>
  checkOrigin({ ...(host === undefined ? {} : { host }), ...(origin === undefined ? {} : { origin }) }, hosts)
    ?.status ?? 200;

describe('checkOrigin', () => {
  it.each([
    ['localhost:7600', undefined, 200],
    ['LocalHost:7600', undefined, 200],
    ['127.0.0.1:7600', 'http://127.0.0.1:7600', 200],
    ['[::1]:7600', 'http://[::1]:7600', 200],
    ['localhost', 'https://localhost', 200],
    // DNS rebinding: the attacker's name resolves to loopback
    ['evil.example:7600', undefined, 421],
    ['evil.example:7600', 'http://evil.example:7600', 421],
    ['127.0.0.1.evil.example', undefined, 421],
    ['localhost.', undefined, 421],
    ['', undefined, 421],
    [undefined, undefined, 421],
    ['localhost:7600@evil.example', undefined, 421],
    ['localhost/evil', undefined, 421],
    // another page opens a socket to loopback
    ['localhost:7600', 'https://evil.example', 403],
    ['localhost:7600', 'http://localhost:3000', 403],
    ['localhost:7600', 'http://127.0.0.1:7600', 403],
    ['localhost:7600', 'http://localhost:7600.evil.example', 403],
    ['localhost:7600', 'null', 403],
    ['localhost:7600', 'file://', 403],
    ['localhost:7600', '', 403],
    ['localhost:7600', 'chrome-extension://localhost:7600', 403],
    ['localhost:7600', 'http://localhost:7600/path', 403],
  ])('on loopback, Host %j with Origin %j: %d', (host, origin, expected) => {
    expect(status(loopback, host, origin)).toBe(expected);
  });

  it.each([
    ['192.168.1.5:7600', 'https://192.168.1.5:7600', 200],
    ['192.168.1.5:7600', 'https://192.168.1.5:8080', 403], // another program of the same machine
    ['192.168.1.6:7600', undefined, 421],
  ])('on an address, Host %j with Origin %j: %d', (host, origin, expected) => {
    expect(status(lan, host, origin)).toBe(expected);
  });

  it.each([
    ['cp.example.org', 'https://cp.example.org', 200],
    ['127.0.0.1:7600', 'https://cp.example.org', 200], // a proxy that rewrites Host
    ['127.0.0.1:7600', 'https://evil.example.org', 403],
    ['evil.example.org', 'https://cp.example.org', 421],
  ])('behind a proxy, Host %j with Origin %j: %d', (host, origin, expected) => {
    expect(status(proxied, host, origin)).toBe(expected);
  });
});

describe('servedHosts', () => {
  it('stands for all of this machine where it listens on every address', () => {
    expect([...servedHosts({ host: '0.0.0.0', allowedHosts: [] }).own]).toEqual([...new Set(machineHosts())]);
  });
});

describe('parseHost', () => {
  it.each([
    ['a.b:80', { name: 'a.b', port: '80' }],
    ['[fe80::1]:7600', { name: 'fe80::1', port: '7600' }],
    ['A', { name: 'a', port: '' }],
    ['fe80::1', null],
    ['a:b', null],
    [undefined, null],
  ])('reads %j as %j', (header, expected) => {
    expect(parseHost(header)).toEqual(expected);
  });
});
