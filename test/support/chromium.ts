/** Debian's Chromium under playwright, with a fake camera and microphone that play files. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** Headless; nothing that calls home or competes for the two cores. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** No dialog: whoever asks is given the devices. */
const GRANTED = '--use-fake-ui-for-media-stream';

export type ChromiumOptions = {
  /** `asked`: as for a person, and nobody answers the dialog; a context's permissions decide. Default `granted`. */
  readonly permission?: 'granted' | 'asked';
  /** Fake devices there are: `none` is a machine without any. Chromium has no camera without a microphone. Default `both`. */
  readonly devices?: 'both' | 'microphone' | 'none';
  /** Absolute path of a y4m or mjpeg file that the camera plays in a loop; default Chromium's own pattern. */
  readonly fakeVideo?: string;
  /** Absolute path of a wav file that the microphone plays in a loop; default Chromium's own beeps. */
  readonly fakeAudio?: string;
  /** Further command-line flags. */
  readonly args?: readonly string[];
};

const FAKE = '--use-fake-device-for-media-stream';
const DEVICES: Readonly<Record<NonNullable<ChromiumOptions['devices']>, readonly string[]>> = {
  both: [FAKE],
  microphone: [`${FAKE}=device-count=0`],
  none: [],
};

/**
 * The browser's executable: COUNTERPOISE_CHROMIUM, else the first known name in PATH.
 *
 * @throws {Error} with the install command when there is none.
 */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string {
  const named = env.COUNTERPOISE_CHROMIUM;
  if (named) return named;
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  const found = folders
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find((file) => existsSync(file));
  if (found) return found;
  throw new Error(
    'no Chromium in PATH: run "apt-get update && apt-get install -y chromium", then the tests again',
  );
}

/**
 * Starts a browser of its own, in a profile folder of its own that playwright makes in the system's temporary folder
 * and removes on close. The caller closes it.
 *
 * @throws {Error} with the install command when there is no Chromium.
 */
export async function launchChromium(options: ChromiumOptions = {}): Promise<Browser> {
  const { permission = 'granted', devices = 'both', fakeVideo, fakeAudio, args = [] } = options;
  const media = [
    ...(permission === 'granted' ? [GRANTED] : []),
    ...DEVICES[devices],
    ...(fakeVideo ? [`--use-file-for-fake-video-capture=${fakeVideo}`] : []),
    ...(fakeAudio ? [`--use-file-for-fake-audio-capture=${fakeAudio}`] : []),
  ];
  return chromium.launch({
    executablePath: findChromium(),
    headless: true,
    args: [...FLAGS, ...media, ...args],
  });
}
