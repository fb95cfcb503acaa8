/** The four classes of the demo: each one is a shape that moves in its own way and a sound of its own. */

export type DemoShape = 'circle' | 'square' | 'triangle' | 'cross';
export type DemoSound = 'chirp' | 'hum' | 'beeps' | 'hiss';

export type DemoClass = {
  /** As it is taught; a person can tell from the name what is to be seen and heard. */
  readonly name: string;
  readonly shape: DemoShape;
  readonly sound: DemoSound;
  /** Around which its colours lie, degrees: so that nearest prototypes tell the pictures apart from the first labels on. */
  readonly hue: number;
};

export const DEMO_CLASSES: readonly DemoClass[] = [
  { name: 'Circle, chirp', shape: 'circle', sound: 'chirp', hue: 45 },
  { name: 'Square, hum', shape: 'square', sound: 'hum', hue: 205 },
  { name: 'Triangle, beeps', shape: 'triangle', sound: 'beeps', hue: 130 },
  { name: 'Cross, hiss', shape: 'cross', sound: 'hiss', hue: 335 },
];
