/**
 * SDP as this folder reads it: sdp-transform's result with the liberties that its types do not mention put right. It turns
 * every value that looks like a whole number into one (a `mid` too), and leaves out what a line does not match.
 */
import { type MediaDescription, parse, type SessionDescription } from 'sdp-transform';

import { LIMITS } from '../../proto/limits.ts';
import { SfuError } from '../errors.ts';

/** Media sections that an offer may have; a page with two tracks has two or three. */
const MAX_SECTIONS = 16;

/** Refuses an offer: what was seen, what was expected, what to do. */
export function refuse(hint: string, cause?: unknown): never {
  throw new SfuError('ERR_SFU_OFFER', hint, cause === undefined ? undefined : { cause });
}

/** A value of sdp-transform's as the text that stood there; '' where nothing did. */
export const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

/** A whole number within bounds, or null. */
export function wholeOf(value: unknown, min: number, max: number): number | null {
  const number = typeof value === 'number' ? value : Number.NaN;
  return Number.isInteger(number) && number >= min && number <= max ? number : null;
}

/** The parts of a line that blanks separate. */
export const wordsOf = (value: unknown): readonly string[] => textOf(value).split(' ').filter(Boolean);

/** The parameters of an `a=fmtp` line, names in lower case. */
export function parametersOf(media: MediaDescription, payloadType: number): ReadonlyMap<string, string> {
  const line = media.fmtp.find(({ payload }) => payload === payloadType);
  const entries = textOf(line?.config)
    .split(';')
    .map((part): [string, string] => {
      const [name = '', ...value] = part.trim().split('=');
      return [name.toLowerCase(), value.join('=')];
    });
  return new Map(entries.filter(([name]) => name !== ''));
}

/** @throws {SfuError} ERR_SFU_OFFER where `sdp` is too long, no SDP, or without a media section. */
export function readSdp(sdp: string): SessionDescription {
  if (sdp.length > LIMITS.sdp) {
    refuse(
      `an offer of ${sdp.length} characters: expected at most ${LIMITS.sdp}. Offer fewer codecs or tracks`,
    );
  }
  let description: SessionDescription;
  try {
    description = parse(sdp);
  } catch (error) {
    refuse('an offer that is no SDP: send the local description as the browser or encoder wrote it', error);
  }
  const { length } = description.media;
  if (description.version !== 0 || length === 0 || length > MAX_SECTIONS) {
    const seen = description.version === 0 ? `${length} media sections` : 'no v=0 line';
    refuse(
      `an offer with ${seen}: expected SDP (RFC 8866) with 1 to ${MAX_SECTIONS} media sections, one for sound or picture`,
    );
  }
  return description;
}
