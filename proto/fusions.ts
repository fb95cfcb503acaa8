/** The ways in which a head makes one answer of two representations: what `--fusion` takes and a checkpoint keeps. */

export const FUSION_NAMES = ['concat', 'sum', 'film', 'gated'] as const;

export type FusionName = (typeof FUSION_NAMES)[number];

/** Of a project that was not told otherwise, and of a checkpoint that says nothing. */
export const DEFAULT_FUSION: FusionName = 'concat';
