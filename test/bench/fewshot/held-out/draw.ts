/** Draws of held-out families: a sound and a picture each class, paired by chance. */
import { type Random, random } from '../../../../src/random.ts';
import { type Counts, type Draw, sampleAt } from '../draw.ts';
import { drawPictureClasses } from './pictures.ts';
import { drawSoundClasses } from './sounds.ts';

/** Twelve classes of their own for every seed. */
export function heldOutDraw(seed: number, { train, test }: Counts): Draw {
  const source = random(seed).fork('held-out');
  const pictures = drawPictureClasses(source.fork('pictures'));
  const sounds = drawSoundClasses(source.fork('sounds'));
  const windows = (count: number, draw: Random) =>
    pictures.map((picture, k) =>
      Array.from({ length: count }, (_, i) => {
        const mel = sounds[k]?.render(draw).mel ?? null;
        return sampleAt(i * pictures.length + k, mel, picture.render(draw));
      }),
    );
  return {
    classIds: pictures.map(({ name }, k) => `${name}, ${sounds[k]?.name}`),
    train: windows(train, source.fork('train')),
    test: windows(test, source.fork('test')),
  };
}
