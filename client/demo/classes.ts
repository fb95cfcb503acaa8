/** The four classes of the demo: each one is a shape that moves in its own way and a sound of its own. */

export type DemoShape = 'circle' | 'square' | 'triangle' | 'cross';
export type DemoSound = 'chirp' | 'hum' | 'beeps' | 'hiss';

export type DemoClass = {
  /** As it is taught; a person can tell from the name what is to be seen and heard. */
  readonly name: string;
  readonly shape: DemoShape;
  readonly sound: DemoSound;
};

export const DEMO_CLASSES: readonly DemoClass[] = [
  { name: 'Circle, chirp', shape: 'circle', sound: 'chirp' },
  { name: 'Square, hum', shape: 'square', sound: 'hum' },
  { name: 'Triangle, beeps', shape: 'triangle', sound: 'beeps' },
  { name: 'Cross, hiss', shape: 'cross', sound: 'hiss' },
];
