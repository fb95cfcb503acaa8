/** A sender with Google's own WebRTC and no browser around it: @roamhq/wrtc, fed with pictures and sound of the test's making. */
import wrtc from '@roamhq/wrtc';

import { discPicture } from './encoded-media.ts';
import { every } from './werift-sender.ts';

/** What is used of the library, whose types need the DOM's. */
type Track = { readonly kind: string; stop(): void };
type Description = { readonly type: string; readonly sdp: string };
type Peer = {
  readonly localDescription: Description | null;
  readonly iceGatheringState: string;
  readonly connectionState: string;
  onconnectionstatechange: (() => void) | null;
  onicegatheringstatechange: (() => void) | null;
  addTrack(track: Track): unknown;
  createOffer(): Promise<Description>;
  setLocalDescription(description: Description): Promise<void>;
  setRemoteDescription(description: Description): Promise<void>;
  close(): void;
};
type VideoSource = {
  createTrack(): Track;
  onFrame(frame: { width: number; height: number; data: Uint8Array }): void;
};
type AudioSource = {
  createTrack(): Track;
  onData(data: {
    samples: Int16Array;
    sampleRate: number;
    bitsPerSample: number;
    channelCount: number;
    numberOfFrames: number;
  }): void;
};

const RATE = 48_000;
const BLOCK = RATE / 100;

export class WrtcSender {
  /** Told of what becomes of the connection once there is an answer. */
  onState: (state: string) => void = () => undefined;
  readonly #peer: Peer = new wrtc.RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  readonly #video: VideoSource = new wrtc.nonstandard.RTCVideoSource();
  readonly #audio: AudioSource = new wrtc.nonstandard.RTCAudioSource();
  readonly #tracks: readonly Track[] = [this.#audio.createTrack(), this.#video.createTrack()];
  readonly #stops: (() => void)[] = [];

  constructor() {
    for (const track of this.#tracks) this.#peer.addTrack(track);
  }

  async offer(): Promise<string> {
    await this.#peer.setLocalDescription(await this.#peer.createOffer());
    return this.#peer.localDescription?.sdp ?? '';
  }

  /** Resolves when it is connected. */
  async answer(sdp: string, limitMs = 10_000): Promise<void> {
    const connected = new Promise<void>((resolve, reject) => {
      const limit = setTimeout(
        () => reject(new Error(`still ${this.#peer.connectionState} after ${limitMs} ms`)),
        limitMs,
      );
      this.#peer.onconnectionstatechange = () => {
        this.onState(this.#peer.connectionState);
        if (this.#peer.connectionState !== 'connected') return;
        clearTimeout(limit);
        resolve();
      };
    });
    await this.#peer.setRemoteDescription({ type: 'answer', sdp });
    await connected;
  }

  /** Shows the wandering disc and sounds a tone of 440 Hz, until closed. */
  play({ width = 320, height = 240, fps = 15 } = {}): void {
    this.#stops.push(
      every(1_000 / fps, (n) => {
        this.#video.onFrame({ width, height, data: discPicture(n, width, height) });
      }),
      every(10, (n) => {
        const samples = Int16Array.from({ length: BLOCK }, (_, k) =>
          Math.round(9_000 * Math.sin((2 * Math.PI * 440 * (n * BLOCK + k)) / RATE)),
        );
        this.#audio.onData({
          samples,
          sampleRate: RATE,
          bitsPerSample: 16,
          channelCount: 1,
          numberOfFrames: BLOCK,
        });
      }),
    );
  }

  close(): void {
    for (const stop of this.#stops) stop();
    for (const track of this.#tracks) track.stop();
    this.#peer.close();
  }
}
