/**
 * An SDP offer, read: which of its sections are taken, with what coding, and what the worker must know of them.
 *
 * Pure. Sources: RFC 8829 (JSEP), RFC 9725 (WHIP), RFC 8842 and 8122 (DTLS), RFC 8843 (BUNDLE).
 */
import type { types } from 'mediasoup';
import type { MediaDescription, SessionDescription } from 'sdp-transform';

import type { Modality } from '../../proto/messages.ts';
import { type Coding, chooseCoding } from './codings.ts';
import { readSdp, refuse, textOf, wholeOf, wordsOf } from './sdp-text.ts';

/** A section that is taken. */
export type OfferedTrack = {
  readonly modality: Modality;
  readonly coding: Coding;
  /** Empty where the section names none; then it has an `ssrc`. */
  readonly mid: string;
  /** The identifiers of the offer, for producer and answer alike. */
  readonly extensions: readonly types.RtpHeaderExtensionParameters[];
  /** What the offer announces; null where the packets' mid must tell. */
  readonly ssrc: { readonly media: number; readonly rtx: number | null } | null;
};

/** One media section of the offer, in its order. `track` is null where it is not taken. */
export type OfferedSection = {
  readonly kind: string;
  readonly protocol: string;
  readonly payloads: string;
  readonly mid: string;
  readonly track: OfferedTrack | null;
};

export type Offer = {
  readonly sections: readonly OfferedSection[];
  /** Sections go over one transport by name, so the answer must name them too. */
  readonly bundled: boolean;
  /** The sender's. */
  readonly dtls: { readonly role: 'client' | 'server'; readonly fingerprints: types.DtlsFingerprint[] };
};

/**
 * What packets may carry here. Left out on purpose: video-orientation, since a sender that may not announce a turned picture
 * turns it itself; and the stream ids of simulcast, since one layer is taken.
 */
const EXTENSIONS: readonly types.RtpHeaderExtensionUri[] = [
  'urn:ietf:params:rtp-hdrext:sdes:mid',
  'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
  'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
  'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time',
];

/** Octets of each digest that may sign a certificate. */
const DIGESTS: ReadonlyMap<string, readonly [types.FingerprintAlgorithm, number]> = new Map([
  ['sha-1', ['sha-1', 20]],
  ['sha-224', ['sha-224', 28]],
  ['sha-256', ['sha-256', 32]],
  ['sha-384', ['sha-384', 48]],
  ['sha-512', ['sha-512', 64]],
]);
const MAX_SSRC = 0xffff_ffff;

/**
 * Reads an offer that sends at most one track of sound and one of picture. Further sections, and those that send nothing, are
 * declined in the answer; sound or picture that is sent and cannot be taken refuses the whole offer, so that nobody is left to
 * wonder where it went.
 *
 * @throws {SfuError} ERR_SFU_OFFER
 */
export function readOffer(sdp: string): Offer {
  const description = readSdp(sdp);
  const taken = new Map<Modality, OfferedTrack>();
  const sections = description.media.map((media): OfferedSection => {
    const modality = modalityOf(media);
    const wanted = modality !== null && !taken.has(modality) && sends(description, media);
    const track = wanted ? readTrack(media, modality) : null;
    if (track) taken.set(track.modality, track);
    return {
      kind: textOf(media.type),
      protocol: textOf(media.protocol),
      payloads: textOf(media.payloads),
      mid: textOf(media.mid),
      track,
    };
  });
  if (taken.size === 0) {
    const seen = description.media.map(
      (media) => `${textOf(media.type) || '?'} (${directionOf(description, media)})`,
    );
    refuse(
      `an offer of ${seen.join(', ')}: expected sound or picture that is sent. Add a track, sendonly or sendrecv`,
    );
  }
  const used = description.media.filter((_, n) => sections[n]?.track);
  return { sections, bundled: readBundle(description, used), dtls: readDtls(description, used) };
}

/** The tracks of an offer, in its order. */
export const tracksOf = ({ sections }: Offer): readonly OfferedTrack[] =>
  sections.flatMap(({ track }) => (track ? [track] : []));

const modalityOf = ({ type }: MediaDescription): Modality | null =>
  type === 'audio' || type === 'video' ? type : null;

const directionOf = (session: SessionDescription, media: MediaDescription): string =>
  media.direction ?? session.direction ?? 'sendrecv';

function sends(session: SessionDescription, media: MediaDescription): boolean {
  const stopped = media.port === 0 && media.bundleOnly === undefined;
  return !stopped && directionOf(session, media).startsWith('send');
}

