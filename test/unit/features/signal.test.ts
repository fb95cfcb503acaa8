import { describe, expect, it } from 'vitest';

import { melOf } from '../../../src/features/mel.ts';
import { audioSignal, levelDb, videoSignal } from '../../../src/features/signal.ts';
import { random } from '../../../src/random.ts';

const SAMPLES = 96 * 160 + 240;
const draw = random(1);
const noise = (rms: number) => melOf(Float32Array.from({ length: SAMPLES }, () => rms * draw.normal()));
const sine = (amplitude: number) =>
  melOf(Float32Array.from({ length: SAMPLES }, (_, n) => amplitude * Math.sin(n * 0.4)));

describe('levelDb', () => {
  it.each([0.1, 0.01, 0.001])('reads noise of rms %d within 5 dB', (rms) => {
    expect(Math.abs(levelDb(noise(rms)) - 20 * Math.log10(rms))).toBeLessThan(5);
  });

  it('reads a full-scale sine as -3 dB within 5 dB', () => {
    expect(Math.abs(levelDb(sine(1)) + 3)).toBeLessThan(5);
  });

  it('gives digital silence -120', () => {
    expect(levelDb(melOf(new Float32Array(SAMPLES)))).toBe(-120);
  });
});

describe('audioSignal', () => {
  it('calls nothing and a microphone of its own silent, and a whisper live', () => {
    expect([0, 0.0002, 0.005].map((rms) => audioSignal(noise(rms)))).toEqual(['silent', 'silent', 'live']);
  });

  it('hears one short beep', () => {
    const samples = new Float32Array(SAMPLES);
    for (let n = 8_000; n < 8_800; n++) samples[n] = 0.05 * Math.sin(n * 0.4);
    expect(audioSignal(melOf(samples))).toBe('live');
  });
});

describe('videoSignal', () => {
  const picture = (level: (p: number) => number) =>
    Uint8Array.from({ length: 96 * 96 * 3 }, (_, i) => level(Math.floor(i / 3)));
  const grey = (level: number) => new Uint8Array(3 * 96 * 96).fill(level);

  it('calls a covered lens dark, before frozen', () => {
    expect(
      videoSignal(
        picture(() => 0),
        grey(0),
      ),
    ).toBe('dark');
    expect(
      videoSignal(
        picture((p) => p % 5),
        grey(20),
      ),
    ).toBe('dark');
  });

  it('does not call lamps at night dark', () => {
    expect(
      videoSignal(
        picture((p) => (p % 50 === 0 ? 250 : 3)),
        grey(0),
      ),
    ).toBe('live');
  });

  it('calls a repeated picture frozen and one moved pixel live', () => {
    const still = picture(() => 100);
    expect(videoSignal(still, grey(101))).toBe('frozen');
    const moved = grey(100);
    moved[2 * 96 * 96 + 17] = 102;
    expect(videoSignal(still, moved)).toBe('live');
  });
});
