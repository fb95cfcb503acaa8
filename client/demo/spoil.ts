/** How the demo's sound and picture are made worse, to see what the other one still knows. */
export type Spoil = {
  /** White noise over the sound, 0..1. */
  readonly noise: number;
  readonly muted: boolean;
  /** Darkness of the picture, 0..1. */
  readonly dark: number;
  /** Blur and grain of the picture, 0..1. */
  readonly blur: number;
};

export const UNSPOILT: Spoil = { noise: 0, muted: false, dark: 0, blur: 0 };

/** True where anything is made worse. */
export const isSpoilt = ({ noise, muted, dark, blur }: Spoil): boolean => muted || noise + dark + blur > 0;
