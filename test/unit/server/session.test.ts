import { afterEach, describe, expect, it } from 'vitest';
import { micros, millis } from '../../../proto/units.ts';
import { silentLog } from '../../../server/log.ts';
import { Session } from '../../../server/session.ts';
import type { RtcConnection } from '../../../server/sfu/ports.ts';

/** 20 ms of silence in Opus. */
const SILENCE = new Uint8Array([0xf8, 0xff, 0xfe]);
const WALL = 1_700_000_000_000;

let open: Session[] = [];
afterEach(() => {
  for (const session of open) session.close();
  open = [];
});

/** A live session, and a connection that says when it is asked for a key frame. */
function scene(pings = true) {
  let asked = 0;
  const clock = { monotonic: () => micros(0), wall: () => millis(WALL) };
  const session = new Session({
    id: 's',
    name: 'bench',
    pace: 'live',
    clock,
    log: silentLog,
    audioBias: { websocket: micros(0), webrtc: micros(0) },
    whip: false,
    infer: () => Promise.reject(new Error('nothing is asked here')),
  });
  open.push(session);
  const connection: RtcConnection = {
    answer: '',
    stats: async () => ({ kind: 'webrtc-udp', roundTrip: null, tracks: [] }),
    preferTemporalLayer: () => {},
    requestKeyFrame: () => {
      asked += 1;
    },
    close: () => {},
  };
  session.attach(connection);
  if (pings) session.ping(micros(0), millis(WALL));
  return { session, asked: () => asked };
}

const captured = (at: number) => micros(WALL * 1000 + at);

describe('Session', () => {
  it('opens a track of WebRTC again that had been shut, when more of it comes', async () => {
    const { session } = scene();
    session.open({ modality: 'audio', codec: 'opus', sampleRateHz: 48_000, channels: 1 }, 'webrtc');
    await session.shut('audio');
    expect(session.info(true).audio).toBe(false);
    session.pushCaptured({ modality: 'audio', key: true, data: SILENCE, capturedAt: captured(20_000) });
    expect(session.info(true).audio).toBe(true);
  });

  it('asks for a key frame where the pictures come back without one', async () => {
    const { session, asked } = scene();
    session.open({ modality: 'video', codec: 'vp8', width: 320, height: 240 }, 'webrtc');
    await session.shut('video');
    expect(asked()).toBe(0);
    session.pushCaptured({ modality: 'video', key: false, data: SILENCE, capturedAt: captured(20_000) });
    expect(session.info(true).video).toBe(true);
    expect(asked()).toBeGreaterThan(0);
  });

  it('opens nothing for a unit of a modality that never had a coding', () => {
    const { session } = scene();
    session.pushCaptured({ modality: 'audio', key: true, data: SILENCE, capturedAt: captured(20_000) });
    expect(session.info(true)).toMatchObject({ audio: false, video: false });
  });

  it('sheds what comes before the sender’s clock is known', () => {
    const { session } = scene(false);
    session.open({ modality: 'audio', codec: 'opus', sampleRateHz: 48_000, channels: 1 }, 'webrtc');
    session.pushCaptured({ modality: 'audio', key: true, data: SILENCE, capturedAt: captured(0) });
    expect(session.shed).toEqual({ 'rtp-no-clock': 1 });
  });
});
