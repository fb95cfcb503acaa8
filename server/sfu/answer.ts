/**
 * The SDP answer to an offer. Pure.
 *
 * ICE-lite with every candidate inline, so nothing trickles. What belongs to the transport stands in each section that is
 * taken, since not every sender looks for it in the first one alone.
 */
import type { types } from 'mediasoup';
import { type MediaDescription, write } from 'sdp-transform';

import type { Offer, OfferedSection, OfferedTrack } from './offer.ts';

/** What a transport of the worker says of itself. */
export type TransportDescription = {
  readonly iceParameters: types.IceParameters;
  readonly iceCandidates: readonly types.IceCandidate[];
  /** Addresses beside those of the candidates at which the same ports are reached, in order of likelihood. */
  readonly alsoAt: readonly string[];
  readonly dtlsParameters: types.DtlsParameters;
  /** Digits: tells this answer's session from others. */
  readonly sessionId: string;
};

const NOWHERE = { version: 4, ip: '0.0.0.0' };
const DISCARD_PORT = 9; // RFC 8829, section 5.2.1: the real ones are the candidates'

/** Takes what the offer's reading took, under the offer's own numbers; declines the other sections with port 0. */
export function writeAnswer(offer: Offer, transport: TransportDescription): string {
  const mids = offer.sections.flatMap(({ mid, track }) => (track ? [mid] : []));
  return write({
    version: 0,
    origin: {
      username: '-',
      sessionId: transport.sessionId,
      sessionVersion: 1,
      netType: 'IN',
      ipVer: 4,
      address: '127.0.0.1',
    },
    name: '-',
    timing: { start: 0, stop: 0 },
    icelite: 'ice-lite',
    ...(offer.bundled ? { groups: [{ type: 'BUNDLE', mids: mids.join(' ') }] } : {}),
    media: offer.sections.map((section) =>
      section.track ? taken(section, section.track, offer, transport) : declined(section),
    ),
  });
}

function declined({ kind, protocol, payloads, mid }: OfferedSection): MediaDescription {
  return {
    type: kind || 'application',
    port: 0,
    protocol: protocol || 'UDP/TLS/RTP/SAVPF',
    payloads: payloads || '0',
    connection: NOWHERE,
    rtp: [],
    fmtp: [],
    ...(mid === '' ? {} : { mid }),
    direction: 'inactive',
  };
}

function taken(
  section: OfferedSection,
  track: OfferedTrack,
  offer: Offer,
  transport: TransportDescription,
): MediaDescription {
  const { usernameFragment, password } = transport.iceParameters;
  const { fingerprints } = transport.dtlsParameters;
  const fingerprint = fingerprints.find(({ algorithm }) => algorithm === 'sha-256') ?? fingerprints[0];
  return {
    type: section.kind,
    port: DISCARD_PORT,
    protocol: section.protocol,
    connection: NOWHERE,
    ...formats(track),
    ext: track.extensions.map(({ uri, id }) => ({ value: id, uri })),
    ...(section.mid === '' ? {} : { mid: section.mid }),
    direction: 'recvonly',
    setup: offer.dtls.role === 'client' ? 'passive' : 'active',
    iceUfrag: usernameFragment,
    icePwd: password,
    ...(fingerprint ? { fingerprint: { type: fingerprint.algorithm, hash: fingerprint.value } } : {}),
    candidates: candidatesOf(transport),
    endOfCandidates: 'end-of-candidates',
    rtcpMux: 'rtcp-mux',
    rtcpRsize: 'rtcp-rsize',
  };
}

function formats({ coding }: OfferedTrack): Pick<MediaDescription, 'payloads' | 'rtp' | 'fmtp' | 'rtcpFb'> {
  const { codec, payloadType, rtxPayloadType, clockRateHz, parameters, feedback } = coding;
  const name = codec === 'opus' ? 'opus' : codec.toUpperCase();
  const rtp: MediaDescription['rtp'] = [
    { payload: payloadType, codec: name, rate: clockRateHz, ...(codec === 'opus' ? { encoding: 2 } : {}) },
  ];
  const fmtp: MediaDescription['fmtp'] =
    parameters === '' ? [] : [{ payload: payloadType, config: parameters }];
  if (rtxPayloadType !== null) {
    rtp.push({ payload: rtxPayloadType, codec: 'rtx', rate: clockRateHz });
    fmtp.push({ payload: rtxPayloadType, config: `apt=${payloadType}` });
  }
  return {
    payloads: rtp.map(({ payload }) => payload).join(' '),
    rtp,
    fmtp,
    rtcpFb: feedback.map(({ type, parameter }) => ({
      payload: payloadType,
      type,
      ...(parameter === undefined ? {} : { subtype: parameter }),
    })),
  };
}

type Candidates = NonNullable<MediaDescription['candidates']>;

/** The worker's own, then the same at each further address with a foundation of its own and one less of priority. */
function candidatesOf({ iceCandidates, alsoAt }: TransportDescription): Candidates {
  const own = iceCandidates.map(candidateOf);
  const further = alsoAt.flatMap((ip, n) =>
    own.map((candidate) => ({
      ...candidate,
      ip,
      foundation: `${candidate.foundation}${n + 1}`,
      priority: candidate.priority - n - 1,
    })),
  );
  return [...own, ...further];
}

const candidateOf = (candidate: types.IceCandidate): NonNullable<MediaDescription['candidates']>[number] => ({
  foundation: candidate.foundation,
  component: 1,
  transport: candidate.protocol,
  priority: candidate.priority,
  ip: candidate.address,
  port: candidate.port,
  type: candidate.type,
  ...(candidate.tcpType === undefined ? {} : { tcptype: candidate.tcpType }),
});
