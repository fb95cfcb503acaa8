/**
 * Two cases that normalization must not make invisible: two steady hums of different pitch, and light of another colour on the
 * whole frame. One class has the lower hum and the one colour, the other class the higher hum and the other colour.
 */
import { lumaInto } from '../../../src/features/pixels.ts';
import { OLDER_BYTES, OLDER_PICTURES, PICTURE_PIXELS, PICTURE_SIZE } from '../../../src/features/spec.ts';
import type { PictureWindow } from '../../../src/pretraining/instance.ts';
import { type Random, random } from '../../../src/random.ts';
import { GRAIN } from '../../../src/training/draws.ts';
import { type Counts, type Draw, sampleAt } from './draw.ts';
import { scaled, within } from './held-out/draws.ts';
import { type Hearing, heard, RATE, SAMPLES } from './held-out/sounds/track.ts';

const PARTIALS = [1, 0.5, 0.3, 0.15] as const;

// One microphone in one place: its channel stays, distance and noise change.
const SAME_ROOM: Hearing = { tilt: [0, 0], gainDb: [-6, 6], snrDb: [15, 30] };
// Above the lowest mel band (125 Hz); two that lie lower are one hum to a front end of 25 ms.
const LOWER_HUM = [150, 400] as const;

/** Nothing in it moves; its pitch is the same to a tenth of a semitone. */
function hum(hertz: number, draw: Random): Float32Array {
  const pitch = hertz * 2 ** (within(draw, [-0.1, 0.1]) / 12);
  const phases = PARTIALS.map(() => draw.uniform());
  const track = Float32Array.from({ length: SAMPLES }, (_, n) =>
    PARTIALS.reduce(
      (sum, gain, i) =>
        sum + gain * Math.sin(2 * Math.PI * ((pitch * (i + 1) * n) / RATE + (phases[i] ?? 0))),
      0,
    ),
  );
  return heard(track, draw, SAME_ROOM).mel;
}

type Light = readonly [r: number, g: number, b: number];

/** A plain wall in a light: brightness, shade and noise are nuisance, and a weak shade of another hue. */
function wall(light: Light, draw: Random): PictureWindow {
  const level = within(draw, [90, 180]);
  const [across, down] = [within(draw, [-20, 20]), within(draw, [-20, 20])];
  const tint = light.map((share) => share * within(draw, [0.96, 1.04]));
  const noise = within(draw, [2, 6]);
  const pictures = Array.from({ length: OLDER_PICTURES + 1 }, () => {
    const entry = draw.integer(GRAIN.length);
    return Uint8Array.from({ length: 3 * PICTURE_PIXELS }, (_, i) => {
      const [c, p] = [i % 3, Math.floor(i / 3)];
      const [x, y] = [
        (p % PICTURE_SIZE) / PICTURE_SIZE - 0.5,
        Math.floor(p / PICTURE_SIZE) / PICTURE_SIZE - 0.5,
      ];
      const value = (level + across * x + down * y) * tint[c]! + noise * GRAIN[(entry + i) % GRAIN.length]!;
      return Math.min(255, Math.max(0, Math.round(value)));
    });
  });
  const older = new Uint8Array(OLDER_BYTES);
  pictures.slice(1).forEach((picture, k) => {
    lumaInto(older, k * PICTURE_PIXELS, picture);
  });
  return { rgb: pictures[0] ?? new Uint8Array(3 * PICTURE_PIXELS), older };
}

/** Shares of a light, about as bright as white on the whole; `hue` in turns. */
const lightOf = (hue: number): Light => {
  const share = (turn: number): number => 1 + 0.35 * Math.cos(2 * Math.PI * (hue - turn));
  return [share(0), share(1 / 3), share(2 / 3)];
};

/** Two classes; hums lie 3 to 8 semitones apart, lights a quarter to half a turn of hue. */
export function steadyDraw(seed: number, { train, test }: Counts): Draw {
  const source = random(seed).fork('steady');
  const low = scaled(source, LOWER_HUM);
  const high = low * 2 ** (within(source, [3, 8]) / 12);
  const hue = source.uniform();
  const other = hue + within(source, [0.25, 0.5]);
  const classes = [
    { hertz: low, light: lightOf(hue) },
    { hertz: high, light: lightOf(other) },
  ];
  const windows = (count: number, draw: Random) =>
    classes.map(({ hertz, light }, k) =>
      Array.from({ length: count }, (_, i) => sampleAt(i * 2 + k, hum(hertz, draw), wall(light, draw))),
    );
  return {
    classIds: ['lower hum, one colour', 'higher hum, other colour'],
    train: windows(train, source.fork('train')),
    test: windows(test, source.fork('test')),
  };
}
