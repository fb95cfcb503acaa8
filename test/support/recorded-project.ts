/** A project's folder as a server leaves it: a real journal and real models, made by real rounds of the product's own loop. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_FUSION, type FusionName } from '../../proto/fusions.ts';
import type { PolicyName } from '../../proto/policies.ts';
import { micros, millis } from '../../proto/units.ts';
import { writeInitialCheckpoint } from '../../server/compute/checkpoint.ts';
import type { BackendReport, Inference } from '../../server/compute/ports.ts';
import { startTrainer } from '../../server/compute/trainer-client.ts';
import { FEATURE_HASH } from '../../server/feature-hash.ts';
import { silentLog } from '../../server/log.ts';
import { JournalView } from '../../server/project/journal-view.ts';
import { Learning } from '../../server/project/learning.ts';
import { servingOf } from '../../server/project/lineage.ts';
import { leaveTainted, removeTainted } from '../../server/project/ways-back.ts';
import { openModelRegistry } from '../../server/store/folder-model-registry.ts';
import { openJournalReader } from '../../server/store/journal-reader.ts';
import { openFeedbackLog } from '../../server/store/sqlite-feedback-log.ts';
import type { SessionSpan } from '../../src/journal.ts';
import type { Starter } from '../../src/model/starter/starter.ts';
import { labelOf, sampleOf } from './compute-windows.ts';
import { FakeInference } from './fake-inference.ts';

export type RecordedProject = {
  /** What `--data` takes; the project is `default`. */
  readonly dataFolder: string;
  /** Folder of the journal and the models. */
  readonly folder: string;
  readonly remove: () => Promise<void>;
};

export type RecordingCourse = {
  readonly report: BackendReport;
  readonly seed: number;
  readonly steps: number;
  readonly followUps: number;
  /** Spans of each of the two classes. */
  readonly spans: number;
  readonly policy: PolicyName;
  /** Default: concat. */
  readonly fusion?: FusionName;
  /** Default: none, random weights. */
  readonly starter?: Starter | null;
  /** Spans of another session among them, which are forgotten after the first rounds; rounds run again then. Default 0. */
  readonly intruders?: number;
};

const NAMES = ['door', 'cat'] as const;

/** Teaches two classes in turn, lets training come to rest, and closes everything. */
export async function recordProject(course: RecordingCourse): Promise<RecordedProject> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'counterpoise-recorded-'));
  const folder = join(dataFolder, 'default');
  const path = join(folder, 'journal.sqlite');
  const clock = { monotonic: () => micros(0), wall: () => millis(0) };
  const feedback = await openFeedbackLog({ path, featureHash: FEATURE_HASH, clock });
  const journal = await JournalView.open(feedback, clock);
  const serving = (): number => servingOf(journal.entries);
  const registry = await openModelRegistry({ folder: join(folder, 'models'), serving });
  const staged = await registry.stage();
  const { fusion = DEFAULT_FUSION, starter = null } = course;
  await writeInitialCheckpoint(staged, course.seed, FEATURE_HASH, { fusion, starter });
  await registry.promote(staged, 0);
  const reader = openJournalReader(path, FEATURE_HASH);
  const fake = new FakeInference(reader);
  const inference: Inference = {
    report: course.report,
    infer: (pair) => fake.infer(pair),
    keep: (sample) => fake.keep(sample),
    learn: (seq) => fake.learn(seq),
    suspects: () => fake.suspects(),
    thumbnails: (seqs) => fake.thumbnails(seqs),
    rebuild: () => fake.rebuild(),
    swap: (from, version) => fake.swap(from, version),
    stats: () => fake.stats(),
    close: () => fake.close(),
  };
  const setting = { backend: course.report.backend, journal: path, featureHash: FEATURE_HASH };
  const trainer = startTrainer(setting);
  try {
    await teach(journal, inference, course);
    const learning = new Learning({
      ...{ journal, registry, trainer, inference, log: silentLog, missing: () => null, pause: millis(0) },
      ...{ seed: course.seed, steps: course.steps, followUps: course.followUps, policy: course.policy },
    });
    learning.notify();
    await learning.settled(millis(120_000));
    if (course.intruders) {
      await journal.forget('forget', ELSEWHERE);
      await inference.rebuild();
      await leaveTainted({ journal, registry, inference }, true);
      await removeTainted({ journal, registry, inference });
      learning.notify();
      await learning.settled(millis(120_000));
    }
    await learning.close();
  } finally {
    await trainer.close();
    reader.close();
    await feedback.close();
  }
  return { dataFolder, folder, remove: () => rm(dataFolder, { recursive: true, force: true }) };
}

/** Where the intruders are. */
const ELSEWHERE: SessionSpan = { sessionId: 'another', start: micros(0), end: micros(60e6) };

async function teach(
  journal: JournalView,
  inference: Inference,
  { spans, intruders = 0 }: RecordingCourse,
): Promise<void> {
  for (const name of NAMES) {
    const [id, classId] = [`add-${name}`, `class-${name}`];
    await journal.append({ type: 'class-add', id, classId, name, colour: '#000000' });
  }
  for (let n = 0; n < NAMES.length * spans; n++) {
    if (n === NAMES.length) await intrude(journal, inference, intruders);
    const kind = n % NAMES.length;
    const samples = [0, 1, 2, 3].map((i) => sampleOf(2 * kind, 1000 + 10 * n + i));
    const label = labelOf(`class-${NAMES[kind]}`, n);
    const { seq } = await journal.append(label, samples);
    const { scored } = await inference.learn(seq);
    const score = { type: 'score', id: `${label.id}:score`, labelId: label.id, samples: scored } as const;
    await journal.append(score);
  }
}

/** Labels of another session, of a third kind of windows, that say "door". */
async function intrude(journal: JournalView, inference: Inference, intruders: number): Promise<void> {
  for (let n = 0; n < intruders; n++) {
    const label = { ...labelOf(`class-${NAMES[0]}`, n), id: `intruder-${n}`, sessionId: ELSEWHERE.sessionId };
    const samples = [0, 1, 2, 3].map((i) => sampleOf(3, 5000 + 10 * n + i));
    const { seq } = await journal.append(label, samples);
    const { scored } = await inference.learn(seq);
    const score = { type: 'score', id: `${label.id}:score`, labelId: label.id, samples: scored } as const;
    await journal.append(score);
  }
}
