import type { LabelMessage } from '../../../../proto/messages.ts';
import { micros, microsFromSeconds, millis } from '../../../../proto/units.ts';
import type {
  Answer,
  Inference,
  RoundRequest,
  RoundResult,
  Trainer,
} from '../../../../server/compute/ports.ts';
import { silentLog } from '../../../../server/log.ts';
import { JournalView } from '../../../../server/project/journal-view.ts';
import { Learning } from '../../../../server/project/learning.ts';
import { servingOf } from '../../../../server/project/lineage.ts';
import { Project } from '../../../../server/project/project.ts';
import { Rebalancing } from '../../../../server/project/rebalancing.ts';
import { SecondLook } from '../../../../server/project/second-look.ts';
import type { Sample, SampleScore } from '../../../../src/journal.ts';
import type { Suspicion } from '../../../../src/model/suspicion.ts';
import { FakeFeedbackLog } from '../../../support/fake-feedback-log.ts';
import { FakeModelRegistry } from '../../../support/fake-model-registry.ts';
import { FakeShadow } from '../../../support/fake-shadow.ts';

export const clock = { monotonic: () => micros(0), wall: () => millis(0) };
export const sample = (seconds: number): Sample => ({
  start: microsFromSeconds(seconds),
  end: microsFromSeconds(seconds + 0.96),
  mel: new Float32Array(96 * 64),
  rgb: new Uint8Array(96 * 96 * 3),
  older: new Uint8Array(3 * 96 * 96),
});

/** How the model answers: rightly, wrongly, or with nothing known of the class. */
export type Answers = { now: 'right' | 'wrong' | 'unknown'; suspects?: readonly Suspicion[] };

/** What was believed of a window of this class before its label was learned. */
function scoreOf(classId: string, now: Answers['now']): SampleScore {
  if (now === 'unknown') return { fused: null, audio: null, video: null, audioScore: null, videoScore: null };
  const said = now === 'right' ? classId : 'another';
  return { fused: said, audio: said, video: said, audioScore: 0.5, videoScore: 0.5 };
}

/** Remembers what it was asked, in order. */
function recordingInference(answers: Answers, journal: JournalView) {
  const calls: string[] = [];
  const inference: Inference = {
    report: { backend: 'wasm', reason: 'a test', remedy: '' },
    infer: (): Promise<Answer> => Promise.reject(new Error('not asked here')),
    keep: async ({ pcm: _, ...sample }) => sample,
    learn: async (seq) => {
      calls.push(`learn ${seq}`);
      const classId = journal.view.labels.find((label) => label.seq === seq)?.classId ?? '';
      const scored = [scoreOf(classId, answers.now)];
      return { effects: [{ modality: 'audio', before: 0.2, after: 0.9 }], scored };
    },
    suspects: async () => answers.suspects ?? [],
    thumbnails: async (seqs) => seqs.map(() => new Uint8Array(0)),
    rebuild: async () => void calls.push('rebuild'),
    swap: async (_folder, version) => void calls.push(`swap ${version}`),
    stats: async () => ({ rssBytes: 0, tensors: 0, windows: 0, batches: 0 }),
    close: async () => {},
  };
  return { calls, inference };
}

export const candidate: RoundResult = {
  type: 'candidate',
  heldOut: { fused: 1, audio: 0.9, video: 0.8 },
  championHeldOut: { fused: 0.5, audio: 0.5, video: 0.5 },
  verdict: 'promoted: 4 of 4 right, was 2',
  thinEvidence: true,
  balance: { rho: 1.2, beta: 0, gamma: 0.2 },
  sha256: 'ab',
};

/** Hands each round to the test, which says how it ends. */
function scriptedTrainer() {
  const rounds: {
    request: RoundRequest;
    finish: (result: RoundResult) => void;
    fail: (error: Error) => void;
  }[] = [];
  const begun: (() => void)[] = [];
  const trainer: Trainer = {
    run: (request) =>
      new Promise((finish, fail) => {
        rounds.push({ request, finish, fail });
        begun.shift()?.();
      }),
    close: async () => {},
  };
  const next = async () => {
    while (rounds.length === 0) await new Promise<void>((resolve) => begun.push(resolve));
    const round = rounds.shift();
    if (!round) throw new Error('no round');
    return round;
  };
  return { trainer, next };
}

export async function openProject(
  missing: () => string | null = () => null,
  answers: Answers = { now: 'unknown' },
) {
  const feedback = new FakeFeedbackLog(clock);
  const journal = await JournalView.open(feedback, clock);
  const registry = new FakeModelRegistry(() => servingOf(journal.entries));
  const { calls, inference } = recordingInference(answers, journal);
  const { trainer, next } = scriptedTrainer();
  await registry.promote(await registry.stage(), 0);
  const options = {
    journal,
    registry,
    trainer,
    inference,
    log: silentLog,
    seed: 7,
    steps: 10,
    followUps: 0,
    pause: millis(0),
    policy: 'uni-modal-pmr' as const,
    missing,
  };
  const learning = new Learning(options);
  const { policy: choice } = options;
  const shadow = new FakeShadow();
  const rebalancing = new Rebalancing({
    journal,
    defaults: { choice, comparison: 'auto' },
    startShadow: (events) => shadow.start(events),
    cores: 2,
  });
  const secondLook = new SecondLook({ journal, inference });
  const project = new Project({
    ...{ journal, feedback, registry, inference, learning, rebalancing, secondLook },
    beginning: 'random weights',
  });
  return { project, learning, journal, registry, feedback, calls, next, shadow, secondLook };
}

export const message = (id: string, className: string, change: Partial<LabelMessage> = {}): LabelMessage => ({
  type: 'label',
  id,
  sessionId: 's',
  start: micros(0),
  end: microsFromSeconds(2.4),
  kind: 'class',
  className,
  scope: 'both',
  at: millis(0),
  ...change,
});
