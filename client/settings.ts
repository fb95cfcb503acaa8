/** What this browser remembers of its person: theme, devices, name. Decoded with care, it may be from an older version. */
import type { DeviceChoice } from './capture/devices.ts';

export type Theme = 'auto' | 'light' | 'dark';

export type Settings = DeviceChoice & {
  readonly theme: Theme;
  /** Sent with labels; may be empty. */
  readonly name: string;
};

export const DEFAULT_SETTINGS: Settings = {
  cameraId: '',
  microphoneId: '',
  processing: false,
  theme: 'auto',
  name: '',
};

const KEY = 'counterpoise.settings';

const text = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 200) : '');
const theme = (value: unknown): Theme => (value === 'light' || value === 'dark' ? value : 'auto');

/** Stored text to settings; whatever does not fit becomes the default. */
export function decodeSettings(stored: string | null): Settings {
  let value: unknown = null;
  try {
    value = JSON.parse(stored ?? 'null');
  } catch {
    return DEFAULT_SETTINGS;
  }
  if (typeof value !== 'object' || value === null) return DEFAULT_SETTINGS;
  const fields = new Map<string, unknown>(Object.entries(value));
  return {
    cameraId: text(fields.get('cameraId')),
    microphoneId: text(fields.get('microphoneId')),
    processing: fields.get('processing') === true,
    theme: theme(fields.get('theme')),
    name: text(fields.get('name')).slice(0, 64),
  };
}

export const loadSettings = (storage: Storage): Settings => decodeSettings(storage.getItem(KEY));
export const saveSettings = (storage: Storage, settings: Settings): void =>
  storage.setItem(KEY, JSON.stringify(settings));
