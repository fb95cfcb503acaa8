/** The way that sound and picture take, in words, and what the server counts of each track. Pure. */
import { unreachable } from '../../proto/errors.ts';
import type { Link, LinkKind, LinkTrack } from '../../proto/messages.ts';
import type { CapturePath } from '../capture/paths.ts';
import type { RtcAddress } from '../capture/rtc-offer.ts';
import { CONNECT_MS, type LinkState } from './link.ts';

export type LinkView = {
  /** `none` while nothing is sent; `poor` works, and there is something better. */
  readonly state: 'none' | 'trying' | 'good' | 'poor';
  /** Two or three words for a badge. */
  readonly badge: string;
  readonly statement: string;
  /** Why it is the WebSocket; empty where it is not. */
  readonly why: string;
  /** What the person can do about it; empty where nothing is wrong. */
  readonly remedy: string;
  /** A command to run on the server's machine instead; may be empty. */
  readonly command: string;
  /** Trying WebRTC again may help. */
  readonly canRetry: boolean;
};

/** "UDP port 44444 of 192.168.1.7", or in general where the server never said. */
function placeOf(addresses: readonly RtcAddress[], protocol: 'udp' | 'tcp' | null): string {
  const known = addresses.find((one) => protocol === null || one.protocol === protocol);
  const name = protocol === null ? 'UDP or TCP' : protocol.toUpperCase();
  return known ? `${name} port ${known.port} of ${known.address}` : `the server's ${name} port for media`;
}

const PLAIN = { why: '', remedy: '', command: '', canRetry: false } as const;

type FallenBack = Pick<LinkView, 'why'> & Partial<LinkView>;

function fallenBack(link: LinkState, addresses: readonly RtcAddress[]): FallenBack {
  const detail = link.detail === '' ? '' : `: ${link.detail}`;
  switch (link.reason) {
    case 'wished':
    case null:
      return {
        why: 'the address of this page asks for it',
        remedy: 'Open the page without “?path=” to use WebRTC.',
      };
    case 'browser':
      return {
        why: 'this browser has no WebRTC',
        remedy: 'Use a current Chrome, Edge, Firefox or Safari.',
      };
    case 'server':
      return { why: `the server has no WebRTC${detail}`, command: link.remedy };
    case 'late':
      return {
        why: `WebRTC did not connect within ${CONNECT_MS / 1000} s`,
        remedy: `Let ${placeOf(addresses, null)} through the firewall, then try again.`,
        canRetry: true,
      };
    case 'refused':
      return {
        why: `the server ended WebRTC${detail}`,
        remedy: 'Try again; the server’s log says more.',
        canRetry: true,
      };
    case 'broken':
      return {
        why: `WebRTC failed here${detail}`,
        remedy: 'Try again, or reload the page.',
        canRetry: true,
      };
    case 'unsteady':
      return {
        why: 'WebRTC was lost again and again',
        remedy: 'Try again when the network is calm.',
        canRetry: true,
      };
    default:
      return unreachable(link.reason);
  }
}

/** How the person's own sound and picture go. `addresses`: where the server said that it can be reached. */
export function linkView(link: LinkState, addresses: readonly RtcAddress[]): LinkView {
  switch (link.phase) {
    case 'off':
      return { ...PLAIN, state: 'none', badge: 'idle', statement: 'Nothing is being sent.' };
    case 'connecting': {
      const again = link.losses > 0;
      const statement = again ? 'WebRTC was lost and is being connected again.' : 'Connecting by WebRTC…';
      return { ...PLAIN, state: 'trying', badge: again ? 'reconnecting' : 'connecting', statement };
    }
    case 'webrtc': {
      if (link.transport !== 'tcp') {
        const statement = 'Sound and picture go by WebRTC over UDP.';
        return { ...PLAIN, state: 'good', badge: 'WebRTC · UDP', statement };
      }
      return {
        ...PLAIN,
        state: 'poor',
        badge: 'WebRTC · TCP',
        statement: 'Sound and picture go by WebRTC over TCP: UDP did not get through.',
        remedy: `For less delay on a bad network, let ${placeOf(addresses, 'udp')} through the firewall.`,
      };
    }
    case 'websocket': {
      const more = fallenBack(link, addresses);
      return {
        ...PLAIN,
        ...more,
        state: link.reason === 'wished' ? 'good' : 'poor',
        badge: 'WebSocket',
        statement: `Sound and picture go over WebSocket: ${more.why}.`,
      };
    }
    default:
      return unreachable(link.phase);
  }
}

