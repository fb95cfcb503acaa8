/** How much a round trains, and when another follows without a new label. Shared by the product and its replay. */

/** Steps of one round; with follow-ups a batch of new labels gets up to 800: random weights need 400 on all of the labels (fewshot.md). */
export const ROUND_STEPS = 200;
/** Rounds that may follow each other without a new label while each is promoted. */
export const FOLLOW_UPS = 3;
/** A round that was rejected is tried again with another seed: chance decides much from random weights. */
export const RETRIES = 1;

/** Rounds that may still follow without a new label. */
export type Left = { readonly followUps: number; readonly retries: number };
export type Ended = 'promoted' | 'rejected' | 'nothing';

/** Whether another round follows one that ended so, and what is left after that. Pure. */
export function following(ended: Ended, { followUps, retries }: Left): Left & { readonly again: boolean } {
  switch (ended) {
    case 'promoted':
      return { again: followUps > 0, followUps: followUps - 1, retries: 0 };
    case 'rejected':
      return { again: retries > 0, followUps, retries: retries - 1 };
    case 'nothing':
      return { again: false, followUps, retries };
  }
}
