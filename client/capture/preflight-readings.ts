/** Reads camera and microphone for the check: what there is, how loud, how many pictures a second. */
import { ClientError, type ClientErrorCode } from '../errors.ts';
import { NO_READINGS, type Readings } from '../state/preflight.ts';
import { type DeviceChoice, deviceError, openDevices } from './devices.ts';
import { type Tap, tapPicture } from './taps.ts';

const READ_EVERY_MS = 100;
const SAMPLES = 8192; // 171 ms at 48 kHz: no short sound falls between two readings
const COUNTED_US = 2e6;

export type PreflightOptions = {
  /** The running camera's stream, which stays open; null: one of its own is opened, and closed again. */
  readonly stream: MediaStream | null;
  readonly choice: DeviceChoice;
  readonly changed: (readings: Readings) => void;
};

const PERMISSION: Partial<Readonly<Record<ClientErrorCode, Readings['permission']>>> = {
  ERR_CLIENT_PERMISSION: 'refused',
  ERR_CLIENT_NO_DEVICE: 'missing',
  ERR_CLIENT_DEVICE_BUSY: 'busy',
};

/** dB of full scale, root mean square; silence is -120. */
function levelOf(samples: Float32Array): number {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  return 10 * Math.log10(Math.max(power, 1e-12));
}

/** Reads from its construction until `close()`. */
export class PreflightReadings {
  readonly #options: PreflightOptions;
  #readings: Readings = { ...NO_READINGS, running: true, secure: isSecureContext };
  #own: MediaStream | null = null;
  #taps: Tap[] = [];
  #frames: number[] = [];
  #closed = false;

  constructor(options: PreflightOptions) {
    this.#options = options;
    this.#tell({});
    void this.#open();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const tap of this.#taps) tap.close();
    for (const track of this.#own?.getTracks() ?? []) track.stop();
    this.#options.changed(NO_READINGS);
  }

  async #open(): Promise<void> {
    const { stream, choice } = this.#options;
    if (stream) return this.#listen(stream, 'granted');
    try {
      const opened = await openDevices(choice);
      if (this.#closed) for (const track of opened.stream.getTracks()) track.stop();
      else this.#own = opened.stream;
      this.#listen(opened.stream, opened.missing?.code === 'ERR_CLIENT_PERMISSION' ? 'refused' : 'granted');
    } catch (cause) {
      const { code } = cause instanceof ClientError ? cause : deviceError(cause);
      this.#tell(
        code === 'ERR_CLIENT_INSECURE' ? { secure: false } : { permission: PERMISSION[code] ?? 'failed' },
      );
    }
  }

  #listen(stream: MediaStream, permission: Readings['permission']): void {
    if (this.#closed) return;
    const [camera] = stream.getVideoTracks();
    const [microphone] = stream.getAudioTracks();
    this.#tell({
      permission,
      camera: camera ? camera.label || 'camera' : '',
      microphone: microphone ? microphone.label || 'microphone' : '',
    });
    if (camera) this.#taps.push(tapPicture(camera, (_, at) => this.#frames.push(at)));
    const level = microphone ? this.#meter(microphone) : () => null;
    const timer = setInterval(() => this.#read(level()), READ_EVERY_MS);
    this.#taps.push({ close: () => clearInterval(timer) });
  }

  #meter(microphone: MediaStreamTrack): () => number {
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = SAMPLES;
    context.createMediaStreamSource(new MediaStream([microphone])).connect(analyser);
    this.#taps.push({ close: () => void context.close() });
    const samples = new Float32Array(analyser.fftSize);
    return () => {
      analyser.getFloatTimeDomainData(samples);
      return levelOf(samples);
    };
  }

  #read(levelDb: number | null): void {
    const { loudestDb, listened } = this.#readings;
    const newest = this.#frames.at(-1) ?? 0;
    this.#frames = this.#frames.filter((at) => at > newest - COUNTED_US);
    const span = newest - (this.#frames[0] ?? newest);
    const stopped = listened > 2 && this.#frames.length < 2;
    this.#tell({
      levelDb,
      loudestDb: Math.max(loudestDb, levelDb ?? loudestDb),
      listened: listened + READ_EVERY_MS / 1e3,
      fps: span >= COUNTED_US / 2 ? ((this.#frames.length - 1) / span) * 1e6 : stopped ? 0 : null,
    });
  }

  #tell(change: Partial<Readings>): void {
    if (this.#closed) return;
    this.#readings = { ...this.#readings, ...change };
    this.#options.changed(this.#readings);
  }
}
