/**
 * Runs in a process of its own, see `wrtc-sender.ts`: Google's WebRTC, fed with a wandering disc and a tone. Told what to do by
 * messages of the form [number, method, argument]; answers each with [number, result], and
 * says ['state', state] when the connection's changes.
 */
import wrtc from '@roamhq/wrtc';

import { discPicture } from './encoded-media.ts';
import { every } from './werift-sender.ts';

/** What is used of the library, whose types need the DOM's. */
type Track = { readonly kind: string; stop(): void };
type Description = { readonly type: string; readonly sdp: string };
type Peer = {
  readonly localDescription: Description | null;
  readonly connectionState: string;
  onconnectionstatechange: (() => void) | null;
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

const peer: Peer = new wrtc.RTCPeerConnection({ bundlePolicy: 'max-bundle' });
const video: VideoSource = new wrtc.nonstandard.RTCVideoSource();
const audio: AudioSource = new wrtc.nonstandard.RTCAudioSource();
for (const source of [audio, video]) peer.addTrack(source.createTrack());

let connected: () => void = () => undefined;
peer.onconnectionstatechange = () => {
  process.send?.(['state', peer.connectionState]);
  if (peer.connectionState === 'connected') connected();
};

async function answer(sdp: string): Promise<void> {
  const connecting = new Promise<void>((resolve) => {
    connected = resolve;
  });
  await peer.setRemoteDescription({ type: 'answer', sdp });
  await connecting;
}

function play(text: string): void {
  const [width = 320, height = 240, fps = 15] = text.split(' ').map(Number);
  every(1_000 / fps, (n) => {
    video.onFrame({ width, height, data: discPicture(n, width, height) });
  });
  every(10, (n) => {
    const samples = Int16Array.from({ length: BLOCK }, (_, k) =>
      Math.round(9_000 * Math.sin((2 * Math.PI * 440 * (n * BLOCK + k)) / RATE)),
    );
    audio.onData({ samples, sampleRate: RATE, bitsPerSample: 16, channelCount: 1, numberOfFrames: BLOCK });
  });
}

async function obey(method: unknown, argument: unknown): Promise<string> {
  switch (method) {
    case 'offer':
      await peer.setLocalDescription(await peer.createOffer());
      return peer.localDescription?.sdp ?? '';
    case 'answer':
      await answer(String(argument));
      return '';
    case 'play':
      play(String(argument));
      return '';
    default:
      peer.close();
      return '';
  }
}

// Whoever began it is gone, and may have left its output to it: nobody is to wait for that.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.on('message', (message) => {
  if (!Array.isArray(message)) return;
  const [id, method, argument] = message;
  void obey(method, argument).then((result) => process.send?.([id, result]));
});
