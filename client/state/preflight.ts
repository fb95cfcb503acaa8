/**
 * The check of camera and connection: what was read, and each line of it as good, bad or not known yet. A bad line has one
 * remedy, in words. Pure; `capture/preflight-readings.ts` reads.
 */
import type { ConnectionState } from '../connection.ts';
import type { LinkView } from './link-view.ts';

export type Readings = {
  /** The check is on the screen. */
  readonly running: boolean;
  readonly secure: boolean;
  /** `asking` until the browser or its person has answered. */
  readonly permission: 'asking' | 'granted' | 'refused' | 'missing' | 'busy' | 'failed';
  /** What is in use; empty where there is none. */
  readonly camera: string;
  readonly microphone: string;
  /** dB of full scale, now; null before the first sound was read. */
  readonly levelDb: number | null;
  /** The loudest since the check began. */
  readonly loudestDb: number;
  /** Seconds that the microphone has been listened to. */
  readonly listened: number;
  /** Pictures a second; null before one second was counted. */
  readonly fps: number | null;
};

export const NO_READINGS: Readings = {
  running: false,
  secure: true,
  permission: 'asking',
  camera: '',
  microphone: '',
  levelDb: null,
  loudestDb: Number.NEGATIVE_INFINITY,
  listened: 0,
  fps: null,
};

export type CheckLine = {
  readonly id: 'secure' | 'permission' | 'devices' | 'microphone' | 'camera' | 'transport' | 'round-trip';
  readonly name: string;
  readonly state: 'good' | 'bad' | 'waiting';
  readonly value: string;
  /** What to do; not empty where, and only where, `state` is bad. */
  readonly remedy: string;
};

/** Quieter than a still room with any microphone that works: then nothing arrives at all. */
const SILENT_DB = -75;
/** A person has said something by then, or the room has. */
const LISTEN_S = 4;
const SLOW_FPS = 10; // the server pairs 15 a second; below ten, movements are lost
const SLOW_ROUND_TRIP_MS = 200;

type Verdict = Omit<CheckLine, 'id' | 'name'>;

const good = (value: string): Verdict => ({ state: 'good', value, remedy: '' });
const waiting = (value: string): Verdict => ({ state: 'waiting', value, remedy: '' });
const bad = (value: string, remedy: string): Verdict => ({ state: 'bad', value, remedy });

function secure(readings: Readings): Verdict {
  if (readings.secure) return good('yes');
  return bad(
    'no',
    'Open this page as http://localhost on the machine itself, or start the server with --host: it then uses TLS.',
  );
}

const ANSWERS: Readonly<Record<Readings['permission'], Verdict>> = {
  asking: waiting('waiting for your answer'),
  granted: good('given'),
  refused: bad('refused', 'Allow camera and microphone at the left of the address bar, then check again.'),
  missing: good('not needed'), // the line of devices says what is wrong
  busy: bad('in use elsewhere', 'Close the other program that holds camera or microphone, then check again.'),
  failed: bad('not to be had', 'Unplug the camera, plug it in, then check again.'),
};

const permission = (readings: Readings): Verdict =>
  readings.secure ? ANSWERS[readings.permission] : waiting('–'); // the browser does not even ask

function devices({ permission: answer, camera, microphone }: Readings): Verdict {
  if (camera !== '' && microphone !== '') return good(`${camera}, ${microphone}`);
  if (camera !== '')
    return bad(`${camera}, no microphone`, 'Plug a microphone in; until then the picture answers alone.');
  if (microphone !== '')
    return bad(`${microphone}, no camera`, 'Plug a camera in; until then sound answers alone.');
  if (answer === 'missing')
    return bad('none found', 'Plug a camera or a microphone in, or try the demo: it needs neither.');
  return waiting('not known yet');
}

function heard({ microphone, levelDb, loudestDb, listened }: Readings): Verdict {
  if (microphone === '' || levelDb === null) return waiting('–');
  if (loudestDb > SILENT_DB) return good(levelDb > SILENT_DB ? `${Math.round(levelDb)} dB` : 'quiet now');
  if (listened < LISTEN_S) return waiting('say something');
  return bad(
    'silent',
    'Switch the microphone on, at its own switch or in the system, or choose another one in Settings.',
  );
}

function seen({ camera, fps }: Readings): Verdict {
  if (camera === '' || fps === null) return waiting('–');
  const text = `${Math.round(fps)} pictures a second`;
  if (fps >= SLOW_FPS) return good(text);
  return bad(text, 'Give the camera more light, or close what else keeps this computer busy.');
}

function transport(link: LinkView): Verdict {
  if (link.state === 'none' || link.state === 'trying') return waiting(link.badge);
  if (link.state === 'good' || link.badge !== 'WebSocket') return good(link.badge);
  const remedy = link.command === '' ? link.remedy : `On the server: ${link.command}`;
  const why = `${link.why.charAt(0).toUpperCase()}${link.why.slice(1)}`;
  return bad(`${link.badge} only`, `${why}. ${remedy}`);
}

function roundTrip(connection: ConnectionState['phase'], rttMs: number | null): Verdict {
  if (connection === 'refused' || connection === 'waiting')
    return bad('no server', 'Start the server again; this page connects by itself.');
  if (rttMs === null) return waiting('–');
  const text = `${rttMs.toFixed(rttMs < 10 ? 1 : 0)} ms`;
  if (rttMs <= SLOW_ROUND_TRIP_MS) return good(text);
  return bad(text, 'Use a cable or go nearer to the wireless access point.');
}

/** Every line of the check, in the order in which one would set things right. */
export function checkLines(
  readings: Readings,
  more: {
    readonly link: LinkView;
    readonly connection: ConnectionState['phase'];
    readonly rttMs: number | null;
  },
): readonly CheckLine[] {
  return [
    { id: 'secure', name: 'Secure page', ...secure(readings) },
    { id: 'permission', name: 'Permission', ...permission(readings) },
    { id: 'devices', name: 'Devices', ...devices(readings) },
    { id: 'microphone', name: 'Microphone', ...heard(readings) },
    { id: 'camera', name: 'Camera', ...seen(readings) },
    { id: 'transport', name: 'Transport', ...transport(more.link) },
    { id: 'round-trip', name: 'Round trip', ...roundTrip(more.connection, more.rttMs) },
  ];
}
