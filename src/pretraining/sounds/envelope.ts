/** Loudness over the time of one sound. */
import type { Random } from '../../random.ts';
import { aboutOne, logBetween } from './draws.ts';
import { type Track, track } from './scene.ts';

/** How a sound comes and goes. */
export const ENVELOPES = ['struck', 'swelling', 'held'] as const;
export type EnvelopeName = (typeof ENVELOPES)[number];

/** Natural logarithm of 60 dB. */
const SIXTY_DECIBELS = Math.log(1_000);

/** Loudness over time: rises for `attack`, stays, then dies away by 60 dB in `decay`. All in seconds. */
export type Envelope = { readonly attack: number; readonly stay: number; readonly decay: number };

/** An envelope that goes by this name. */
export function drawEnvelope(source: Random, shape: EnvelopeName): Envelope {
  if (shape === 'struck')
    return { attack: logBetween(source, 0.002, 0.012), stay: 0, decay: logBetween(source, 0.15, 2) };
  if (shape === 'swelling')
    return { attack: logBetween(source, 0.1, 0.4), stay: 0, decay: logBetween(source, 0.08, 0.5) };
  return {
    attack: logBetween(source, 0.005, 0.04),
    stay: logBetween(source, 0.08, 0.6),
    decay: logBetween(source, 0.04, 0.2),
  };
}

/** The envelope from its start at `start` seconds on; 0 once it is 80 dB down. */
export function envelopeTrack({ attack, stay, decay }: Envelope, start: number): Track {
  return track((seconds) => {
    const since = seconds - start;
    if (since <= 0) return 0;
    if (since < attack) return Math.sin((Math.PI * since) / (2 * attack));
    const falling = since - attack - stay;
    if (falling <= 0) return 1;
    const value = Math.exp((-SIXTY_DECIBELS * falling) / decay);
    return value > 1e-4 ? value : 0;
  });
}

/** The part of an envelope that is heard well, in seconds: until it is about 20 dB down. */
export const audible = ({ attack, stay, decay }: Envelope): number => attack + stay + decay / 3;

/** Another rendering of the same envelope, by about a tenth. */
export const stretched = ({ attack, stay, decay }: Envelope, source: Random): Envelope => ({
  attack: attack * aboutOne(source, 0.12),
  stay: stay * aboutOne(source, 0.08),
  decay: decay * aboutOne(source, 0.12),
});
