/**
 * Who may be asked, and by whom: the Host and Origin of every request and upgrade.
 *
 * Any website can make a browser send requests to this machine. Its own name in Host (DNS rebinding) or in Origin gives it
 * away, because a page cannot set either.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { hostname, networkInterfaces } from 'node:os';
import { type Config, isLoopback } from '../config.ts';
import type { Refusal } from '../signaling/signaling.ts';

const FOREIGN_HOST: Refusal = {
  status: 421,
  reason:
    'this Host is not served here: open the address printed at start, or add the name with --allowed-hosts',
};
const FOREIGN_ORIGIN: Refusal = {
  status: 403,
  reason: 'this Origin may not use this server: open its own page',
};
const ANY_ADDRESS: readonly string[] = ['0.0.0.0', '::'];

/** This machine's addresses and names, without loopback, in lower case; IPv6 without zone. */
export function machineHosts(): readonly string[] {
  const found = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const addresses = found
    .filter(({ internal }) => !internal)
    .map(({ address }) => address.split('%', 1)[0] ?? '');
  const name = hostname().toLowerCase();
  return [...addresses, name, `${name}.local`].filter((host) => host !== '' && host !== '.local');
}

/** Whom requests may be addressed to beside loopback: `own` addresses and names, and those of a proxy in front. */
export type Hosts = { readonly own: ReadonlySet<string>; readonly proxy: ReadonlySet<string> };

/** The hosts that a server with this configuration answers for. */
export function servedHosts({ host, allowedHosts }: Pick<Config, 'host' | 'allowedHosts'>): Hosts {
  const own = ANY_ADDRESS.includes(host) ? machineHosts() : [host.toLowerCase()];
  return { own: new Set(own), proxy: new Set(allowedHosts) };
}

/** Host name and port of a Host header, brackets of IPv6 removed; null where it is none. */
export function parseHost(
  header: string | undefined,
): { readonly name: string; readonly port: string } | null {
  const found = /^(?:\[([\da-f:.]+)\]|([^:[\]/@?#\s]+))(?::(\d{1,5}))?$/i.exec(header ?? '');
  const name = found?.[1] ?? found?.[2];
  return name === undefined ? null : { name: name.toLowerCase(), port: found?.[3] ?? '' };
}

/**
 * Checks that a request is addressed to this server and comes from its own page, or from no page at all.
 * @returns null, or why it is refused: 421 for a foreign Host, 403 for a foreign Origin.
 */
export function checkOrigin(headers: IncomingHttpHeaders, hosts: Hosts): Refusal | null {
  const host = parseHost(headers.host);
  const served =
    host !== null && (isLoopback(host.name) || hosts.own.has(host.name) || hosts.proxy.has(host.name));
  if (!served) return FOREIGN_HOST;
  const { origin } = headers;
  if (origin === undefined) return null; // no page: a program, or a page's own GET
  const from = /^https?:\/\/([^/]+)$/i.exec(origin)?.[1]?.toLowerCase();
  if (from === undefined) return FOREIGN_ORIGIN; // "null", a file, an extension
  if (from === headers.host?.toLowerCase()) return null;
  // A proxy may have put another Host in the place of the one that the browser saw. Only its names are taken without
  // their port: on our own addresses another port is another program.
  return hosts.proxy.has(parseHost(from)?.name ?? '') ? null : FOREIGN_ORIGIN;
}
