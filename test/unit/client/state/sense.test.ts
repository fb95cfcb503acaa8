import { describe, expect, it } from 'vitest';
import { senseState, sensesText, senseText } from '../../../../client/state/sense.ts';

const track = { enabled: true, muted: false, readyState: 'live' } as const;

describe('senseState', () => {
  it('tells what the person, the system and the cable did apart', () => {
    expect(senseState(track)).toBe('on');
    expect(senseState({ ...track, enabled: false })).toBe('off');
    expect(senseState({ ...track, muted: true })).toBe('muted');
    expect(senseState({ ...track, readyState: 'ended' })).toBe('ended');
    expect(senseState(undefined)).toBe('absent');
  });

  it('says off of a track that is switched off and muted: the person can change that first', () => {
    expect(senseState({ ...track, enabled: false, muted: true })).toBe('off');
  });

  it('says ended of a track that can no longer be switched on', () => {
    expect(senseState({ enabled: false, muted: true, readyState: 'ended' })).toBe('ended');
  });
});

describe('sensesText', () => {
  it('is silent while both are on', () => {
    expect(sensesText({ audio: 'on', video: 'on' }, null)).toBeNull();
  });

  it.each([
    ['off', 'Picture is off: sound answers alone.'],
    ['muted', 'The system has muted the camera: sound answers alone.'],
    ['ended', 'The camera has stopped: sound answers alone.'],
    ['absent', 'No camera was found: sound answers alone.'],
  ] as const)('says who answers while the picture is %s', (video, text) => {
    expect(sensesText({ audio: 'on', video }, null)).toBe(text);
  });

  it.each([
    ['ERR_CLIENT_PERMISSION', 'The microphone is blocked for this page: the picture answers alone.'],
    ['ERR_CLIENT_DEVICE_BUSY', 'Another program holds the microphone: the picture answers alone.'],
    ['ERR_CLIENT_NO_DEVICE', 'No microphone was found: the picture answers alone.'],
  ] as const)('says why there is no sound after %s', (code, text) => {
    expect(sensesText({ audio: 'absent', video: 'on' }, code)).toBe(text);
  });

  it('says both where nothing is left', () => {
    expect(sensesText({ audio: 'off', video: 'off' }, null)).toBe('Sound and picture are off.');
    expect(sensesText({ audio: 'off', video: 'absent' }, 'ERR_CLIENT_NO_DEVICE')).toBe(
      'Sound is off. No camera was found.',
    );
  });
});

describe('senseText', () => {
  it('names the device that is not there or has gone, else the sense and its state', () => {
    expect(senseText('video', 'absent')).toBe('No camera');
    expect(senseText('audio', 'absent')).toBe('No microphone');
    expect(senseText('audio', 'on')).toBe('Sound on');
    expect(senseText('video', 'ended')).toBe('Camera stopped');
  });
});
