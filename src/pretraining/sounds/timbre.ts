/** What a tone is made of: partials, harmonic or not. A timbre is identity; how loud each partial comes through wavers. */
import type { Random } from '../../random.ts';
import { aboutOne, between, chance, logBetween, pick } from './draws.ts';
import type { Scene, Track } from './scene.ts';
import { addWave, HIGHEST_HARMONIC_HZ, harmonicsOf, SINE_WAVE, wave } from './waves.ts';

/** One partial; all harmonics; every other one; partials that are no harmonics. */
export const TIMBRES = ['pure', 'rich', 'hollow', 'inharmonic'] as const;
export type TimbreName = (typeof TIMBRES)[number];

/** A partial's frequency over the pitch, and its amplitude. */
type PartialTone = { readonly ratio: number; readonly gain: number };

/** Partials, the lowest first. */
export type Timbre = { readonly name: TimbreName; readonly partials: readonly PartialTone[] };

const MOST_PARTIALS = 40;
/** From one rendering to the next, in nats: about 2 dB. */
const GAIN_DEVIATION = 0.2;

/** Falls as a power of the number, with up to two humps of its own: what tells two rich tones of one pitch apart. */
function harmonics(source: Random, step: number): readonly PartialTone[] {
  const fall = between(source, 0.4, 2);
  const humps = Array.from({ length: source.integer(3) }, () => ({
    at: logBetween(source, 2, 20),
    height: between(source, 1, 6),
  }));
  const count = Math.ceil(MOST_PARTIALS / step);
  return Array.from({ length: count }, (_, k): PartialTone => {
    const ratio = 1 + k * step;
    const raised = humps.reduce(
      (sum, { at, height }) => sum + height * Math.exp(-4 * Math.log(ratio / at) ** 2),
      1,
    );
    return { ratio, gain: raised * ratio ** -fall };
  });
}

/** Three to seven partials stretched or scattered, as of bells, bars and machines. */
function scattered(source: Random): readonly PartialTone[] {
  const fall = between(source, 0.2, 1.2);
  let ratio = 1;
  return Array.from({ length: 3 + source.integer(5) }, (): PartialTone => {
    const partial = { ratio, gain: aboutOne(source, 0.4) * ratio ** -fall };
    ratio *= between(source, 1.15, 1.9);
    return partial;
  });
}

function partialsOf(name: TimbreName, source: Random): readonly PartialTone[] {
  if (name === 'pure') return [{ ratio: 1, gain: 1 }];
  if (name === 'rich') return harmonics(source, 1);
  return name === 'hollow' ? harmonics(source, 2) : scattered(source);
}

/** A timbre that goes by this name, or by any. */
export function drawTimbre(source: Random, name: TimbreName = pick(source, TIMBRES)): Timbre {
  return { name, partials: partialsOf(name, source) };
}

/** Where most of the power of a timbre at this pitch lies, in Hz: the mean in the logarithm. */
export function centreOf({ partials }: Timbre, hz: number): number {
  let [power, sum] = [0, 0];
  for (const { ratio, gain } of partials) {
    if (ratio > 1 && ratio * hz > HIGHEST_HARMONIC_HZ) continue;
    power += gain * gain;
    sum += gain * gain * Math.log(ratio);
  }
  return hz * Math.exp(sum / power);
}

/** Mean distance of the partials from the nearest harmonic, twice: 0 to 1. */
export function roughnessOf({ partials }: Timbre): number {
  return (
    partials.reduce((sum, { ratio }) => sum + 2 * Math.abs(ratio - Math.round(ratio)), 0) / partials.length
  );
}

/** Adds a timbre under a pitch and an amplitude; phases, and the partials' loudness by about 2 dB, are fresh. */
export function addTimbre(out: Scene, timbre: Timbre, pitch: Track, amplitude: Track, source: Random): void {
  const partials = timbre.partials.map(({ ratio, gain }) => ({
    ratio,
    gain: gain * aboutOne(source, GAIN_DEVIATION),
  }));
  const highest = pitch.reduce((most, hz) => Math.max(most, hz), 0);
  if (timbre.name === 'inharmonic') {
    for (const { ratio, gain } of partials) {
      if (ratio > 1 && ratio * highest > HIGHEST_HARMONIC_HZ) continue;
      addWave(
        out,
        SINE_WAVE,
        pitch.map((hz) => hz * ratio),
        amplitude.map((value) => value * gain),
        source.uniform(),
      );
    }
    return;
  }
  const amplitudes = new Array<number>(harmonicsOf(highest)).fill(0);
  for (const { ratio, gain } of partials) if (ratio <= amplitudes.length) amplitudes[ratio - 1] = gain;
  const phases = amplitudes.map(() => (chance(source, 0.5) ? 0 : source.uniform()));
  addWave(out, wave(amplitudes, phases), pitch, amplitude, source.uniform());
}
