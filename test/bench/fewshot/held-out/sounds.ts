/** Sounds that pretraining never hears. */
import type { Family, SoundWindow, Source } from '../../../../src/pretraining/instance.ts';
import type { Random } from '../../../../src/random.ts';
import { oneOf, shuffled } from './draws.ts';
import type { Named } from './pictures.ts';
import { BUBBLES } from './sounds/bubbles.ts';
import { CREAKS } from './sounds/creaks.ts';
import { ENGINES } from './sounds/engines.ts';
import { GRAINS } from './sounds/grains.ts';
import { MODULATED } from './sounds/modulated.ts';
import { PLUCKS } from './sounds/plucks.ts';
import { heard, type Voice } from './sounds/track.ts';

type Maker = readonly [name: string, make: (draw: Random) => Voice];
type VoiceFamily = { readonly name: string; readonly makers: readonly Maker[] };

const VOICE_FAMILIES: readonly VoiceFamily[] = [
  { name: 'plucked-strings', makers: Object.entries(PLUCKS) },
  { name: 'modulated-tones', makers: Object.entries(MODULATED) },
  { name: 'grain-textures', makers: Object.entries(GRAINS) },
  { name: 'engines', makers: Object.entries(ENGINES) },
  { name: 'bubbles', makers: Object.entries(BUBBLES) },
  { name: 'stick-slip-creaks', makers: Object.entries(CREAKS) },
];

const KINDS = VOICE_FAMILIES.flatMap(({ makers }) => makers.map(([name]) => name));

function instanceOf(family: string, [name, make]: Maker, draw: Random): Named<SoundWindow> {
  const voice = make(draw);
  return {
    family,
    name,
    attributes: { kind: KINDS.indexOf(name), measures: [] },
    render: (source) => heard(voice(source), source),
  };
}

const familyOf = ({ name, makers }: VoiceFamily): Family<SoundWindow> => ({
  name,
  weight: 1,
  draw: (source) => instanceOf(name, oneOf(source, makers), source),
});

export const HELD_OUT_SOUNDS: Source<SoundWindow> = {
  kinds: KINDS,
  measures: [],
  families: VOICE_FAMILIES.map(familyOf),
};

/** Twelve classes: two kinds of each family, in an order of chance. */
export function drawSoundClasses(draw: Random): readonly Named<SoundWindow>[] {
  const drawn = VOICE_FAMILIES.flatMap(({ name, makers }) =>
    shuffled(draw, makers)
      .slice(0, 2)
      .map((maker) => instanceOf(name, maker, draw)),
  );
  return shuffled(draw, drawn);
}
