import { describe, expect, it } from 'vitest';
import { micros } from '../../../proto/units.ts';
import { SfuError } from '../../../server/errors.ts';
import { type LineSession, RtcLine } from '../../../server/rtc-line.ts';
import type { RtcConnection, RtcSink, Sfu } from '../../../server/sfu/ports.ts';

const UNIT = { modality: 'audio', key: true, data: new Uint8Array(1), capturedAt: micros(1) } as const;

/** A line whose calls, connections and session are written down in order. */
function scene() {
  const heard: string[] = [];
  const calls: { sink: RtcSink; answer: (text: string) => void; refuse: (error: Error) => void }[] = [];
  const connection = (answer: string): RtcConnection => ({
    answer,
    stats: async () => ({ kind: null, roundTrip: null, tracks: [] }),
    preferTemporalLayer: () => {},
    requestKeyFrame: () => {},
    close: () => heard.push(`close ${answer}`),
  });
  const sfu: Sfu = {
    state: { available: true },
    check: () => {},
    accept: (_offer, sink) =>
      new Promise((resolve, reject) => {
        calls.push({ sink, answer: (text) => resolve(connection(text)), refuse: reject });
      }),
    close: async () => {},
  };
  const session: LineSession = {
    attach: (one) => heard.push(`attach ${one?.answer ?? 'nothing'}`),
    open: (_track, by) => heard.push(`open by ${by}`),
    pushCaptured: () => heard.push('unit'),
    shut: async (modality) => void heard.push(`shut ${modality}`),
    countShed: (reason, count) => heard.push(`${count} ${reason}`),
    disconnected: async () => void heard.push('disconnected'),
  };
  const line = new RtcLine(session, sfu);
  const gone = (reason: string, again: boolean) => heard.push(`gone: ${reason}, again: ${again}`);
  return { line, heard, calls, offer: (sdp: string) => line.offer(sdp, gone) };
}

describe('RtcLine', () => {
  it('answers an offer and hands what comes to the session', async () => {
    const { line, heard, calls, offer } = scene();
    const answer = offer('o1');
    calls[0]?.answer('a1');
    expect(await answer).toBe('a1');
    calls[0]?.sink.open({ modality: 'audio', codec: 'opus', sampleRateHz: 48_000, channels: 1 });
    calls[0]?.sink.unit(UNIT);
    calls[0]?.sink.shed('rtp-lost', 3);
    calls[0]?.sink.shut('audio');
    expect(heard).toEqual(['attach a1', 'open by webrtc', 'unit', '3 rtp-lost', 'shut audio']);
    expect(line.open).toBe(true);
  });

  it('is busy from an offer until it is refused, or its connection ends', async () => {
    const { line, calls, offer } = scene();
    expect(line.busy).toBe(false);
    const refused = offer('o1');
    expect([line.busy, line.open]).toEqual([true, false]);
    calls[0]?.refuse(new SfuError('ERR_SFU_OFFER', 'no'));
    await expect(refused).rejects.toThrow('no');
    expect(line.busy).toBe(false);
    const answered = offer('o2');
    calls[1]?.answer('a2');
    await answered;
    expect(line.busy).toBe(true);
    line.close();
    expect(line.busy).toBe(false);
  });

  it('replaces the connection before, whose late units are not heard any more', async () => {
    const { heard, calls, offer } = scene();
    const first = offer('o1');
    calls[0]?.answer('a1');
    await first;
    const second = offer('o2');
    calls[0]?.sink.unit(UNIT); // still in force until the new one is
    calls[1]?.answer('a2');
    await second;
    calls[0]?.sink.unit(UNIT);
    calls[0]?.sink.gone('late', true);
    expect(heard).toEqual(['attach a1', 'unit', 'close a1', 'attach a2']);
  });

  it('keeps the connection before where an offer cannot be taken', async () => {
    const { line, heard, calls, offer } = scene();
    const first = offer('o1');
    calls[0]?.answer('a1');
    await first;
    const second = offer('rubbish');
    calls[1]?.refuse(new SfuError('ERR_SFU_OFFER', 'not SDP'));
    await expect(second).rejects.toMatchObject({ code: 'ERR_SFU_OFFER' });
    calls[0]?.sink.unit(UNIT);
    expect([line.open, heard]).toEqual([true, ['attach a1', 'unit']]);
  });

  it('lets the newer of two offers win, whichever is answered first', async () => {
    const { heard, calls, offer } = scene();
    const [first, second] = [offer('o1'), offer('o2')];
    calls[1]?.answer('a2');
    expect(await second).toBe('a2');
    calls[0]?.answer('a1');
    expect(await first).toBeNull();
    expect(heard).toEqual(['attach a2', 'close a1']);
  });

  it('closes a connection that is answered after the line was closed', async () => {
    const { line, heard, calls, offer } = scene();
    const answer = offer('o1');
    line.close();
    calls[0]?.answer('a1');
    expect(await answer).toBeNull();
    expect([line.open, heard]).toEqual([false, ['close a1']]);
  });

  it('says once that the connection is lost, and ends its tracks', async () => {
    const { line, heard, calls, offer } = scene();
    const answer = offer('o1');
    calls[0]?.answer('a1');
    await answer;
    calls[0]?.sink.gone('the worker died', true);
    calls[0]?.sink.gone('the worker died', true);
    line.close();
    expect(heard).toEqual([
      'attach a1',
      'close a1',
      'attach nothing',
      'disconnected',
      'gone: the worker died, again: true',
    ]);
  });
});