/** What the server says of a stream's way. */
export function kindText(kind: LinkKind): string {
  switch (kind) {
    case 'websocket':
      return 'WebSocket';
    case 'webrtc-udp':
      return 'WebRTC · UDP';
    case 'webrtc-tcp':
      return 'WebRTC · TCP';
    default:
      return unreachable(kind);
  }
}

/** How units are made where they go over the WebSocket. */
export const ENCODED: Readonly<Record<CapturePath, string>> = {
  worker: 'VP8 and Opus, encoded in a worker',
  page: 'VP8 and Opus, encoded in the page',
  plain: 'JPEG and PCM: this browser has no WebCodecs',
};

export type TrackFigure = {
  readonly name: string;
  readonly audio: string;
  readonly video: string;
  /** True where the figure is one to worry about. */
  readonly bad: Readonly<Record<'audio' | 'video', boolean>>;
};

const CODECS: Readonly<Record<LinkTrack['codec'], string>> = {
  opus: 'Opus',
  pcm16: 'PCM',
  vp8: 'VP8',
  h264: 'H264',
  jpeg: 'JPEG',
};

/** Bits a second as "584 kbit/s". */
const bitrate = (bps: number): string =>
  bps >= 1e6 ? `${(bps / 1e6).toFixed(1)} Mbit/s` : `${Math.round(bps / 1e3)} kbit/s`;

const share = (value: number): string =>
  value === 0 ? '0 %' : `${(value * 100).toFixed(value < 0.1 ? 1 : 0)} %`;
const short = (value: number): string => value.toFixed(value < 10 ? 1 : 0);

const LOSS_BAD = 0.05; // beyond what retransmission was seen to repair (media.md, section 3)
const JITTER_BAD_MS = 100;

/** One line for each thing that the server counts, sound beside picture; empty where it counts nothing yet. */
export function trackFigures(link: Link | null): readonly TrackFigure[] {
  const of = (modality: 'audio' | 'video'): LinkTrack | undefined =>
    link?.tracks.find((track) => track.modality === modality);
  const [audio, video] = [of('audio'), of('video')];
  if (!audio && !video) return [];
  const line = (
    name: string,
    say: (track: LinkTrack) => string,
    worry: (track: LinkTrack) => boolean = () => false,
  ): TrackFigure => ({
    name,
    audio: audio ? say(audio) : '–',
    video: video ? say(video) : '–',
    bad: { audio: audio !== undefined && worry(audio), video: video !== undefined && worry(video) },
  });
  return [
    line('Coded as', (track) =>
      track.width > 0 ? `${CODECS[track.codec]} ${track.width}×${track.height}` : CODECS[track.codec],
    ),
    line('Bitrate', (track) => bitrate(track.bitrateBps)),
    line('Arriving', (track) =>
      track.modality === 'video'
        ? `${short(track.unitsPerSecond)} fps`
        : `${Math.round(track.unitsPerSecond)} packets/s`,
    ),
    line('Decoded', (track) =>
      track.modality === 'video'
        ? `${short(track.decodedPerSecond)} fps`
        : `${Math.round(track.decodedPerSecond)} packets/s`,
    ),
    line(
      'Lost',
      (track) => share(track.lost),
      ({ lost }) => lost > LOSS_BAD,
    ),
    line(
      'Jitter',
      (track) => `${short(track.jitter)} ms`,
      ({ jitter }) => jitter > JITTER_BAD_MS,
    ),
    line('Decoding', (track) => `${short(track.decodeMs)} ms/s`),
  ];
}

/** "picture 12 ms after sound"; null where one of both is missing. */
export function skewText(skewMs: number | null): string {
  if (skewMs === null) return '–';
  const rounded = Math.round(Math.abs(skewMs));
  if (rounded === 0) return 'none';
  return `picture ${rounded} ms ${skewMs > 0 ? 'after' : 'before'} sound`;
}
