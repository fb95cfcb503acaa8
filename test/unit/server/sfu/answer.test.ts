import { parse } from 'sdp-transform';
import { describe, expect, it } from 'vitest';

import { writeAnswer } from '../../../../server/sfu/answer.ts';
import { readOffer } from '../../../../server/sfu/offer.ts';
import { ALL, CHROMIUM, GSTREAMER, OBS, SIMULCAST, WERIFT } from './offers.ts';

const CANDIDATE = {
  foundation: 'udpcandidate',
  ip: '203.0.113.9',
  address: '203.0.113.9',
  port: 40_000,
  type: 'host',
} as const;
const TRANSPORT = {
  iceParameters: { usernameFragment: 'server', password: 'secret', iceLite: true },
  iceCandidates: [
    { ...CANDIDATE, priority: 1_076_302_079, protocol: 'udp' },
    {
      ...CANDIDATE,
      foundation: 'tcpcandidate',
      priority: 1_076_276_479,
      protocol: 'tcp',
      tcpType: 'passive',
    },
  ],
  dtlsParameters: {
    fingerprints: [
      { algorithm: 'sha-1', value: 'AA' },
      { algorithm: 'sha-256', value: 'BB:CC' },
    ],
  },
  alsoAt: [],
  sessionId: '17',
} as const;

const transport = (alsoAt: readonly string[] = []) => ({
  ...TRANSPORT,
  alsoAt,
  iceCandidates: [...TRANSPORT.iceCandidates],
  dtlsParameters: { fingerprints: [...TRANSPORT.dtlsParameters.fingerprints] },
});
const answer = (offer: string, alsoAt: readonly string[] = []): string =>
  writeAnswer(readOffer(offer), { ...transport(), alsoAt });
const sections = (offer: string): readonly string[] => answer(offer).split('\r\nm=').slice(1);

describe('writeAnswer', () => {
  it('gives the same ports at every further address, each less likely than the one before', () => {
    const sdp = writeAnswer(readOffer(CHROMIUM), transport(['192.0.2.7', '127.0.0.1']));
    const lines = sdp.split('\r\n').filter((line) => line.startsWith('a=candidate:'));
    expect(lines.slice(0, 6)).toEqual([
      'a=candidate:udpcandidate 1 udp 1076302079 203.0.113.9 40000 typ host',
      'a=candidate:tcpcandidate 1 tcp 1076276479 203.0.113.9 40000 typ host tcptype passive',
      'a=candidate:udpcandidate1 1 udp 1076302078 192.0.2.7 40000 typ host',
      'a=candidate:tcpcandidate1 1 tcp 1076276478 192.0.2.7 40000 typ host tcptype passive',
      'a=candidate:udpcandidate2 1 udp 1076302077 127.0.0.1 40000 typ host',
      'a=candidate:tcpcandidate2 1 tcp 1076276477 127.0.0.1 40000 typ host tcptype passive',
    ]);
  });

  it('answers each section in its place, and what it does not take with port 0', () => {
    const [audio = '', data = '', video = ''] = sections(CHROMIUM);
    expect(audio).toMatch(/^audio 9 UDP\/TLS\/RTP\/SAVPF 111\r\n/);
    expect(data).toMatch(/^application 0 UDP\/DTLS\/SCTP webrtc-datachannel\r\n/);
    expect(video).toMatch(/^video 9 UDP\/TLS\/RTP\/SAVPF 96 97\r\n/);
    expect(answer(CHROMIUM)).toContain('a=group:BUNDLE 0 2\r\n');
  });

  it("keeps the offer's payload types and extension ids", () => {
    const [audio = '', , video = ''] = sections(CHROMIUM);
    for (const line of [
      'a=rtpmap:111 opus/48000/2',
      'a=rtcp-fb:111 nack',
      'a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time',
      'a=mid:0',
    ])
      expect(audio).toContain(`${line}\r\n`);
    for (const line of [
      'a=rtpmap:96 VP8/90000',
      'a=rtpmap:97 rtx/90000',
      'a=fmtp:97 apt=96',
      'a=rtcp-fb:96 nack pli',
      'a=rtcp-fb:96 ccm fir',
      'a=rtcp-fb:96 transport-cc',
      'a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time',
      'a=mid:2',
    ])
      expect(video).toContain(`${line}\r\n`);
    expect(video).not.toContain('a=extmap:13');
  });

  it("repeats H264's parameters, of which the sender chooses its profile", () => {
    expect(sections(OBS)[1]).toContain(
      'a=fmtp:96 profile-level-id=42E01F;packetization-mode=1;level-asymmetry-allowed=1\r\n',
    );
  });

  it.each([
    ['CHROMIUM', 'passive'],
    ['OBS', 'passive'],
    ['GSTREAMER', 'passive'],
    ['WERIFT', 'active'],
  ] as const)('answers the setup of %s with %s', (name, setup) => {
    for (const section of sections(ALL[name]).filter((one) => !/^\w+ 0 /.test(one)))
      expect(section).toContain(`a=setup:${setup}\r\n`);
  });

  it('is ICE-lite, receives only, and brings every candidate', () => {
    expect(answer(WERIFT)).toContain('a=ice-lite\r\n');
    const [audio = ''] = sections(WERIFT);
    for (const line of [
      'a=recvonly',
      'a=ice-ufrag:server',
      'a=ice-pwd:secret',
      'a=fingerprint:sha-256 BB:CC',
      'a=candidate:udpcandidate 1 udp 1076302079 203.0.113.9 40000 typ host',
      'a=candidate:tcpcandidate 1 tcp 1076276479 203.0.113.9 40000 typ host tcptype passive',
      'a=end-of-candidates',
      'a=rtcp-mux',
    ])
      expect(audio).toContain(`${line}\r\n`);
  });

  it('names further addresses behind the own ones, each with a foundation and a priority of its own', () => {
    const candidates = (parse(answer(WERIFT, ['198.51.100.4', '127.0.0.1'])).media[0]?.candidates ?? []).map(
      ({ foundation, ip, port, priority, transport: protocol }) => ({
        foundation,
        ip,
        port,
        priority,
        protocol,
      }),
    );
    expect(candidates.map(({ ip, protocol }) => `${protocol} ${ip}`)).toEqual([
      'udp 203.0.113.9',
      'tcp 203.0.113.9',
      'udp 198.51.100.4',
      'tcp 198.51.100.4',
      'udp 127.0.0.1',
      'tcp 127.0.0.1',
    ]);
    expect(candidates.every(({ port }) => port === 40_000)).toBe(true);
    expect(new Set(candidates.map(({ foundation }) => foundation)).size).toBe(6);
    const udp = candidates.filter(({ protocol }) => protocol === 'udp').map(({ priority }) => priority);
    expect(udp).toEqual([1_076_302_079, 1_076_302_078, 1_076_302_077]);
  });

  it('makes no group where none was offered, and takes no simulcast', () => {
    expect(answer(WERIFT)).not.toContain('a=group');
    expect(answer(SIMULCAST)).not.toMatch(/a=(rid|simulcast)/);
    expect(answer(GSTREAMER)).toContain('a=group:BUNDLE video0 audio1\r\n');
  });

  it.each(Object.entries(ALL))('is SDP with as many sections as %s', (_, offer) => {
    expect(parse(answer(offer)).media.length).toBe(parse(offer).media.length);
  });
});
