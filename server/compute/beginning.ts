/**
 * What a project's encoders were before its first round. Version 0 says it, and every version made from it carries it on, so
 * that it is known as long as any version is kept.
 */
import type { Checkpoint } from '../../src/model/checkpoint.ts';
import { noteOf } from './checkpoint.ts';

export type Beginning =
  /** `sha256`: of the starter's weights. `steps`: of its pretraining; null where version 0 is not kept. */
  | { readonly type: 'starter'; readonly sha256: string; readonly steps: number | null }
  /** `why`: why there was no starter; null where random weights were asked for. */
  | { readonly type: 'random'; readonly why: string | null };

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** What a version's notes say of its project's beginning. */
export async function beginningOf(folder: string): Promise<Beginning> {
  const sha256 = textOf(await noteOf(folder, 'starter'));
  if (sha256 === null) return { type: 'random', why: textOf(await noteOf(folder, 'why')) };
  const steps = await noteOf(folder, 'pretrainingSteps');
  return { type: 'starter', sha256, steps: typeof steps === 'number' ? steps : null };
}

/** The note that a version made from this one carries on; nothing after random weights. */
export function inheritedNotes({ notes: { starter } }: Checkpoint): { readonly starter?: string } {
  return typeof starter === 'string' ? { starter } : {};
}

/** A beginning in words, for the start line and the page. */
export function beginningText(beginning: Beginning): string {
  if (beginning.type === 'starter') {
    const { sha256, steps } = beginning;
    return `the starter ${sha256.slice(0, 12)}${steps === null ? '' : `, ${steps} steps of pretraining`}`;
  }
  return beginning.why === null ? 'random weights' : `random weights, because ${beginning.why}`;
}
