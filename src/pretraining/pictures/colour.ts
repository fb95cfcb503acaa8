/** Colours and how they are drawn. */
import type { Random } from '../../random.ts';

/** Red, green, blue, each 0..1 as a screen shows them. */
export type Colour = readonly [number, number, number];

/** Uniform in [low, high). */
export function between(source: Random, low: number, high: number): number {
  return low + (high - low) * source.uniform();
}

/** One of them, each as likely. The list must not be empty. */
export function pick<T>(source: Random, options: readonly [T, ...T[]]): T {
  return options[source.integer(options.length)] ?? options[0];
}

/** True with this probability. */
export function chance(source: Random, probability: number): boolean {
  return source.uniform() < probability;
}

export function mix(from: Colour, to: Colour, t: number): Colour {
  return [from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t, from[2] + (to[2] - from[2]) * t];
}

/** BT.601 luma, 0..1. */
export function lumaOf([r, g, b]: Colour): number {
  return (77 * r + 150 * g + 29 * b) / 256;
}

/** How red and how blue beyond its luma: two numbers within -1..1, both 0 for grey. */
export function chromaOf(colour: Colour): readonly [number, number] {
  const luma = lumaOf(colour);
  return [(colour[0] - luma) / (1 - 77 / 256), (colour[2] - luma) / (1 - 29 / 256)];
}

/** Hue, saturation and value, each 0..1, to a colour. */
export function fromHue(hue: number, saturation: number, value: number): Colour {
  const channel = (shift: number): number => {
    const wedge = (shift + hue * 6) % 6;
    return value * (1 - saturation * Math.max(0, Math.min(wedge, 4 - wedge, 1)));
  };
  return [channel(5), channel(3), channel(1)];
}

/** Any colour that things have: from grey to glowing, seldom black. */
export function drawColour(source: Random): Colour {
  return fromHue(source.uniform(), source.uniform() ** 0.7, between(source, 0.08, 1));
}

/** A colour that nobody would call grey. */
export function drawVivid(source: Random): Colour {
  return fromHue(source.uniform(), between(source, 0.6, 1), between(source, 0.45, 1));
}

const VISIBLE = 0.3; // of full scale in luma, or more than that in chroma

/** A colour that shows on `behind`: mostly by luma, since the motion planes see nothing else. */
export function drawAgainst(source: Random, behind: Colour): Colour {
  const ground = lumaOf(behind);
  for (let attempt = 0; attempt < 12; attempt++) {
    const colour = drawColour(source);
    if (Math.abs(lumaOf(colour) - ground) > VISIBLE) return colour;
  }
  return ground < 0.5 ? [0.95, 0.95, 0.9] : [0.05, 0.06, 0.08];
}
