/** Over what a connected peer sends. Pure. */

/** The fields of RTCStats that are read here; TypeScript's library types a report's values as `any`. */
type Entry = {
  readonly type: string;
  readonly id: string;
  readonly selected?: boolean;
  readonly nominated?: boolean;
  readonly state?: string;
  readonly selectedCandidatePairId?: string;
  readonly localCandidateId?: string;
  readonly protocol?: string;
};

/** From `getStats()`: UDP unless the pair of addresses in use says TCP. */
export function transportOf(report: Pick<RTCStatsReport, 'forEach'>): 'udp' | 'tcp' {
  const entries: Entry[] = [];
  report.forEach((entry: Entry) => {
    entries.push(entry);
  });
  const chosen = entries.find(({ type }) => type === 'transport')?.selectedCandidatePairId;
  const pair =
    entries.find(({ id }) => id === chosen) ??
    entries.find((entry) => entry.type === 'candidate-pair' && (entry.selected || entry.nominated)); // Firefox has no transport
  const local = entries.find(({ id }) => id === pair?.localCandidateId);
  return local?.protocol === 'tcp' ? 'tcp' : 'udp';
}
