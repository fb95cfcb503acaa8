/** Text that the server writes for a person. */
import { LIMITS } from '../limits.ts';

/** Cuts text for a person to what the other side accepts. */
export const cut = (words: string): string => words.slice(0, LIMITS.text);
