import { describe, expect, it } from 'vitest';
import { missingTestTools } from '../../../deploy/setup/test-tools.mjs';

describe('missingTestTools', () => {
  it('names the packages of everything where PATH is empty', () => {
    expect(missingTestTools({ PATH: '' })).toEqual(['chromium', 'ffmpeg', 'espeak-ng']);
  });
});
