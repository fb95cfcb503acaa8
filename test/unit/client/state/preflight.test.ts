import { describe, expect, it } from 'vitest';
import type { ConnectionState } from '../../../../client/connection.ts';
import { type LinkState, NO_LINK } from '../../../../client/state/link.ts';
import { linkView } from '../../../../client/state/link-view.ts';
import {
  type CheckLine,
  checkLines,
  NO_READINGS,
  type Readings,
} from '../../../../client/state/preflight.ts';

const FINE: Readings = {
  running: true,
  secure: true,
  permission: 'granted',
  camera: 'Webcam',
  microphone: 'Headset',
  levelDb: -38,
  loudestDb: -20,
  listened: 2,
  fps: 15,
};
const BY_UDP: LinkState = { ...NO_LINK, phase: 'webrtc', transport: 'udp', generation: 1 };

type More = {
  readonly link?: LinkState;
  readonly phase?: ConnectionState['phase'];
  readonly rttMs?: number | null;
};

const check = (readings: Partial<Readings>, more: More = {}): readonly CheckLine[] =>
  checkLines(
    { ...FINE, ...readings },
    { link: linkView(more.link ?? BY_UDP, []), connection: more.phase ?? 'open', rttMs: more.rttMs ?? 4 },
  );

const line = (lines: readonly CheckLine[], id: CheckLine['id']): CheckLine => {
  const found = lines.find((one) => one.id === id);
  if (!found) throw new Error(`no line ${id}`);
  return found;
};

describe('checkLines', () => {
  it('is all green when nothing is wrong', () => {
    expect(check({}).map(({ state }) => state)).toEqual(Array(7).fill('good'));
    expect(check({}).every(({ remedy }) => remedy === '')).toBe(true);
  });

  it('waits for what it does not know yet', () => {
    const before = checkLines(NO_READINGS, {
      link: linkView(NO_LINK, []),
      connection: 'connecting',
      rttMs: null,
    });
    expect(before.map(({ state }) => state)).toEqual(['good', ...Array(6).fill('waiting')]);
  });

  it.each<[string, CheckLine['id'], Partial<Readings>, More]>([
    ['an insecure page', 'secure', { secure: false, permission: 'asking' }, {}],
    ['a refusal', 'permission', { permission: 'refused', camera: '', microphone: '', levelDb: null }, {}],
    ['a busy device', 'permission', { permission: 'busy', camera: '', microphone: '', levelDb: null }, {}],
    [
      'a device that fails',
      'permission',
      { permission: 'failed', camera: '', microphone: '', levelDb: null },
      {},
    ],
    ['no device', 'devices', { permission: 'missing', camera: '', microphone: '', levelDb: null }, {}],
    ['no microphone', 'devices', { microphone: '', levelDb: null }, {}],
    ['no camera', 'devices', { camera: '', fps: null }, {}],
    [
      'a microphone that is off',
      'microphone',
      { levelDb: -120, loudestDb: Number.NEGATIVE_INFINITY, listened: 5 },
      {},
    ],
    ['a camera in the dark', 'camera', { fps: 5 }, {}],
    ['a camera that has stopped', 'camera', { fps: 0 }, {}],
    [
      'no way but the WebSocket',
      'transport',
      {},
      { link: { ...NO_LINK, phase: 'websocket', reason: 'late' } },
    ],
    [
      'a server without WebRTC',
      'transport',
      {},
      { link: { ...NO_LINK, phase: 'websocket', reason: 'server', remedy: 'npm start' } },
    ],
    ['no server', 'round-trip', {}, { phase: 'waiting' }],
    ['a slow network', 'round-trip', {}, { rttMs: 350 }],
  ])('is red, with its remedy, for %s', (_, id, readings, more) => {
    const lines = check(readings, more);
    expect(line(lines, id).state).toBe('bad');
    expect(lines.filter(({ state }) => state === 'bad')).toHaveLength(1);
    for (const { state, remedy } of lines) expect(remedy !== '').toBe(state === 'bad');
  });

  it('gives a microphone four seconds to be heard', () => {
    const quiet = { levelDb: -120, loudestDb: -120 };
    expect(line(check({ ...quiet, listened: 3.9 }), 'microphone').state).toBe('waiting');
    expect(line(check({ ...quiet, listened: 4 }), 'microphone').state).toBe('bad');
    expect(line(check({ ...quiet, loudestDb: -40, listened: 9 }), 'microphone').state).toBe('good');
  });

  it('has nothing against the WebSocket where the page asks for it', () => {
    const wished = check({}, { link: { ...NO_LINK, phase: 'websocket', reason: 'wished' } });
    expect(line(wished, 'transport').state).toBe('good');
  });

  it('takes TCP for good, with its name', () => {
    const tcp = check({}, { link: { ...BY_UDP, transport: 'tcp' } });
    expect(line(tcp, 'transport')).toMatchObject({ state: 'good', value: 'WebRTC · TCP' });
  });
});
