/** A project as a server leaves it after people have labelled: real windows of made-up classes in a real journal, nothing trained. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ulid } from 'ulid';
import { micros, millis } from '../../proto/units.ts';
import { FEATURE_HASH } from '../../server/feature-hash.ts';
import { openFeedbackLog } from '../../server/store/sqlite-feedback-log.ts';
import type { LabelEvent, SessionSpan } from '../../src/journal.ts';
import { sampleOf } from './compute-windows.ts';

/** A span that was called `said` and shows class `kind` (0 to 3). */
export type TaughtSpan = { readonly said: string; readonly kind: number };

const SPAN_US = 2_880_000; // twelve hops
const WINDOWS = [0, 2, 4, 6]; // half a window apart

/** Where a project's n-th span lies. */
export const spanOf = (n: number): SessionSpan => ({
  sessionId: 'recorded',
  start: micros(n * SPAN_US),
  end: micros((n + 1) * SPAN_US),
});

/** Writes a project `default`; gives what `--data` takes, and the ids of its labels in order. */
export async function teachProject(
  spans: readonly TaughtSpan[],
): Promise<{ readonly dataFolder: string; readonly ids: readonly string[] }> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'counterpoise-taught-'));
  const path = join(dataFolder, 'default', 'journal.sqlite');
  const clock = { monotonic: () => micros(0), wall: () => millis(0) };
  const log = await openFeedbackLog({ path, featureHash: FEATURE_HASH, clock });
  const names = [...new Set(spans.map(({ said }) => said))];
  for (const [i, name] of names.entries()) {
    const colour = ['#4c8dff', '#ff9f1c', '#2ec4a6', '#e5588f'][i % 4] ?? '';
    await log.append({ type: 'class-add', id: ulid(), classId: `class-${name}`, name, colour });
  }
  const ids: string[] = [];
  for (const [n, { said, kind }] of spans.entries()) {
    const id = ulid(1_700_000_000_000 + n);
    const samples = WINDOWS.map((hop) => sampleOf(kind, 12 * n + hop));
    await log.append(labelOf(id, said, spanOf(n)), samples);
    ids.push(id);
  }
  await log.close();
  return { dataFolder, ids };
}

function labelOf(id: string, said: string, span: SessionSpan): LabelEvent {
  return {
    ...{ type: 'label', id, ...span, kind: 'class', classId: `class-${said}`, scope: 'both' },
    ...{ labelledAt: millis(1_700_000_000_000), by: 'Ada', split: 'train' },
    ...{ audioSamples: WINDOWS.length, videoSamples: WINDOWS.length },
  };
}
