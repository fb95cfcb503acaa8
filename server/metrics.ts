/** What /metrics says of a running server. */
import type { LinkTrack } from '../proto/messages.ts';
import type { Metric } from './http/metrics.ts';
import { openDecoders } from './ingest/open-decoders.ts';
import type { Room } from './room.ts';
import type { Session } from './session.ts';
import type { Signaling } from './signaling/signaling.ts';

type Value = Metric['values'][number];

const single = (type: Metric['type'], name: string, help: string, value: number): Metric => ({
  name,
  help,
  type,
  values: [{ value }],
});

/** One value for each session that has it. */
function perSession(
  name: string,
  help: string,
  sessions: readonly Session[],
  of: (session: Session) => number | null,
): Metric {
  const values = sessions.flatMap((session): readonly Value[] => {
    const value = of(session);
    return value === null ? [] : [{ labels: { session: session.id }, value }];
  });
  return { name, help, type: 'gauge', values };
}

/** One value for each track that arrives. */
function perTrack(
  name: string,
  help: string,
  sessions: readonly Session[],
  of: (track: LinkTrack) => number,
): Metric {
  const values = sessions.flatMap(({ id, link }) =>
    (link?.tracks ?? []).map((track): Value => {
      const labels = { session: id, modality: track.modality, codec: track.codec, link: link?.kind ?? '' };
      return { labels, value: of(track) };
    }),
  );
  return { name, help, type: 'gauge', values };
}

export function metricsOf(room: Room, signaling: Signaling | null): readonly Metric[] {
  const { sessions } = room;
  const sheds = Object.entries(room.totals()).map(([reason, value]) => ({ labels: { reason }, value }));
  return [
    single('gauge', 'sessions', 'Sessions that stream or wait to be resumed.', sessions.length),
    single('gauge', 'peers', 'Open connections.', signaling?.peerCount ?? 0),
    single('gauge', 'open_decoders', 'Native decoders in use.', openDecoders()),
    single('gauge', 'resident_memory_bytes', 'Resident memory of the gateway.', process.memoryUsage.rss()),
    single(
      'counter',
      'messages_received_total',
      'Messages from clients.',
      signaling?.counters.messagesIn ?? 0,
    ),
    single('counter', 'messages_sent_total', 'Messages to clients.', signaling?.counters.messagesOut ?? 0),
    { name: 'shed_total', help: 'What was dropped on purpose, by reason.', type: 'counter', values: sheds },
    perSession('skew_ms', 'Picture minus sound of the newest pair.', sessions, ({ skew }) => skew),
    perSession('round_trip_ms', 'To the sender and back.', sessions, ({ link }) => link?.roundTrip ?? null),
    perTrack('bitrate_bps', 'As it arrives, over the last second.', sessions, ({ bitrateBps }) => bitrateBps),
    perTrack('units_per_second', 'Pictures, or packets of sound.', sessions, (track) => track.unitsPerSecond),
    perTrack('lost_ratio', 'Share of packets that never came.', sessions, ({ lost }) => lost),
    perTrack('jitter_ms', 'Interarrival jitter (RFC 3550).', sessions, ({ jitter }) => jitter),
    perTrack(
      'decode_ms_per_second',
      'Processor time of decoding, estimated.',
      sessions,
      ({ decodeMs }) => decodeMs,
    ),
  ];
}
