/** What a new project's encoders may begin as: weights that know something before the first label, or drawn ones. */

export const INIT_NAMES = ['starter', 'random'] as const;

export type InitName = (typeof INIT_NAMES)[number];
