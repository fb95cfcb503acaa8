/** A sender that is neither ours nor a browser's: werift, which sends whatever RTP it is given. */
import {
  MediaStreamTrack,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  RTCRtpHeaderExtensionParameters,
} from 'werift';
import { nalUnits } from '../../server/ingest/h264-headers.ts';
import type { EncodedUnit } from '../../src/media.ts';
import { absCaptureTime, h264Payloads, Packetizer, type Vp8Layer, vp8Payloads } from './rtp-packetize.ts';

const MID = 'urn:ietf:params:rtp-hdrext:sdes:mid';
const ABS_CAPTURE = 'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time';

export type WeriftOptions = {
  /** Default VP8. */
  readonly video?: 'vp8' | 'h264' | 'none';
  /** Default true. */
  readonly audio?: boolean;
  /** Stamps on the packets; else its sender reports must do. Default false. */
  readonly absCapture?: boolean;
};

const feedback = [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }];
const CODECS = {
  vp8: new RTCRtpCodecParameters({
    mimeType: 'video/VP8',
    clockRate: 90_000,
    payloadType: 96,
    rtcpFeedback: feedback,
  }),
  h264: new RTCRtpCodecParameters({
    mimeType: 'video/H264',
    clockRate: 90_000,
    payloadType: 97,
    rtcpFeedback: feedback,
    parameters: 'packetization-mode=1;profile-level-id=42e01f;level-asymmetry-allowed=1',
  }),
  opus: new RTCRtpCodecParameters({
    mimeType: 'audio/opus',
    clockRate: 48_000,
    channels: 2,
    payloadType: 111,
  }),
} as const;

export class WeriftSender {
  readonly connection: RTCPeerConnection;
  readonly #video: MediaStreamTrack | null;
  readonly #audio: MediaStreamTrack | null;
  readonly #codec: 'vp8' | 'h264';
  /** The extension's id, as werift chose it; 0 where it is not sent. */
  #absCaptureId = 0;
  readonly #packetizers = {
    video: new Packetizer({ sequence: 65_500 }), // wraps soon
    audio: new Packetizer({ sequence: 7 }),
  };
  /** Key frames that were asked for. */
  keyFramesAsked = 0;

  constructor({ video = 'vp8', audio = true, absCapture = false }: WeriftOptions = {}) {
    this.#codec = video === 'h264' ? 'h264' : 'vp8';
    const extensions = [new RTCRtpHeaderExtensionParameters({ uri: MID })];
    if (absCapture) extensions.push(new RTCRtpHeaderExtensionParameters({ uri: ABS_CAPTURE }));
    this.connection = new RTCPeerConnection({
      codecs: { audio: [CODECS.opus], video: [CODECS[this.#codec]] },
      headerExtensions: { audio: extensions, video: extensions },
      iceServers: [],
      iceAdditionalHostAddresses: ['127.0.0.1'],
      bundlePolicy: 'max-bundle',
    });
    this.#audio = audio ? new MediaStreamTrack({ kind: 'audio' }) : null;
    this.#video = video === 'none' ? null : new MediaStreamTrack({ kind: 'video' });
    for (const track of [this.#audio, this.#video]) {
      if (!track) continue;
      const { sender } = this.connection.addTransceiver(track, { direction: 'sendonly' });
      sender.onPictureLossIndication.subscribe(() => {
        this.keyFramesAsked += 1;
      });
    }
  }

  async offer(): Promise<string> {
    await this.connection.setLocalDescription(await this.connection.createOffer());
    const sdp = this.connection.localDescription?.sdp;
    if (sdp === undefined) throw new Error('werift made no offer');
    this.#absCaptureId = Number(/^a=extmap:(\d+) \S+abs-capture-time/m.exec(sdp)?.[1] ?? 0);
    return sdp;
  }

  /** Resolves when it is connected. */
  async answer(sdp: string, limitMs = 10_000): Promise<void> {
    const connected = this.connection.connectionStateChange.watch((state) => state === 'connected', limitMs);
    await this.connection.setRemoteDescription({ type: 'answer', sdp });
    await connected;
  }

  /** Sends one unit, captured at `wallMs`, from which its timestamp is made as well. Whether anything listens or not. */
  send(
    { modality, data }: Pick<EncodedUnit, 'modality' | 'data'>,
    wallMs: number,
    layer: Vp8Layer = {},
  ): void {
    const track = modality === 'audio' ? this.#audio : this.#video;
    const clockRate = modality === 'audio' ? 48_000 : 90_000;
    const timestamp = Math.round((wallMs * clockRate) / 1e3) % 2 ** 32;
    const stamp = absCaptureTime(Math.round(wallMs * 1e3));
    const extensions = this.#absCaptureId > 0 ? ([[this.#absCaptureId, stamp]] as const) : [];
    for (const packet of this.#packetizers[modality].frame(this.#payloads(modality, data, layer), timestamp, {
      extensions,
    }))
      track?.writeRtp(Buffer.from(packet));
    this.#reportTime(modality, wallMs);
  }

  /**
   * Tells the time right in the next sender report: werift 0.25.2 writes the decimals of the second as if they were its binary
   * fraction, so that its own reports are up to a second off.
   */
  #reportTime(modality: EncodedUnit['modality'], wallMs: number): void {
    const sender = this.connection.getSenders().find(({ kind }) => kind === modality);
    const seconds = Math.floor(wallMs / 1e3);
    const fraction = Math.floor(((wallMs % 1e3) / 1e3) * 2 ** 32);
    const ntp = (BigInt(seconds + 2_208_988_800) << 32n) | BigInt(fraction);
    if (sender) Reflect.set(sender, 'ntpTimestamp', ntp);
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  #payloads(modality: EncodedUnit['modality'], data: Uint8Array, layer: Vp8Layer): readonly Uint8Array[] {
    if (modality === 'audio') return [data];
    return this.#codec === 'h264' ? h264Payloads(nalUnits(data)) : vp8Payloads(data, layer);
  }
}

/** Calls `step` with 0, 1, 2... every `everyMs` and the wall clock at which each was due, late ones at once, until the result is called. */
export function every(everyMs: number, step: (n: number, wallMs: number) => void): () => void {
  const start = performance.now();
  let n = 0;
  const timer = setInterval(() => {
    while (start + n * everyMs <= performance.now()) {
      step(n, performance.timeOrigin + start + n * everyMs);
      n += 1;
    }
  }, 2);
  return () => clearInterval(timer);
}
