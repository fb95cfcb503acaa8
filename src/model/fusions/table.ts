/** Every fusion by its name. */
import type { FusionName } from '../../../proto/fusions.ts';
import { concat, sum } from './additive.ts';
import type { FusionForm } from './form.ts';
import { film, gated } from './multiplicative.ts';

export const FUSIONS: Readonly<Record<FusionName, FusionForm>> = { concat, sum, film, gated };
