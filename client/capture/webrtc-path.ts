/** Path `webrtc`: the same tracks through an RTCPeerConnection of their own; nothing is encoded here. */
import type { Modality } from '../../proto/messages.ts';
import type { MediaPeer, PeerEvents } from './media-link.ts';
import { ABS_CAPTURE_TIME, preferredCodecs, withOpusNack, withStartBitrate } from './rtc-offer.ts';
import { AUDIO_BITRATE, FRAME_RATE } from './sink.ts';
import { transportOf } from './transport-of.ts';

/** 320x240 at 15 a second needs 600 kbit/s (media.md, G6); the rest is for a camera that gives no such size. */
const MAX_VIDEO_BITRATE = 800_000;
const START_KILOBITS = 600;
/** Longer without an answer to its checks, and the way is taken for lost; a hiccup of a wireless network is shorter. */
const PATIENCE_MS = 2000;

export type WebrtcPathOptions = {
  readonly tracks: Readonly<Record<Modality, MediaStreamTrack | null>>;
  /** Switched off when it begins. */
  readonly isOn: (modality: Modality) => boolean;
  readonly events: PeerEvents;
};

/** Whether this browser has WebRTC at all. */
export const hasWebrtc = (scope: object): boolean => 'RTCPeerConnection' in scope;

/** Every track says when it was captured. Only Chromium lets a page ask; others are placed by their sender reports. */
function stampCapture(transceiver: RTCRtpTransceiver): void {
  const known = transceiver.getHeaderExtensionsToNegotiate?.();
  if (known === undefined || transceiver.setHeaderExtensionsToNegotiate === undefined) return;
  const wanted = known.map((extension) =>
    extension.uri === ABS_CAPTURE_TIME ? { ...extension, direction: 'sendrecv' as const } : extension,
  );
  transceiver.setHeaderExtensionsToNegotiate(wanted);
}

const LAYERED: RTCRtpEncodingParameters = {
  maxBitrate: MAX_VIDEO_BITRATE,
  maxFramerate: FRAME_RATE,
  scalabilityMode: 'L1T3',
};

/** With three temporal layers, of which the server takes as many as it has use for; without, where the browser refuses. */
function addPicture(peer: RTCPeerConnection, track: MediaStreamTrack): RTCRtpTransceiver {
  const add = (encoding: RTCRtpEncodingParameters): RTCRtpTransceiver =>
    peer.addTransceiver(track, { direction: 'sendonly', sendEncodings: [encoding] });
  try {
    return add(LAYERED);
  } catch {
    const { scalabilityMode: _, ...plain } = LAYERED;
    return add(plain);
  }
}

/** A small picture that keeps its size and drops frames is worth more here than one that keeps its rate and blurs. */
async function keepSize(sender: RTCRtpSender): Promise<void> {
  const parameters = sender.getParameters();
  await sender.setParameters({ ...parameters, degradationPreference: 'maintain-resolution' });
}

export class WebrtcPath implements MediaPeer {
  readonly #options: WebrtcPathOptions;
  readonly #peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  readonly #transceivers = new Map<Modality, RTCRtpTransceiver>();
  #patience: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  /** Begins at once: `events.offer` is called next. */
  constructor(options: WebrtcPathOptions) {
    this.#options = options;
    this.#peer.addEventListener('connectionstatechange', () => this.#changed());
    this.#offer().catch((cause: unknown) => this.#fail('the browser could not make an offer', cause));
  }

  answer(sdp: string): void {
    this.#peer
      .setRemoteDescription({ type: 'answer', sdp: withStartBitrate(sdp, START_KILOBITS) })
      .catch((cause: unknown) => this.#fail("the browser did not take the server's answer", cause));
  }

  enable(modality: Modality, on: boolean): void {
    const track = on ? this.#options.tracks[modality] : null;
    this.#transceivers
      .get(modality)
      ?.sender.replaceTrack(track)
      .catch(() => undefined); // only once the connection is closed
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#patience);
    this.#peer.close();
  }

  async #offer(): Promise<void> {
    const { tracks, isOn, events } = this.#options;
    this.#add('audio', tracks.audio);
    this.#add('video', tracks.video);
    const offer = await this.#peer.createOffer();
    await this.#peer.setLocalDescription(offer);
    for (const modality of this.#transceivers.keys()) if (!isOn(modality)) this.enable(modality, false);
    const sdp = this.#peer.localDescription?.sdp ?? offer.sdp ?? '';
    if (!this.#closed) events.offer(withOpusNack(sdp));
    const picture = this.#transceivers.get('video');
    if (picture) await keepSize(picture.sender).catch(() => undefined); // a browser that knows no such wish goes on as it likes
  }

  /** A trial has no tracks; its connection is made all the same. */
  #add(modality: Modality, track: MediaStreamTrack | null): void {
    const { tracks } = this.#options;
    if (track === null && (tracks.audio || tracks.video)) return;
    const transceiver =
      track === null
        ? this.#peer.addTransceiver(modality, { direction: 'sendonly' })
        : modality === 'video'
          ? addPicture(this.#peer, track)
          : this.#peer.addTransceiver(track, {
              direction: 'sendonly',
              sendEncodings: [{ maxBitrate: AUDIO_BITRATE }],
            });
    this.#transceivers.set(modality, transceiver);
    stampCapture(transceiver);
    const codecs = RTCRtpSender.getCapabilities(modality)?.codecs ?? [];
    const wanted = modality === 'video' ? preferredCodecs(codecs) : [];
    if (wanted.length > 0) transceiver.setCodecPreferences(wanted);
  }

  #changed(): void {
    if (this.#closed) return;
    clearTimeout(this.#patience);
    switch (this.#peer.connectionState) {
      case 'connected':
        this.#connected();
        return;
      case 'disconnected':
        this.#patience = setTimeout(() => this.#fail('no word from the server for two seconds'), PATIENCE_MS);
        return;
      case 'failed':
        this.#fail('the connection was lost');
        return;
      default:
        return;
    }
  }

  /** Says which way it goes, now and whenever the browser finds a better one. */
  #connected(): void {
    const [sender] = this.#peer.getSenders();
    sender?.transport?.iceTransport?.addEventListener('selectedcandidatepairchange', this.#tell);
    this.#tell();
  }

  readonly #tell = (): void => {
    this.#peer.getStats().then(
      (report) => {
        if (!this.#closed) this.#options.events.connected(transportOf(report));
      },
      () => undefined, // closed meanwhile
    );
  };

  #fail(detail: string, cause?: unknown): void {
    if (this.#closed) return;
    const reason = cause instanceof Error ? `${detail}: ${cause.message}` : detail;
    this.#options.events.failed(reason);
  }
}
