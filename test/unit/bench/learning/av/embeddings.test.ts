import { describe, expect, it } from 'vitest';
import { micros } from '../../../../../proto/units.ts';
import type { Sample } from '../../../../../src/journal.ts';
import type { NamedArray } from '../../../../../src/model/encoders.ts';
import type { Embed } from '../../../../../src/training/judging.ts';
import { rememberingEmbed } from '../../../../bench/learning/av/embeddings.ts';

const weight = (name: string, value: number): NamedArray => ({
  name,
  shape: [1],
  values: Float32Array.of(value),
});
const encoders = (audio: number, video: number) => [weight('audio/w', audio), weight('video/w', video)];
const sampleOf = (value: number): Sample => ({
  ...{ start: micros(0), end: micros(1) },
  ...{ mel: Float32Array.of(value), rgb: Uint8Array.of(value), older: Uint8Array.of(value) },
});

/** Each side's input times its weight; what it was asked for is kept. */
function counting() {
  const asked: string[] = [];
  const embed: Embed = ([audio, video], samples) =>
    samples.map(({ mel, rgb }) => {
      asked.push(`${mel?.[0] ?? '-'}/${rgb?.[0] ?? '-'}`);
      return {
        zAudio: mel && Float32Array.of(mel[0]! * audio!.values[0]!),
        zVideo: rgb && Float32Array.of(rgb[0]! * video!.values[0]!),
      };
    });
  return { asked, embed: rememberingEmbed(embed) };
}

describe('rememberingEmbed', () => {
  it('answers as what it wraps, and asks for nothing twice', () => {
    const { asked, embed } = counting();
    const samples = [sampleOf(2), sampleOf(3)];
    const expected = [
      { zAudio: Float32Array.of(10), zVideo: Float32Array.of(14) },
      { zAudio: Float32Array.of(15), zVideo: Float32Array.of(21) },
    ];
    expect(embed(encoders(5, 7), samples)).toEqual(expected);
    expect(embed(encoders(5, 7), samples)).toEqual(expected);
    expect(asked).toEqual(['2/2', '3/3']);
  });

  it('asks for the side alone whose encoder has moved', () => {
    const { asked, embed } = counting();
    const samples = [sampleOf(2)];
    embed(encoders(5, 7), samples);
    expect(embed(encoders(5, 8), samples)).toEqual([
      { zAudio: Float32Array.of(10), zVideo: Float32Array.of(16) },
    ]);
    expect(asked).toEqual(['2/2', '-/2']);
  });

  it('leaves a missing side null', () => {
    const { embed } = counting();
    expect(embed(encoders(5, 7), [{ ...sampleOf(2), mel: null }])).toEqual([
      { zAudio: null, zVideo: Float32Array.of(14) },
    ]);
  });
});