function readTrack(media: MediaDescription, modality: Modality): OfferedTrack {
  const protocol = textOf(media.protocol);
  if (!/(^|\/)RTP\/SAVPF$/.test(protocol)) {
    refuse(
      `${modality} over ${protocol || 'nothing'}: expected UDP/TLS/RTP/SAVPF. Send over WebRTC, not plain RTP`,
    );
  }
  const coding = chooseCoding(media, modality);
  const extensions = readExtensions(media);
  const ssrc = readSsrc(media, coding.rtxPayloadType !== null);
  const mid = textOf(media.mid);
  const named = mid !== '' && extensions.some(({ uri }) => uri === EXTENSIONS[0]);
  if (!named && ssrc === null) {
    refuse(
      `${modality} with neither a=ssrc nor a=mid with its header extension: packets could not be told apart. Add one`,
    );
  }
  return { modality, coding, mid, extensions, ssrc };
}

function readExtensions(media: MediaDescription): readonly types.RtpHeaderExtensionParameters[] {
  const found = EXTENSIONS.flatMap((uri) => {
    const line = media.ext?.find((ext) => ext.uri === uri && ext['encrypt-uri'] === undefined);
    const id = wholeOf(line?.value, 1, 255);
    return id === null || id === 15 ? [] : [{ uri, id }]; // 15 ends a one-byte block (RFC 8285, section 4.2)
  });
  return found.filter(({ id }, n) => found.findIndex((other) => other.id === id) === n);
}

/** Of several streams (simulcast by SSRC) the first. */
function readSsrc(media: MediaDescription, repaired: boolean): OfferedTrack['ssrc'] {
  if (media.rids?.length) return null; // simulcast by name: the answer declines it, the one stream left may have any SSRC
  const pairs = (media.ssrcGroups ?? [])
    .filter(({ semantics }) => semantics === 'FID')
    .map(({ ssrcs }) => wordsOf(ssrcs).map((word) => wholeOf(Number(word), 1, MAX_SSRC)));
  const [first] = pairs;
  const fromLine =
    (media.ssrcs ?? []).map(({ id }) => wholeOf(id, 1, MAX_SSRC)).find((id) => id !== null) ?? null;
  const primary = first?.[0] ?? fromLine;
  if (primary === null) return null;
  const rtx = pairs.find((pair) => pair[0] === primary)?.[1] ?? null;
  return { media: primary, rtx: repaired && rtx !== primary ? rtx : null };
}

/** True where the sections that are taken share a BUNDLE group; one alone needs none. */
function readBundle(session: SessionDescription, used: readonly MediaDescription[]): boolean {
  const groups = (session.groups ?? [])
    .filter(({ type }) => type === 'BUNDLE')
    .map(({ mids }) => wordsOf(mids));
  const mids = used.map(({ mid }) => textOf(mid));
  if (groups.some((group) => mids.every((mid) => mid !== '' && group.includes(mid)))) return true;
  if (used.length > 1) {
    refuse(
      'sound and picture outside of one BUNDLE group: expected both over one transport. Set the bundle policy to max-bundle',
    );
  }
  return false;
}

/** Attributes of the transport may stand in the session or in any section (OBS and GStreamer differ). */
function readDtls(session: SessionDescription, used: readonly MediaDescription[]): Offer['dtls'] {
  const scopes = [...used, session];
  if (!scopes.some(({ iceUfrag, icePwd }) => textOf(iceUfrag) !== '' && textOf(icePwd) !== '')) {
    refuse(
      'an offer without a=ice-ufrag and a=ice-pwd: expected ICE. Send the local description of a WebRTC connection',
    );
  }
  const fingerprint = scopes.map((scope) => scope.fingerprint).find((found) => found !== undefined);
  const digest = DIGESTS.get(textOf(fingerprint?.type).toLowerCase());
  const value = textOf(fingerprint?.hash).toUpperCase();
  if (!digest || !/^[0-9A-F]{2}(:[0-9A-F]{2})*$/.test(value) || value.length !== 3 * digest[1] - 1) {
    refuse(
      'an offer without a usable a=fingerprint: expected sha-256 of the DTLS certificate. Send over DTLS-SRTP',
    );
  }
  const setup = textOf(scopes.map((scope) => scope.setup).find((found) => found !== undefined));
  if (!['actpass', 'active', 'passive', ''].includes(setup)) {
    refuse(`an offer with a=setup:${setup}: expected actpass, active or passive`);
  }
  // Unless the sender insists on waiting, it begins the handshake: one round trip less, and it is the one behind a NAT.
  const role = setup === 'passive' ? 'server' : 'client';
  return { role, fingerprints: [{ algorithm: digest[0], value }] };
}
