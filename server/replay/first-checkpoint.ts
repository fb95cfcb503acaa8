/** Version 0 of a recorded project, made anew as it began, or taken from where it is kept. */
import { CheckpointError } from '../../src/errors.ts';
import type { Starter } from '../../src/model/starter/starter.ts';
import { type Checkpoint, initialCheckpoint, readCheckpoint } from '../compute/checkpoint.ts';
import { loadStarter } from '../compute/starter.ts';
import { FEATURE_HASH } from '../feature-hash.ts';
import type { Recording } from './recording.ts';

export type FirstCheckpoint = {
  readonly checkpoint: Checkpoint;
  /** It could not be made: this program ships another starter, so the project's own copy is taken. */
  readonly kept: boolean;
};

type Began = Pick<Recording, 'beginning' | 'seed' | 'featureHash' | 'fusion' | 'versionFolder' | 'encoders'>;

/**
 * The model that a recording began from. Random weights come from the seed, those of the shipped starter from the starter; after
 * any other starter the project's version 0 is the only place that still has them.
 *
 * @param load where the starter comes from.
 * @throws {CheckpointError} where neither this program nor the project has the starter any more.
 */
export async function firstCheckpoint(
  { beginning, seed, featureHash, fusion, encoders, versionFolder }: Began,
  load: (featureHash: string) => Promise<Starter> = loadStarter,
): Promise<FirstCheckpoint> {
  if (beginning.type === 'random') {
    return { checkpoint: initialCheckpoint(seed, featureHash, { fusion, encoders }), kept: false };
  }
  // A starter is of the program's own features, whatever backbone stands in for the other side.
  const starter = await load(FEATURE_HASH).catch((): null => null);
  if (starter?.sha256 === beginning.sha256) {
    return { checkpoint: initialCheckpoint(seed, featureHash, { fusion, encoders, starter }), kept: false };
  }
  try {
    return { checkpoint: await readCheckpoint(versionFolder(0), featureHash), kept: true };
  } catch (cause) {
    const seen = `it began from the starter ${beginning.sha256.slice(0, 12)}, which neither this program nor its version 0 holds`;
    const remedy = 'use the program version that shipped it';
    throw new CheckpointError('ERR_CHECKPOINT_FORMAT', `${seen}: ${remedy}`, { cause });
  }
}
