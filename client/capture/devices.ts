/** Camera and microphone: asking for them, and saying in a person's words why they cannot be had. */
import { ClientError, type ClientErrorCode } from '../errors.ts';
import { FRAME_RATE } from './sink.ts';

export type DeviceChoice = {
  /** Empty: the browser's default. */
  readonly cameraId: string;
  readonly microphoneId: string;
  /** Echo cancellation, noise suppression and gain control. Off by default: they eat what is to be learned. */
  readonly processing: boolean;
};

export type Devices = {
  readonly stream: MediaStream;
  /** Why one of both is missing, or null. The other one works alone. */
  readonly missing: ClientError | null;
};

function constraints(choice: DeviceChoice): { audio: MediaTrackConstraints; video: MediaTrackConstraints } {
  const { processing } = choice;
  return {
    video: {
      width: { ideal: 320 },
      height: { ideal: 240 },
      frameRate: { ideal: FRAME_RATE },
      ...(choice.cameraId === '' ? {} : { deviceId: { exact: choice.cameraId } }),
    },
    audio: {
      echoCancellation: processing,
      noiseSuppression: processing,
      autoGainControl: processing,
      ...(choice.microphoneId === '' ? {} : { deviceId: { exact: choice.microphoneId } }),
    },
  };
}

const TEXT: Readonly<Record<Exclude<ClientErrorCode, 'ERR_CLIENT_TOKEN' | 'ERR_CLIENT_OUTBOX'>, string>> = {
  ERR_CLIENT_INSECURE:
    'Browsers give a camera only to secure pages. Open this page on the machine itself as http://localhost, or start the server with --host, which turns TLS on.',
  ERR_CLIENT_PERMISSION:
    'Camera and microphone are blocked for this page. Allow them at the left of the address bar, then try again.',
  ERR_CLIENT_NO_DEVICE: 'No camera or microphone was found. Plug one in, or try the demo: it needs neither.',
  ERR_CLIENT_DEVICE_BUSY: 'Another program holds the camera or microphone. Close it there, then try again.',
  ERR_CLIENT_CAPTURE: 'Camera and microphone could not be started. Try again, or try the demo.',
};

/** What a rejection of getUserMedia means, by the names that the Media Capture specification gives. */
export function deviceError(cause: unknown): ClientError {
  const name = cause instanceof Error || cause instanceof DOMException ? cause.name : '';
  const codes: Readonly<Record<string, keyof typeof TEXT>> = {
    NotAllowedError: 'ERR_CLIENT_PERMISSION',
    SecurityError: 'ERR_CLIENT_PERMISSION',
    NotFoundError: 'ERR_CLIENT_NO_DEVICE',
    OverconstrainedError: 'ERR_CLIENT_NO_DEVICE',
    NotReadableError: 'ERR_CLIENT_DEVICE_BUSY',
    AbortError: 'ERR_CLIENT_DEVICE_BUSY',
  };
  const code = codes[name] ?? 'ERR_CLIENT_CAPTURE';
  return new ClientError(code, TEXT[code], { cause });
}

/**
 * Both, or whichever of both there is.
 * @throws {ClientError} ERR_CLIENT_INSECURE, ERR_CLIENT_PERMISSION, ERR_CLIENT_NO_DEVICE, ERR_CLIENT_DEVICE_BUSY,
 *   ERR_CLIENT_CAPTURE
 */
export async function openDevices(choice: DeviceChoice): Promise<Devices> {
  const media: MediaDevices | undefined = navigator.mediaDevices; // undefined in an insecure context
  if (!isSecureContext || media === undefined)
    throw new ClientError('ERR_CLIENT_INSECURE', TEXT.ERR_CLIENT_INSECURE);
  const { audio, video } = constraints(choice);
  let missing: ClientError;
  try {
    return { stream: await media.getUserMedia({ audio, video }), missing: null };
  } catch (cause) {
    missing = deviceError(cause);
  }
  for (const only of [{ video }, { audio }]) {
    const stream = await media.getUserMedia(only).catch(() => null);
    if (stream) return { stream, missing };
  }
  throw missing;
}
