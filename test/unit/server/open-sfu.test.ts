import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../server/config.ts';
import { listening } from '../../../server/open-sfu.ts';

const HOSTS = ['192.168.1.20', 'fe80::1', '10.0.0.3', 'box', 'box.local'];

function listeningWith(...args: string[]) {
  const read = readConfig(args, {});
  if (read.type !== 'config') throw new Error('expected settings');
  return listening(read.config, HOSTS);
}

describe('listening', () => {
  it('stays on loopback by default', () => {
    expect(listeningWith()).toEqual({ listenAddress: '127.0.0.1', announcedAddresses: [] });
    expect(listeningWith('--host', 'localhost')).toEqual({
      listenAddress: '127.0.0.1',
      announcedAddresses: [],
    });
  });

  it('tells senders every address of the machine where it listens on all', () => {
    expect(listeningWith('--host', '0.0.0.0')).toEqual({
      listenAddress: '0.0.0.0',
      announcedAddresses: ['192.168.1.20', '10.0.0.3', '127.0.0.1'],
    });
  });

  it('listens on one address where that is asked for', () => {
    expect(listeningWith('--host', '10.0.0.3')).toEqual({
      listenAddress: '10.0.0.3',
      announcedAddresses: [],
    });
  });

  it('tells senders the announced address alone, and listens on all for what is forwarded to it', () => {
    expect(listeningWith('--announced-address', '203.0.113.9')).toEqual({
      listenAddress: '0.0.0.0',
      announcedAddresses: ['203.0.113.9'],
    });
  });
});
