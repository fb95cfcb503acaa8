/** A clip taught by the command line's own client: its first half as corrections, its second half scored. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Summary } from '../../server/cli/scoring.ts';
import { stream } from '../../server/cli/stream.ts';
import { parseStreamOptions } from '../../server/cli/stream-options.ts';
import { type Clip, makeClip } from './clip.ts';
import { startServer } from './server.ts';

/** A busy machine takes its time to train; the clip's figures do not depend on it. */
export const CLIP_PATIENCE_MS = 1_200_000;

export type ClipStart = 'random' | 'starter';
export type ClipLearning = 'frozen' | 'prototypes' | 'whole';
export type Taught = { readonly summary: Summary; readonly printed: string };

/** A server of its own, one pass over the clip; exactly what `counterpoise stream` does. */
async function taught(clip: Clip, learning: ClipLearning, init: ClipStart): Promise<Taught> {
  const server = await startServer(['--init', init]);
  try {
    const { video, audio, labels, teachUntil } = clip;
    const files = ['--video', video, '--audio', audio, '--labels', labels];
    const how = [
      '--teach-until',
      String(teachUntil),
      '--speed',
      'max',
      '--settle',
      '600',
      '--learning',
      learning,
    ];
    const printed: string[] = [];
    const options = await parseStreamOptions([...files, ...how], { url: server.url, token: null });
    const summary = await stream(options, (line) => printed.push(line));
    return { summary, printed: printed.join('\n') };
  } finally {
    await server.close();
  }
}

/** Teaches one clip as often as it is asked to. */
export class TaughtClip {
  readonly #folder: string;
  readonly #clip: Clip;

  private constructor(folder: string, clip: Clip) {
    this.#folder = folder;
    this.#clip = clip;
  }

  static async make(): Promise<TaughtClip> {
    const folder = await mkdtemp(join(tmpdir(), 'counterpoise-stream-'));
    return new TaughtClip(folder, await makeClip({ seed: 21, dir: folder }));
  }

  async taught(learning: ClipLearning, init: ClipStart): Promise<Taught> {
    const result = await taught(this.#clip, learning, init);
    process.stderr.write(`${learning}, ${init}: ${result.printed}\n`);
    return result;
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
