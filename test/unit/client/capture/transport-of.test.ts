import { describe, expect, it } from 'vitest';
import { transportOf } from '../../../../client/capture/transport-of.ts';

type Entry = { readonly type: string; readonly id: string } & Readonly<Record<string, unknown>>;

const report = (...entries: readonly Entry[]): Pick<RTCStatsReport, 'forEach'> =>
  new Map(entries.map((entry): [string, Entry] => [entry.id, entry]));

const udp: Entry = { type: 'local-candidate', id: 'u', protocol: 'udp' };
const tcp: Entry = { type: 'local-candidate', id: 't', protocol: 'tcp' };
const pair = (id: string, localCandidateId: string, more: object = {}): Entry => ({
  type: 'candidate-pair',
  id,
  localCandidateId,
  ...more,
});

describe('transportOf', () => {
  it('reads the pair that the transport has selected (Chromium, Safari)', () => {
    const transport = (selected: string): Entry => ({
      type: 'transport',
      id: 'x',
      selectedCandidatePairId: selected,
    });
    const pairs = [udp, tcp, pair('1', 'u', { nominated: true }), pair('2', 't')];
    expect(transportOf(report(...pairs, transport('1')))).toBe('udp');
    expect(transportOf(report(...pairs, transport('2')))).toBe('tcp');
  });

  it('reads the pair that is marked, where there is no transport (Firefox)', () => {
    expect(transportOf(report(udp, tcp, pair('1', 'u'), pair('2', 't', { selected: true })))).toBe('tcp');
  });

  it('takes UDP for granted where nothing is said', () => {
    expect(transportOf(report())).toBe('udp');
  });
});
