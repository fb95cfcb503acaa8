import { describe, expect, it } from 'vitest';
import {
  addressesOf,
  preferredCodecs,
  withOpusNack,
  withStartBitrate,
} from '../../../../client/capture/rtc-offer.ts';

const sdp = (...lines: readonly string[]): string => `${lines.join('\r\n')}\r\n`;

const SESSION = ['v=0', 'o=- 1 2 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=group:BUNDLE 0 1'];
const SOUND = [
  'm=audio 9 UDP/TLS/RTP/SAVPF 111 63 9',
  'a=mid:0',
  'a=rtpmap:111 opus/48000/2',
  'a=rtcp-fb:111 transport-cc',
  'a=fmtp:111 minptime=10;useinbandfec=1',
  'a=rtpmap:63 red/48000/2',
  'a=rtpmap:9 G722/8000',
];
const PICTURE = [
  'm=video 9 UDP/TLS/RTP/SAVPF 96 97 103',
  'a=mid:1',
  'a=rtpmap:96 VP8/90000',
  'a=rtcp-fb:96 nack',
  'a=rtpmap:97 rtx/90000',
  'a=fmtp:97 apt=96',
  'a=rtpmap:103 H264/90000',
  'a=fmtp:103 packetization-mode=1',
];

describe('withOpusNack', () => {
  it('asks for retransmission of Opus and of nothing else', () => {
    const before = sdp(...SESSION, ...SOUND, ...PICTURE);
    const after = withOpusNack(before).split('\r\n');
    const added = after.filter((line) => !before.split('\r\n').includes(line));
    expect(added).toEqual(['a=rtcp-fb:111 nack']);
    expect(after.indexOf('a=rtcp-fb:111 nack')).toBe(after.indexOf('a=rtpmap:111 opus/48000/2') + 1);
  });

  it.each([
    ['upper case, as OBS writes it', ['m=audio 9 UDP/TLS/RTP/SAVPF 100', 'a=rtpmap:100 OPUS/48000/2'], 1],
    ['two Opus payload types', ['m=audio 9 X 1 2', 'a=rtpmap:1 opus/48000/2', 'a=rtpmap:2 opus/48000'], 2],
    ['already asked for', ['m=audio 9 X 1', 'a=rtpmap:1 opus/48000/2', 'a=rtcp-fb:1 nack'], 1],
    ['no Opus', ['m=audio 9 X 0', 'a=rtpmap:0 PCMU/8000'], 0],
    ['video alone', PICTURE, 1], // its own, of VP8
  ])('%s', (_, lines, count) => {
    const after = withOpusNack(sdp(...SESSION, ...lines));
    expect(after.match(/^a=rtcp-fb:\d+ nack\r$/gm)?.length ?? 0).toBe(count);
  });

  it('changes nothing the second time', () => {
    const once = withOpusNack(sdp(...SESSION, ...SOUND));
    expect(withOpusNack(once)).toBe(once);
  });

  it('takes lines that end in LF alone', () => {
    expect(withOpusNack([...SESSION, ...SOUND].join('\n'))).toBe(withOpusNack(sdp(...SESSION, ...SOUND)));
  });
});

describe('withStartBitrate', () => {
  it('gives VP8 a format line where it has none', () => {
    const after = withStartBitrate(sdp(...SESSION, ...PICTURE), 600);
    expect(after).toContain('a=rtpmap:96 VP8/90000\r\na=fmtp:96 x-google-start-bitrate=600\r\n');
  });

  it('adds to a format line that is there', () => {
    const line = 'a=fmtp:96 max-fr=15';
    expect(withStartBitrate(sdp(...PICTURE, line), 600)).toContain(`${line};x-google-start-bitrate=600\r\n`);
  });

  it("leaves the server's own figure", () => {
    const line = 'a=fmtp:96 x-google-start-bitrate=900';
    expect(withStartBitrate(sdp(...PICTURE, line), 600)).toBe(sdp(...PICTURE, line));
  });

  it('leaves H264 and retransmission alone', () => {
    const after = withStartBitrate(sdp(...SESSION, ...PICTURE), 600);
    expect(after).toContain('a=fmtp:103 packetization-mode=1\r\n');
    expect(after).toContain('a=fmtp:97 apt=96\r\n');
  });
});

describe('addressesOf', () => {
  it('finds each address once, although both sections have it', () => {
    const candidates = [
      'a=candidate:udp 1 udp 1078 192.168.1.7 44444 typ host',
      'a=candidate:tcp 1 TCP 1054 192.168.1.7 44445 typ host tcptype passive',
      'a=end-of-candidates',
    ];
    expect(addressesOf(sdp(...SESSION, ...SOUND, ...candidates, ...PICTURE, ...candidates))).toEqual([
      { protocol: 'udp', address: '192.168.1.7', port: 44444 },
      { protocol: 'tcp', address: '192.168.1.7', port: 44445 },
    ]);
  });

  it('finds none where there is none', () => {
    expect(addressesOf(sdp(...SESSION))).toEqual([]);
    expect(addressesOf('')).toEqual([]);
  });
});

describe('preferredCodecs', () => {
  it('puts VP8 first and leaves out what the server does not take', () => {
    const named = (...names: readonly string[]) => names.map((name) => ({ mimeType: `video/${name}` }));
    const offered = named('AV1', 'H264', 'rtx', 'VP9', 'VP8', 'H264', 'red', 'ulpfec');
    expect(preferredCodecs(offered)).toEqual(named('VP8', 'H264', 'H264', 'rtx'));
  });

  it('has no wish where the browser has none of them', () => {
    expect(preferredCodecs([{ mimeType: 'video/VP9' }])).toEqual([]);
  });
});
