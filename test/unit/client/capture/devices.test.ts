import { afterEach, describe, expect, it, vi } from 'vitest';
import { deviceError, openDevices } from '../../../../client/capture/devices.ts';
import { DEFAULT_SETTINGS } from '../../../../client/settings.ts';

const named = (name: string) => Object.assign(new Error(name), { name });

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('deviceError', () => {
  it('knows what the specification calls each refusal', () => {
    const codes = ['NotAllowedError', 'NotFoundError', 'NotReadableError', 'SomethingElse'].map(
      (name) => deviceError(named(name)).code,
    );
    expect(codes).toEqual([
      'ERR_CLIENT_PERMISSION',
      'ERR_CLIENT_NO_DEVICE',
      'ERR_CLIENT_DEVICE_BUSY',
      'ERR_CLIENT_CAPTURE',
    ]);
  });
});

describe('openDevices', () => {
  it('says ERR_CLIENT_INSECURE where the browser hides its devices', async () => {
    vi.stubGlobal('isSecureContext', false);
    await expect(openDevices(DEFAULT_SETTINGS)).rejects.toMatchObject({ code: 'ERR_CLIENT_INSECURE' });
  });

  it('asks for 320x240 at 15 a second, unprocessed', async () => {
    const getUserMedia = vi.fn(async () => 'stream');
    vi.stubGlobal('isSecureContext', true);
    vi.stubGlobal('navigator', { mediaDevices: { getUserMedia } });
    expect(await openDevices(DEFAULT_SETTINGS)).toEqual({ stream: 'stream', missing: null });
    expect(getUserMedia).toHaveBeenCalledWith({
      video: { width: { ideal: 320 }, height: { ideal: 240 }, frameRate: { ideal: 15 } },
      audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    });
  });

  it('takes the one that there is and says why the other is missing', async () => {
    const getUserMedia = async (wanted: { audio?: unknown; video?: unknown }) => {
      if (wanted.video) throw named('NotFoundError');
      return 'sound only';
    };
    vi.stubGlobal('isSecureContext', true);
    vi.stubGlobal('navigator', { mediaDevices: { getUserMedia } });
    const { stream, missing } = await openDevices(DEFAULT_SETTINGS);
    expect(stream).toBe('sound only');
    expect(missing?.code).toBe('ERR_CLIENT_NO_DEVICE');
  });

  it('rejects with the first reason where there is neither', async () => {
    const getUserMedia = async () => {
      throw named('NotAllowedError');
    };
    vi.stubGlobal('isSecureContext', true);
    vi.stubGlobal('navigator', { mediaDevices: { getUserMedia } });
    await expect(openDevices(DEFAULT_SETTINGS)).rejects.toMatchObject({ code: 'ERR_CLIENT_PERMISSION' });
  });
});
