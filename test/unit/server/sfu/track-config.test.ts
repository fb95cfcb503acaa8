import { describe, expect, it } from 'vitest';

import { readOffer, tracksOf } from '../../../../server/sfu/offer.ts';
import { trackConfigOf } from '../../../../server/sfu/track-config.ts';
import { CHROMIUM, OBS } from './offers.ts';

const configOf = (offer: string, modality: 'audio' | 'video', first: readonly number[]) =>
  tracksOf(readOffer(offer))
    .filter((track) => track.modality === modality)
    .map((track) => trackConfigOf(track, Uint8Array.from(first)));

/** Tag, start code, 640 x 480 with scales in the upper bits. */
const VP8_KEY = [0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x42, 0xe0, 0x81];

describe('trackConfigOf', () => {
  it('reads the size of the picture in its first key frame', () => {
    expect(configOf(CHROMIUM, 'video', VP8_KEY)).toEqual([
      { modality: 'video', codec: 'vp8', width: 640, height: 480 },
    ]);
  });

  it('assumes 320 x 240 where the frame does not say', () => {
    expect(configOf(OBS, 'video', [0, 0, 0, 1, 0x65, 0x88])).toEqual([
      { modality: 'video', codec: 'h264', width: 320, height: 240 },
    ]);
  });

  it("takes the sound's channels from the offer", () => {
    expect(configOf(OBS, 'audio', [])).toEqual([
      { modality: 'audio', codec: 'opus', sampleRateHz: 48_000, channels: 2 },
    ]);
  });
});
