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
  sessionId: '17',
} as const;

const transport = () => ({
  ...TRANSPORT,
  iceCandidates: [...TRANSPORT.iceCandidates],
  dtlsParameters: { fingerprints: [...TRANSPORT.dtlsParameters.fingerprints] },
});
const answer = (offer: string): string => writeAnswer(readOffer(offer), transport());
const sections = (offer: string): readonly string[] => answer(offer).split('\r\nm=').slice(1);

describe('writeAnswer', () => {
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

  it('makes no group where none was offered, and takes no simulcast', () => {
    expect(answer(WERIFT)).not.toContain('a=group');
    expect(answer(SIMULCAST)).not.toMatch(/a=(rid|simulcast)/);
    expect(answer(GSTREAMER)).toContain('a=group:BUNDLE video0 audio1\r\n');
  });

  it.each(Object.entries(ALL))('is SDP with as many sections as %s', (_, offer) => {
    expect(parse(answer(offer)).media.length).toBe(parse(offer).media.length);
  });
});
