/** Representations that are made once: the test is taken again and again by encoders of which often only one has moved. */
import { createHash } from 'node:crypto';
import type { Modality } from '../../../../proto/messages.ts';
import { weightsOf } from '../../../../server/compute/embed-samples.ts';
import type { Sample } from '../../../../src/journal.ts';
import type { NamedArray } from '../../../../src/model/encoders.ts';
import type { Embed, Embedded } from '../../../../src/training/judging.ts';

type Known = WeakMap<object, Float32Array>;

/** By content: a frozen encoder comes back as a copy. */
function digestOf(weights: readonly NamedArray[]): string {
  const hash = createHash('sha256');
  for (const { values } of weights)
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return hash.digest('hex');
}

const windowOf = ({ mel, rgb }: Sample, side: Modality): object | null => (side === 'audio' ? mel : rgb);

/** The same function, but no window twice by the same encoder; windows are told by their arrays. */
export function rememberingEmbed(embed: Embed): Embed {
  const known = new Map<string, Known>();
  const ofSide = (encoders: readonly NamedArray[], side: Modality): Known => {
    const digest = digestOf(weightsOf(encoders, side));
    const found = known.get(digest) ?? new WeakMap<object, Float32Array>();
    known.set(digest, found);
    return found;
  };
  return (encoders, samples) => {
    const [audio, video] = [ofSide(encoders, 'audio'), ofSide(encoders, 'video')];
    const wanted = samples.flatMap((sample) => {
      const hears = sample.mel !== null && !audio.has(sample.mel);
      const sees = sample.rgb !== null && !video.has(sample.rgb);
      if (!hears && !sees) return [];
      return [{ ...sample, ...(hears ? {} : { mel: null }), ...(sees ? {} : { rgb: null, older: null }) }];
    });
    embed(encoders, wanted).forEach(({ zAudio, zVideo }, i) => {
      const { mel = null, rgb = null } = wanted[i] ?? {};
      if (mel && zAudio) audio.set(mel, zAudio);
      if (rgb && zVideo) video.set(rgb, zVideo);
    });
    return samples.map((sample): Embedded => {
      const of = (side: Modality, from: Known): Float32Array | null =>
        from.get(windowOf(sample, side) ?? {}) ?? null;
      return { zAudio: of('audio', audio), zVideo: of('video', video) };
    });
  };
}
