import { describe, expect, it, vi } from 'vitest';
import { MediaSender } from '../../../../client/capture/sender.ts';
import { mediaClock } from '../../../../client/media-clock.ts';
import type { ClientMessage, TrackConfig } from '../../../../proto/messages.ts';
import { micros } from '../../../../proto/units.ts';

const opus: TrackConfig = { modality: 'audio', codec: 'opus', sampleRateHz: 48_000, channels: 1 };
const at = (page: number, key = true) => ({
  modality: 'video' as const,
  key,
  at: micros(page),
  data: new Uint8Array(9),
});

function make() {
  const sent: ClientMessage[] = [];
  const requestKey = vi.fn();
  const sender = new MediaSender({
    send: (message) => sent.push(message) > 0,
    bufferedBytes: () => 0,
    requestKey,
    failed: () => undefined,
  });
  return { sender, sent, requestKey };
}

describe('MediaSender', () => {
  it('sends nothing before a welcome, then its tracks first', () => {
    const { sender, sent } = make();
    sender.track(opus);
    sender.unit(at(10));
    expect(sent).toEqual([]);
    sender.connected(mediaClock(micros(0), micros(0)), micros(0));
    expect(sent).toEqual([{ type: 'track', track: opus }]);
  });

  it('stamps units with media time and leaves out what was captured before the welcome', () => {
    const { sender, sent } = make();
    sender.connected(mediaClock(micros(5_000_000), micros(1_000_000)), micros(5_000_000));
    sender.unit(at(999_999));
    sender.unit(at(1_000_250));
    expect(sent).toMatchObject([{ type: 'media', unit: { at: 5_000_250 } }]);
  });

  it('asks for a key frame, and not again for each delta', () => {
    const { sender, requestKey } = make();
    sender.connected(mediaClock(micros(0), micros(0)), micros(0));
    for (const page of [10_000, 77_000, 144_000]) sender.unit(at(page, false));
    expect(requestKey).toHaveBeenCalledTimes(1);
  });

  it('reports what was dropped once', () => {
    const { sender } = make();
    sender.connected(mediaClock(micros(0), micros(0)), micros(0));
    sender.dropped('encoder-video', 2);
    sender.unit(at(10, false));
    expect(sender.report()?.dropped).toEqual({ 'encoder-video': 2, 'before-key-frame': 1 });
    expect(sender.report()).toBeNull();
  });

  it('closes its tracks when the source has gone', () => {
    const { sender, sent } = make();
    sender.connected(mediaClock(micros(0), micros(0)), micros(0));
    sender.track(opus);
    sender.forgetTracks();
    expect(sent.at(-1)).toEqual({ type: 'track-close', modality: 'audio' });
  });
});
