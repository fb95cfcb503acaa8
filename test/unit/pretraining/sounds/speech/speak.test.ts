import { describe, expect, it } from 'vitest';

import { CONSONANTS } from '../../../../../src/pretraining/sounds/speech/consonants.ts';
import { speak } from '../../../../../src/pretraining/sounds/speech/speak.ts';
import { drawSpeaker, type Speaker } from '../../../../../src/pretraining/sounds/speech/speaker.ts';
import { utter } from '../../../../../src/pretraining/sounds/speech/utter.ts';
import { VOWELS } from '../../../../../src/pretraining/sounds/speech/vowels.ts';
import { random } from '../../../../../src/random.ts';
import { bandOf, centroid, magnitudes, profile } from '../hearing.ts';

const middling: Speaker = {
  ...drawSpeaker(random(1)),
  pitch: 110,
  tract: 1,
  strays: [1, 1, 1],
  upper: 1,
  damping: 1,
  breath: 0.02,
  hiss: 1,
  brightness: 5_000,
  slowness: 2,
  unevenness: 0,
  laziness: 0,
  whispered: false,
};

const named = <Phone extends { readonly name: string }>(phones: readonly Phone[], name: string): Phone => {
  const found = phones.find((phone) => phone.name === name);
  if (!found) throw new Error(`no phone ${name}`);
  return found;
};

/** Columns of a syllable that starts at the window's start. */
function say(onset: string | null, vowel: string, speaker = middling): readonly (readonly number[])[] {
  const word = {
    syllables: [
      {
        onset: onset === null ? [] : [named(CONSONANTS, onset)],
        vowel: named(VOWELS, vowel),
        coda: [],
        stressed: true,
      },
    ],
  };
  return magnitudes(speak(utter(word, speaker, random(2)), speaker, { start: 0, period: null }, random(3)));
}

/** Loudness around a frequency over loudness around another one, in a vowel's middle. */
function ratio(columns: readonly (readonly number[])[], hz: number, otherHz: number): number {
  const heard = profile(columns.slice(8, 20));
  const around = (centre: number): number => {
    const band = bandOf(centre);
    return Math.max(...heard.slice(Math.max(0, band - 2), band + 3));
  };
  return around(hz) / around(otherHz);
}

describe('speak', () => {
  it('puts the formants of i, a and u where these vowels have them', () => {
    const [i, a, u] = [say(null, 'i'), say(null, 'a'), say(null, 'u')];
    expect(ratio(i, 2_300, 1_220)).toBeGreaterThan(3); // i: second formant high, a hole below it
    expect(ratio(a, 1_220, 2_300)).toBeGreaterThan(1.5); // a: the two lowest close together
    expect(ratio(a, 760, 285)).toBeGreaterThan(1);
    expect(ratio(u, 860, 2_300)).toBeGreaterThan(3); // u: all below 1 kHz
    expect(ratio(u, 310, 760)).toBeGreaterThan(ratio(a, 310, 760));
  });

  it('raises formants for a short vocal tract', () => {
    const long = profile(say(null, 'a').slice(8, 20));
    const short = profile(say(null, 'a', { ...middling, tract: 1.25 }).slice(8, 20));
    expect(centroid(short)).toBeGreaterThan(centroid(long) + 1);
  });

  it('hisses high in an s, lower in an sh, and leaves the hiss before the vowel', () => {
    const hissing = (onset: string): number => centroid(profile(say(onset, 'a').slice(5, 15)));
    expect(hissing('s')).toBeGreaterThan(bandOf(4_500));
    expect(hissing('sh')).toBeLessThan(hissing('s') - 4);
    expect(hissing('sh')).toBeGreaterThan(bandOf(2_000));
    expect(centroid(profile(say('s', 'a').slice(30, 45)))).toBeLessThan(bandOf(2_000));
  });

  it('is silent in the closure of a t, which its burst ends', () => {
    const columns = say('t', 'a');
    const loud = (from: number, to: number): number => Math.max(...columns.slice(from, to).flat());
    const vowel = loud(28, 36);
    expect(loud(2, 10)).toBeLessThan(0.02 * vowel); // held for 2 · 75 ms
    const burst = Math.max(
      ...columns.slice(11, 18).map((column) => Math.max(...column.slice(bandOf(3_000)))),
    );
    expect(burst).toBeGreaterThan(0.03 * vowel);
  });

  it('says it again after its period', () => {
    const word = { syllables: [{ onset: [], vowel: named(VOWELS, 'a'), coda: [], stressed: true }] };
    const utterance = utter(word, middling, random(2));
    const scene = speak(utterance, middling, { start: -0.1, period: utterance.seconds + 0.1 }, random(3));
    const loud = magnitudes(scene).map((column) => Math.max(...column));
    const silences = loud.filter(
      (x, k) => x < 0.05 * Math.max(...loud) && (loud[k - 1] ?? 0) >= 0.05 * Math.max(...loud),
    );
    expect(silences.length).toBeGreaterThanOrEqual(2);
  });
});
