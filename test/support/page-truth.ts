/**
 * The truth about sound and picture in a page: what its camera and microphone delivered, stamped, read from clones of the very tracks
 * that the page sends. A fake camera and a fake microphone begin at unrelated moments, so it has to be measured in each run.
 */
import type { Page } from 'playwright-core';
import {
  beepOnsets,
  type FlashEvent,
  flashOnsets,
  pairEvents,
  type StampedLuma,
  type StampedSound,
} from './flash-events.ts';

/** For `page.addInitScript`. Text, because tests know no DOM types. */
export const TRUTH_SCRIPT = `(() => {
  const truth = { video: [], audio: [], rateHz: 0 };
  globalThis.counterpoiseTruth = truth;
  const read = async (track, size, take) => {
    const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: size }).readable.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      await take(value, performance.now() * 1000);
      value.close();
    }
  };
  const rect = { x: 152, y: 112, width: 16, height: 16 };
  const luma = async (frame, arrived) => {
    const bytes = new Uint8Array(frame.allocationSize({ rect }));
    await frame.copyTo(bytes, { rect });
    truth.video.push([frame.timestamp, arrived, bytes.subarray(0, 256).reduce((sum, y) => sum + y, 0) / 256]);
  };
  const sound = (block, arrived) => {
    const samples = new Float32Array(block.numberOfFrames);
    block.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
    truth.rateHz = block.sampleRate;
    truth.audio.push([block.timestamp, arrived, Int16Array.from(samples, (x) => Math.round(32767 * x))]);
  };
  const base64 = (samples) => btoa(String.fromCharCode(...new Uint8Array(samples.buffer)));
  truth.take = () => ({
    rateHz: truth.rateHz,
    video: truth.video.splice(0),
    audio: truth.audio.splice(0).map(([at, arrived, samples]) => [at, arrived, base64(samples)]),
  });
  const ask = MediaDevices.prototype.getUserMedia;
  MediaDevices.prototype.getUserMedia = async function (constraints) {
    const stream = await ask.call(this, constraints);
    for (const track of stream.getVideoTracks()) void read(track.clone(), 30, luma);
    for (const track of stream.getAudioTracks()) void read(track.clone(), 100, sound);
    return stream;
  };
})();`;

type Raw = {
  readonly rateHz: number;
  /** Stamp and arrival in microseconds, luma. */
  readonly video: readonly (readonly [number, number, number])[];
  /** Stamp and arrival in microseconds, 16-bit samples in base64. */
  readonly audio: readonly (readonly [number, number, string])[];
};

/** How far back the offset of a track's stamps is looked for. */
const LOOK_BACK_US = 10e6;

/** The events since the last call, on the page's clock (`performance.now`), microseconds. */
export async function takeTruth(page: Page): Promise<readonly FlashEvent[]> {
  const { rateHz, video, audio } = await page.evaluate<Raw>('counterpoiseTruth.take()');
  const pictures = onPage(
    video.map(([at, arrived, luma]): Item<StampedLuma> => ({ at, end: at, arrived, luma })),
  );
  const sound = onPage(
    audio.map(([at, arrived, base64]): Item<StampedSound> => {
      const samples = samplesOf(base64);
      return { at, end: at + (samples.length * 1e6) / rateHz, arrived, rateHz, samples };
    }),
  );
  return pairEvents(flashOnsets(pictures), beepOnsets(sound));
}

/** `end` is when it could leave its device; a block of sound is stamped with its beginning, which is earlier. */
type Item<Stamped> = Stamped & { readonly end: number; readonly arrived: number };

/** Stamps of a track share no origin with the page's clock: the quickest arrival of the last ten seconds tells. */
function onPage<Stamped extends { readonly at: number }>(items: readonly Item<Stamped>[]): Item<Stamped>[] {
  return items.map((item, i) => {
    let offset = Number.POSITIVE_INFINITY;
    for (let j = i; j >= 0; j--) {
      const before = items[j];
      if (!before || before.arrived < item.arrived - LOOK_BACK_US) break;
      offset = Math.min(offset, before.arrived - before.end);
    }
    return { ...item, at: item.at + offset };
  });
}

function samplesOf(base64: string): Float32Array {
  const bytes = Buffer.from(base64, 'base64');
  return Float32Array.from({ length: bytes.length / 2 }, (_, n) => bytes.readInt16LE(2 * n) / 32_767);
}
