/**
 * H264 into the product's decoder: pictures come late and in order, each under its own stamp.
 */
import { describe, expect, it } from 'vitest';

import { micros } from '../../proto/units.ts';
import { systemClock } from '../../server/clock.ts';
import { openDecoders } from '../../server/ingest/open-decoders.ts';
import { VideoIngest } from '../../server/ingest/video-ingest.ts';
import { PictureScaler } from '../../src/features/pixels.ts';
import type { EncodedUnit, Picture, Shed } from '../../src/media.ts';
import { discPicture, encodedPictures } from '../support/encoded-media.ts';

const TRACK = { modality: 'video', codec: 'h264', width: 320, height: 240 } as const;
const MOST_INSIDE = 4; // pictures that the decoder keeps, reference media.md, G7

function see() {
  const [pictures, sheds]: [Picture[], Shed[]] = [[], []];
  let [keysAsked, came] = [0, () => {}];
  const ingest = new VideoIngest({
    live: true,
    clock: systemClock,
    onPicture: ({ at, rgb }) => {
      pictures.push({ at, rgb: rgb.slice() });
      came();
    },
    onDecoded: () => {},
    onNeedKey: () => {
      keysAsked += 1;
    },
    onShed: (shed) => sheds.push(shed),
  });
  ingest.configure(TRACK);
  const until = (count: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const limit = setTimeout(
        () => reject(new Error(`${pictures.length} of ${count} pictures came`)),
        10_000,
      );
      came = () => {
        if (pictures.length < count) return;
        clearTimeout(limit);
        resolve();
      };
      came();
    });
  return { ingest, pictures, sheds, until, keysAsked: () => keysAsked };
}

/** In real time the decoder always keeps up; here it is waited for. */
async function feed(ingest: VideoIngest, units: readonly EncodedUnit[]): Promise<void> {
  for (const unit of units) {
    ingest.push(unit);
    await ingest.drained();
  }
}

describe('VideoIngest of H264', () => {
  it('gives every picture but the last few at its stamp, as it was, and closes its decoder', async () => {
    const before = openDecoders();
    const { ingest, pictures, sheds, until } = see();
    const units = await encodedPictures({ count: 45, codec: 'h264' });
    await feed(ingest, units);
    await until(units.length - MOST_INSIDE);
    expect(pictures.map(({ at }) => at)).toEqual(units.slice(0, pictures.length).map(({ at }) => at));
    expect(sheds).toEqual([]);
    const scaler = new PictureScaler();
    const planes = [
      { offset: 0, stride: 320 },
      { offset: 76_800, stride: 160 },
      { offset: 96_000, stride: 160 },
    ] as const;
    for (const [n, { rgb }] of pictures.entries()) {
      const original = scaler.fromI420({ data: discPicture(n), width: 320, height: 240, planes });
      const difference =
        rgb.reduce((sum, value, i) => sum + Math.abs(value - (original[i] ?? 0)), 0) / rgb.length;
      expect(difference).toBeLessThan(4); // levels; 0.6 Mbit/s
    }
    ingest.close();
    expect(openDecoders()).toBe(before);
  });

  it('reads a new size with its key frame', async () => {
    const { ingest, pictures, sheds, until } = see();
    const small = await encodedPictures({ count: 15, codec: 'h264' });
    const large = await encodedPictures({ count: 15, codec: 'h264', width: 640, height: 480 });
    const stamped = [...small, ...large].map((unit, n) => ({ ...unit, at: micros(n * 66_667) }));
    await feed(ingest, stamped);
    await until(stamped.length - MOST_INSIDE);
    expect(pictures.map(({ at }) => at)).toEqual(stamped.slice(0, pictures.length).map(({ at }) => at));
    expect(sheds).toEqual([]);
    ingest.close();
  });

  it('builds a new decoder after an error and asks for a key frame', async () => {
    const { ingest, pictures, sheds, until, keysAsked } = see();
    const units = await encodedPictures({ count: 45, codec: 'h264' });
    const broken = units.map((unit, n) =>
      n === 20 ? { ...unit, data: Uint8Array.of(0, 0, 0, 1, 0x41, 0xff, 0xff) } : unit,
    );
    await feed(ingest, broken);
    await until(20);
    expect(keysAsked()).toBeGreaterThan(0);
    expect(sheds.every(({ reason }) => reason === 'undecodable' || reason === 'no-key-frame')).toBe(true);
    expect(pictures.at(-1)?.at).toBeGreaterThanOrEqual(units[30]?.at ?? 0);
    ingest.close();
  });

  it('sheds what holds no picture, and what is too large, before any decoder sees it', () => {
    const { ingest, sheds } = see();
    for (const data of [new Uint8Array(0), Uint8Array.of(0, 0, 0, 1, 9, 16), Uint8Array.of(1, 2, 3)])
      ingest.push({ modality: 'video', key: true, at: micros(0), data });
    expect(sheds.map(({ reason }) => reason)).toEqual(['undecodable', 'undecodable', 'undecodable']);
    expect(openDecoders()).toBe(0);
    ingest.close();
  });
});
