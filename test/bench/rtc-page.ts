/** Chromium as a sender that says when it had each picture: a page of nothing but a camera and an RTCPeerConnection. */
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { type CodedCamera, HEIGHT, readNumber, WIDTH } from './coded-camera.ts';

export type RtcPageOptions = {
  readonly camera: CodedCamera;
  /** Of the camera. */
  readonly fps: number;
  /** Three temporal layers (L1T3), as the product's page sends; else one. */
  readonly layers: boolean;
  /** Bits a second at most. */
  readonly bitrate: number;
};

/** A picture of the camera, and the wall clock when it was there, milliseconds. */
export type Seen = { readonly number: number; readonly atMs: number };

const ABS_CAPTURE = 'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time';
const CODE_ROW = 2 * Math.floor(HEIGHT / 32); // in the middle of the number, even as the colour planes need it
const EDGES = 40; // changes of Date.now() that are looked at: as many milliseconds

/**
 * How far `performance` is behind the wall clock, by the changes of its whole milliseconds. Text, so that the page can run it too:
 * the two clocks of two processes are compared by it. The wall clock is read first: a pause between the two can only make a value too
 * small, and the largest one counts.
 */
const CLOCK_ERROR = `(() => {
  let error = -Infinity;
  let last = Date.now();
  for (let edges = 0; edges < ${EDGES};) {
    const wall = Date.now();
    if (wall === last) continue;
    last = wall;
    edges += 1;
    error = Math.max(error, wall - performance.timeOrigin - performance.now());
  }
  return error;
})()`;

/** Runs in the page, as text because benches know no DOM types. `stamps`: a row of brightness for each picture, and when it came. */
const SCRIPT = ({ fps, layers, bitrate }: RtcPageOptions): string => `globalThis.bench = {
  stamps: [],
  peer: new RTCPeerConnection({ bundlePolicy: 'max-bundle' }),
  async offer() {
    const stream = await navigator.mediaDevices.getUserMedia({
      video: { width: ${WIDTH}, height: ${HEIGHT}, frameRate: ${fps} },
      audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    });
    const [camera] = stream.getVideoTracks();
    this.watch(camera.clone());
    const [microphone] = stream.getAudioTracks();
    this.peer.addTransceiver(microphone, { direction: 'sendonly', sendEncodings: [{ maxBitrate: 48000 }] });
    const encoding = { maxBitrate: ${bitrate}, ${layers ? "scalabilityMode: 'L1T3'" : ''} };
    const picture = this.peer.addTransceiver(camera, { direction: 'sendonly', sendEncodings: [encoding] });
    const { codecs } = RTCRtpSender.getCapabilities('video');
    picture.setCodecPreferences(codecs.filter(({ mimeType }) => ['video/VP8', 'video/rtx'].includes(mimeType)));
    for (const transceiver of this.peer.getTransceivers())
      transceiver.setHeaderExtensionsToNegotiate(
        transceiver.getHeaderExtensionsToNegotiate().map((one) =>
          one.uri === '${ABS_CAPTURE}' ? { ...one, direction: 'sendrecv' } : one,
        ),
      );
    await this.peer.setLocalDescription(await this.peer.createOffer());
    return this.peer.localDescription.sdp;
  },
  async answer(sdp) {
    const connected = new Promise((resolve) => {
      this.peer.onconnectionstatechange = () => this.peer.connectionState === 'connected' && resolve();
    });
    await this.peer.setRemoteDescription({ type: 'answer', sdp });
    await connected;
  },
  async watch(track) {
    const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 30 }).readable.getReader();
    const rect = { x: 0, y: ${CODE_ROW}, width: ${WIDTH}, height: 2 };
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const at = performance.timeOrigin + performance.now();
      const bytes = new Uint8Array(value.allocationSize({ rect }));
      const [{ offset }] = await value.copyTo(bytes, { rect });
      value.close();
      this.stamps.push([at, Array.from(bytes.subarray(offset, offset + ${WIDTH}))]);
    }
  },
};`;

type Stamp = readonly [atMs: number, luma: readonly number[]];

export class RtcPage {
  readonly #browser: Browser;
  readonly #page: Page;

  private constructor(browser: Browser, page: Page) {
    this.#browser = browser;
    this.#page = page;
  }

  /** The caller closes it. @throws {Error} with the install command when there is no Chromium. */
  static async open(options: RtcPageOptions): Promise<RtcPage> {
    const { video, audio } = options.camera;
    const browser = await launchChromium({ fakeVideo: video, fakeAudio: audio });
    try {
      const page = await browser.newPage();
      // A page without a server: an address of this machine has the camera, an empty document would not.
      await page.route('**/*', (route) =>
        route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }),
      );
      await page.goto('http://localhost/');
      await page.evaluate(SCRIPT(options));
      return new RtcPage(browser, page);
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  offer(): Promise<string> {
    return this.#page.evaluate<string>('bench.offer()');
  }

  /** Resolves when it is connected. */
  async answer(sdp: string): Promise<void> {
    await this.#page.evaluate(`bench.answer(${JSON.stringify(sdp)})`);
  }

  /** The pictures since the last call, when the page had each. */
  async pictures(): Promise<readonly Seen[]> {
    const stamps = await this.#page.evaluate<Stamp[]>('bench.stamps.splice(0)');
    return stamps.map(([atMs, luma]) => ({
      atMs,
      number: readNumber((x) => luma[Math.floor(x * WIDTH)] ?? 0),
    }));
  }

  /** What is to be added to its stamps to read them on this process's `performance`. */
  async clockError(): Promise<number> {
    const theirs = await this.#page.evaluate<number>(CLOCK_ERROR);
    return theirs - ownClockError();
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }
}

/** As CLOCK_ERROR, of this process. */
function ownClockError(): number {
  let error = Number.NEGATIVE_INFINITY;
  let last = Date.now();
  for (let edges = 0; edges < EDGES; ) {
    const wall = Date.now();
    if (wall === last) continue;
    last = wall;
    edges += 1;
    error = Math.max(error, wall - performance.timeOrigin - performance.now());
  }
  return error;
}
