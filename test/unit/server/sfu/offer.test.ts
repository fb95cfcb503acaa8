import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { LIMITS } from '../../../../proto/limits.ts';
import { SfuError } from '../../../../server/errors.ts';
import { readOffer, tracksOf } from '../../../../server/sfu/offer.ts';
import {
  ABS_CAPTURE,
  ALL,
  CHROMIUM,
  DIGEST_VALUE,
  FINGERPRINT,
  GSTREAMER,
  OBS,
  SIMULCAST,
  TRANSPORT_CC,
  WERIFT,
} from './offers.ts';

const track = (offer: string, modality: 'audio' | 'video') => {
  const found = tracksOf(readOffer(offer)).find((one) => one.modality === modality);
  if (!found) throw new Error(`no ${modality} was taken`);
  return found;
};

/** The message of the refusal; its code is checked. */
function refusal(offer: string): string {
  try {
    readOffer(offer);
  } catch (error) {
    expect(error).toBeInstanceOf(SfuError);
    if (error instanceof SfuError) {
      expect(error.code).toBe('ERR_SFU_OFFER');
      return error.message;
    }
  }
  throw new Error('the offer was taken');
}

describe('readOffer', () => {
  it.each([
    // offer, codec, payload type, RTX, SSRCs, sender's DTLS role
    ['CHROMIUM', 'video', 'vp8', 96, 97, { media: 286331153, rtx: 572662306 }, 'client'],
    ['CHROMIUM', 'audio', 'opus', 111, null, { media: 3735928559, rtx: null }, 'client'],
    ['OBS', 'video', 'h264', 96, null, { media: 1002, rtx: null }, 'client'],
    ['OBS', 'audio', 'opus', 111, null, { media: 1001, rtx: null }, 'client'],
    ['GSTREAMER', 'video', 'vp8', 96, null, { media: 700, rtx: null }, 'client'],
    ['GSTREAMER', 'audio', 'opus', 98, null, null, 'client'],
    ['WERIFT', 'audio', 'opus', 96, null, null, 'server'],
    ['SIMULCAST', 'video', 'vp8', 96, null, null, 'client'],
  ] as const)(
    'takes of %s the %s as %s',
    (name, modality, codec, payloadType, rtxPayloadType, ssrc, role) => {
      const { coding, ssrc: seen } = track(ALL[name], modality);
      expect(coding).toMatchObject({ codec, payloadType, rtxPayloadType });
      expect(seen).toEqual(ssrc);
      expect(readOffer(ALL[name]).dtls.role).toBe(role);
    },
  );

  it.each(Object.entries(ALL))('reads the fingerprint of %s, wherever it stands', (_, offer) => {
    expect(readOffer(offer).dtls.fingerprints).toEqual([{ algorithm: 'sha-256', value: DIGEST_VALUE }]);
  });

  it('keeps the identifiers of the header extensions that are of use', () => {
    const video = track(CHROMIUM, 'video').extensions.map(({ uri, id }) => [id, uri]);
    expect(video).toContainEqual([5, ABS_CAPTURE]);
    expect(video).toContainEqual([3, TRANSPORT_CC]);
    expect(video.map(([id]) => id)).not.toContain(13); // video-orientation
    expect(track(CHROMIUM, 'audio').extensions.map(({ id }) => id)).toEqual([4, 3, 5]);
  });

  it('asks for lost sound again although no browser offers it, and takes feedback for all payload types', () => {
    expect(track(CHROMIUM, 'audio').coding.feedback).toEqual([{ type: 'nack' }, { type: 'transport-cc' }]);
    expect(track(GSTREAMER, 'video').coding.feedback).toEqual([
      { type: 'nack', parameter: 'pli' },
      { type: 'transport-cc' },
    ]);
  });

  it('knows stereo by its parameters', () => {
    expect([track(OBS, 'audio').coding.channels, track(CHROMIUM, 'audio').coding.channels]).toEqual([2, 1]);
  });

  it('takes H264 with packetization-mode 1 alone, constrained baseline first', () => {
    const offer = CHROMIUM.replaceAll('VP8/90000', 'VP9/90000').replace(
      'a=rtpmap:98 VP9/90000',
      'a=rtpmap:98 H264/90000\r\na=fmtp:98 packetization-mode=1;profile-level-id=640c1f',
    );
    expect(track(offer, 'video').coding.payloadType).toBe(102);
    expect(
      track(offer.replace('42e01f', '42001f').replace('640c1f', '42e01f'), 'video').coding.payloadType,
    ).toBe(98);
    const single = offer.replaceAll('packetization-mode=1', 'packetization-mode=0');
    expect(refusal(single)).toContain('H264 with packetization-mode=1');
  });

  it('declines a data channel, what is received only, and a second track of a kind', () => {
    const twice =
      CHROMIUM.replace('a=group:BUNDLE 0 1 2', 'a=group:BUNDLE 0 1 2 3') +
      WERIFT.slice(WERIFT.indexOf('m=')).replace('a=mid:0', 'a=mid:3');
    expect(readOffer(twice).sections.map(({ track: taken }) => taken?.modality ?? null)).toEqual([
      'audio',
      null,
      'video',
      null,
    ]);
    const receiving = CHROMIUM.replace('a=sendonly', 'a=recvonly');
    expect(tracksOf(readOffer(receiving)).map(({ modality }) => modality)).toEqual(['video']);
  });

  it.each([
    ['nothing', '', 'no v=0 line'],
    ['text', 'hello', 'no v=0 line'],
    ['no media', 'v=0\r\ns=-\r\n', '0 media sections'],
    ['too many sections', `v=0\r\n${'m=audio 9 RTP/AVP 0\r\n'.repeat(17)}`, '17 media sections'],
    ['too much', 'v=0\r\n'.padEnd(LIMITS.sdp + 1, 'a'), `${LIMITS.sdp + 1} characters`],
    ['nothing sent', WERIFT.replace('sendonly', 'recvonly'), 'audio (recvonly)'],
    ['a stopped track', WERIFT.replace('m=audio 9', 'm=audio 0'), 'audio (sendonly)'],
    ['another sound', WERIFT.replace('opus/48000/2', 'PCMU/8000'), 'audio in PCMU: expected Opus'],
    ['another picture', OBS.replace('H264/90000', 'AV1/90000'), 'video in AV1: expected VP8'],
    ['plain RTP', WERIFT.replace('UDP/TLS/RTP/SAVPF', 'RTP/AVP'), 'RTP/AVP: expected UDP/TLS/RTP/SAVPF'],
    ['no ICE', WERIFT.replace(/a=ice-pwd.*\r\n/, ''), 'a=ice-pwd'],
    ['no fingerprint', WERIFT.replace(`${FINGERPRINT}\r\n`, ''), 'a=fingerprint'],
    ['a short fingerprint', WERIFT.replace(/(fingerprint:sha-256 ..:..).*/, '$1'), 'a=fingerprint'],
    ['a fingerprint of another digest', WERIFT.replace('sha-256', 'md5'), 'a=fingerprint'],
    ['a setup that waits', WERIFT.replace('setup:passive', 'setup:holdconn'), 'holdconn'],
    ['two transports', OBS.replace('a=group:BUNDLE 0 1', 'a=group:BUNDLE 0'), 'BUNDLE'],
    ['packets without a name', WERIFT.replace(/a=extmap.*\r\n/, ''), 'a=ssrc'],
  ])('refuses %s and says what it saw', (_, offer, seen) => {
    expect(refusal(offer)).toContain(seen);
  });

  it('throws nothing but SfuError, whatever it is given', () => {
    const lines = Object.values(ALL).flatMap((offer) => offer.split('\r\n'));
    const odd = fc.oneof(
      fc.constantFrom(...lines),
      fc.constantFrom(...lines).chain((line) => fc.nat(line.length).map((n) => line.slice(0, n))),
      fc
        .tuple(fc.constantFrom(...lines), fc.string({ maxLength: 12 }))
        .map(([line, tail]) => line.replace(/\d+|:.*/, tail)),
      fc.string({ maxLength: 40 }),
      fc.constantFrom(
        'm=',
        'm=video',
        'a=mid:__proto__',
        'a=ssrc-group:FID',
        'a=ssrc:x',
        'a=extmap:0 x',
        'a=group:BUNDLE',
        'a=fmtp:96 __proto__=1',
      ),
    );
    const offers = fc.oneof(
      fc.array(odd, { maxLength: 60 }).map((found) => ['v=0', ...found].join('\r\n')),
      fc
        .tuple(fc.constantFrom(...Object.values(ALL)), fc.array(fc.tuple(fc.nat(), odd), { maxLength: 6 }))
        .map(([offer, changes]) => {
          const changed = offer.split('\r\n');
          for (const [at, line] of changes) changed[at % changed.length] = line;
          return changed.join('\r\n');
        }),
    );
    fc.assert(
      fc.property(offers, (offer) => {
        try {
          readOffer(offer);
        } catch (error) {
          if (!(error instanceof SfuError)) throw error;
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('declines simulcast: its one stream may have any SSRC', () => {
    expect(track(SIMULCAST, 'video').extensions.map(({ id }) => id)).toEqual([1]);
  });
});
