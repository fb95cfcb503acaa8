import { describe, expect, it } from 'vitest';
import type { TrackConfig } from '../../../proto/messages.ts';
import { micros, millis } from '../../../proto/units.ts';
import { LinkMeter } from '../../../server/link-meter.ts';
import type { RtcTrackStats } from '../../../server/sfu/ports.ts';

const VIDEO: TrackConfig = { modality: 'video', codec: 'vp8', width: 320, height: 240 };
const second = (n: number) => micros(n * 1_000_000);
const unit = (bytes: number, at = micros(0)) =>
  ({ modality: 'video', key: false, at, data: new Uint8Array(bytes) }) as const;
const stats = (over: Partial<RtcTrackStats>): RtcTrackStats => ({
  modality: 'video',
  codec: 'vp8',
  packets: 0,
  bytes: 0,
  lost: 0,
  units: 0,
  jitter: millis(3),
  ...over,
});

const decoded = (took: number, read = true) => ({ took: millis(took), width: 320, height: 240, read });

describe('LinkMeter', () => {
  it('has nothing to say before the second reading', () => {
    const meter = new LinkMeter();
    meter.open(VIDEO);
    expect(meter.read(second(1), [])).toEqual([]);
  });

  it('gives the rates of the time between two readings', () => {
    const meter = new LinkMeter();
    meter.open(VIDEO);
    meter.unit(unit(9_999), second(0)); // before the first reading: not in the rates
    meter.read(second(1), []);
    for (let i = 0; i < 30; i++) meter.unit(unit(1_000), second(2));
    for (let i = 0; i < 15; i++) meter.decoded('video', decoded(0.4));
    expect(meter.read(second(3), [])).toEqual([
      {
        modality: 'video',
        codec: 'vp8',
        bitrateBps: (8 * 30 * 1_000) / 2,
        unitsPerSecond: 15,
        decodedPerSecond: 7.5,
        lost: 0,
        jitter: 0,
        decodeMs: expect.closeTo((15 * 0.4) / 2, 9),
        width: 320,
        height: 240,
      },
    ]);
  });

  it('estimates decoding by the undisturbed quarter: waiting for a processor is none of it', () => {
    const meter = new LinkMeter();
    meter.open(VIDEO);
    meter.read(second(1), []);
    for (const took of [0.5, 40, 0.4, 12, 30, 0.6, 25, 18]) meter.decoded('video', decoded(took));
    const [track] = meter.read(second(2), []);
    expect(track?.decodeMs).toBeCloseTo(8 * 0.6, 9); // 0.4 and 0.5 are below
  });

  it('adds up both kinds of decoding: a picture that is only decoded costs less than one that is read', () => {
    const meter = new LinkMeter();
    meter.open(VIDEO);
    meter.read(second(1), []);
    for (let n = 0; n < 30; n++) meter.decoded('video', decoded(n % 2 === 0 ? 0.9 : 0.3, n % 2 === 0));
    const [track] = meter.read(second(2), []);
    expect(track?.decodeMs).toBeCloseTo(15 * 0.9 + 15 * 0.3, 9);
  });

  it('measures the jitter of each track by itself', () => {
    const meter = new LinkMeter();
    meter.open(VIDEO);
    meter.open({ modality: 'audio', codec: 'pcm16', sampleRateHz: 16_000, channels: 1 });
    meter.read(second(1), []);
    for (let n = 0; n < 400; n++) {
      const at = micros(n * 20_000);
      const late = micros(at + 5_000 + (n % 2) * 10_000);
      meter.unit(unit(10, at), late); // 10 ms to and fro
      meter.unit({ ...unit(10, at), modality: 'audio' }, micros(at + 90_000)); // later, but evenly
    }
    const [video, audio] = meter.read(second(2), []);
    expect(video?.jitter).toBeCloseTo(10, 1);
    expect(audio?.jitter).toBe(0);
    expect(meter.jitter).toBe(video?.jitter);
  });

  it('takes bitrate, loss and jitter from the SFU where that counts them', () => {
    const meter = new LinkMeter();
    meter.open(VIDEO);
    meter.read(second(1), [stats({ packets: 100, bytes: 50_000, lost: 1 })]);
    const [track] = meter.read(second(2), [stats({ packets: 195, bytes: 150_000, lost: 6 })]);
    expect(track).toMatchObject({ bitrateBps: 8 * 100_000, lost: 5 / 100, jitter: 3 });
  });

  it('starts over with another coding, goes on with the same', () => {
    const meter = new LinkMeter();
    meter.open(VIDEO);
    meter.read(second(1), []);
    meter.open(VIDEO);
    expect(meter.read(second(2), [])).toHaveLength(1);
    meter.open({ modality: 'video', codec: 'jpeg', width: 320, height: 240 });
    expect(meter.read(second(3), [])).toEqual([]);
  });

  it('forgets a track that has ended, and counts nothing for it', () => {
    const meter = new LinkMeter();
    meter.open(VIDEO);
    meter.read(second(1), []);
    meter.shut('video');
    meter.unit(unit(10), second(1));
    meter.decoded('video', decoded(1));
    expect(meter.read(second(2), [])).toEqual([]);
  });
});
