/**
 * What is changed in an offer and read from an answer, as text: SDP is lines, and a section begins at each `m=` (RFC 8866). Pure.
 */

/** Its first 8 bytes are the capture instant by the sender's wall clock (media.md, G4). */
export const ABS_CAPTURE_TIME = 'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time';

/** An address of the server that an answer offers. */
export type RtcAddress = {
  readonly protocol: 'udp' | 'tcp';
  readonly address: string;
  readonly port: number;
};

type Codec = { readonly mimeType: string };

const EOL = '\r\n';

/** The lines of each section: first the session's own, then one per `m=`. */
function sections(sdp: string): string[][] {
  const lines = sdp.split(/\r?\n/).filter((line) => line !== '');
  return lines.reduce<string[][]>((all, line) => {
    const open = all.at(-1);
    if (open === undefined || line.startsWith('m=')) all.push([line]);
    else open.push(line);
    return all;
  }, []);
}

const joined = (all: readonly (readonly string[])[]): string => `${all.flat().join(EOL)}${EOL}`;

/** Payload types of a codec in a section, by its name in `a=rtpmap`. */
function payloadTypes(section: readonly string[], codec: string): readonly string[] {
  return section.flatMap((line) => {
    const [, type = '', name = ''] = /^a=rtpmap:(\d+) ([^/]+)\//.exec(line) ?? [];
    return name.toLowerCase() === codec ? [type] : [];
  });
}

/** Puts `line` behind the `a=rtpmap` of a payload type, unless it is there already. */
function withLine(section: readonly string[], type: string, line: string): string[] {
  if (section.includes(line)) return [...section];
  return section.flatMap((other) => (other.startsWith(`a=rtpmap:${type} `) ? [other, line] : [other]));
}

/** The offer with retransmission of Opus packets: browsers ask for none, and 5 % loss is then 5 % of the sound (media.md, G6 ff). */
export function withOpusNack(sdp: string): string {
  return joined(
    sections(sdp).map((section) =>
      payloadTypes(section, 'opus').reduce(
        (lines, type) => withLine(lines, type, `a=rtcp-fb:${type} nack`),
        section,
      ),
    ),
  );
}

/** The answer with a first bitrate for VP8: from Chromium's own 300 kbit/s a camera begins small and blurred (media.md, G6). */
export function withStartBitrate(sdp: string, kilobits: number): string {
  const hint = `x-google-start-bitrate=${kilobits}`;
  const set = (section: string[], type: string): string[] => {
    const format = `a=fmtp:${type} `;
    const known = section.find((line) => line.startsWith(format));
    if (known === undefined) return withLine(section, type, format + hint);
    if (known.includes('x-google-start-bitrate')) return section;
    return section.map((line) => (line === known ? `${line};${hint}` : line));
  };
  return joined(sections(sdp).map((section) => payloadTypes(section, 'vp8').reduce(set, section)));
}

/** Where an answer says that the server can be reached, each address once. */
export function addressesOf(sdp: string): readonly RtcAddress[] {
  const found = new Map<string, RtcAddress>();
  for (const line of sections(sdp).flat()) {
    const [, transport = '', address = '', port = ''] =
      /^a=candidate:\S+ \d+ (\w+) \d+ (\S+) (\d+) /.exec(line) ?? [];
    const protocol = transport.toLowerCase();
    if (protocol === 'udp' || protocol === 'tcp')
      found.set(`${protocol} ${address} ${port}`, { protocol, address, port: Number(port) });
  }
  return [...found.values()];
}

/** VP8 first, because the server decodes it without delay (media.md, G7), then H264; nothing that it would not take. */
export function preferredCodecs<Known extends Codec>(codecs: readonly Known[]): Known[] {
  const named = (name: string): Known[] =>
    codecs.filter(({ mimeType }) => mimeType.toLowerCase() === `video/${name}`);
  return [...named('vp8'), ...named('h264'), ...named('rtx')];
}
