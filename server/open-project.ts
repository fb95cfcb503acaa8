/**
 * Opens a project's folder and the processes that serve it, in the order in which each needs the one before.
 */
import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { millis } from '../proto/units.ts';
import type { Clock } from '../src/clock.ts';
import { missingForTraining } from '../src/training/readiness.ts';
import { type Beginning, beginningText } from './compute/beginning.ts';
import { type InferenceEvent, startInference } from './compute/inference-client.ts';
import type { Inference, Trainer } from './compute/ports.ts';
import { startTrainer } from './compute/trainer-client.ts';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import { type OpenBackbones, openBackbones } from './open-backbones.ts';
import { openRegistry } from './open-registry.ts';
import { FOLLOW_UPS, ROUND_STEPS } from './project/cadence.ts';
import { JournalView } from './project/journal-view.ts';
import { Learning } from './project/learning.ts';
import { servingOf } from './project/lineage.ts';
import { Project } from './project/project.ts';
import { Rebalancing } from './project/rebalancing.ts';
import { SecondLook } from './project/second-look.ts';
import { recordedSeed } from './replay/recorded-rounds.ts';
import { startShadow } from './shadow/shadow-client.ts';
import { lockFolder } from './store/folder-lock.ts';
import type { FeedbackLog } from './store/ports.ts';
import { openFeedbackLog } from './store/sqlite-feedback-log.ts';

export type OpenProject = {
  readonly project: Project;
  readonly inference: Inference;
  /** What its encoders began as. */
  readonly beginning: Beginning;
  /** Plugged-in backbones: a line about each, and whether one takes a waveform. */
  readonly backbones: Pick<OpenBackbones, 'lines' | 'waveform'>;
  /** Folder of this project's journal and models. */
  readonly folder: string;
  /** Ends training, inference and the store, in this order. Idempotent. */
  close(): Promise<void>;
};

/** A person who labels pauses this long between bursts. */
const LABELLING_PAUSE_MS = millis(1500);

/** @throws {ConfigError | StoreError | CheckpointError | ComputeError} when a part of the project cannot be opened; what was opened is closed again. */
export async function openProject(config: Config, clock: Clock, log: Log): Promise<OpenProject> {
  const folder = join(config.dataFolder, config.project);
  await mkdir(folder, { recursive: true });
  const opened: { close(): Promise<void> }[] = [];
  const keep = <T extends { close(): Promise<void> }>(part: T): T => {
    opened.unshift(part);
    return part;
  };
  const close = async (): Promise<void> => {
    for (const part of opened.splice(0)) await part.close();
  };
  try {
    keep(await lockFolder(folder));
    const path = join(folder, 'journal.sqlite');
    const plugged = await openBackbones(config, folder);
    const { features } = plugged;
    const featureHash = features.hash;
    const feedback: FeedbackLog = keep(await openFeedbackLog({ path, featureHash, clock }));
    const journal = await JournalView.open(feedback, clock);
    const serving = (): number => servingOf(journal.entries);
    const { registry, beginning } = await openRegistry(join(folder, 'models'), serving, {
      ...config,
      features,
    });
    const { folder: champion, version } = await registry.get(serving());
    const shared = { backend: config.backend, journal: path, featureHash };
    const onEvent = (event: InferenceEvent): void => logInference(log, event);
    const backbones = plugged.settings;
    const inference = keep(
      await startInference({ ...shared, folder: champion, version, backbones, onEvent }),
    );
    await inference.rebuild();
    const trainer: Trainer = startTrainer(shared);
    const seed = recordedSeed(journal.entries) ?? config.seed;
    const { folder: first } = await registry.get(0);
    const rebalancing = new Rebalancing({
      journal,
      defaults: { choice: config.policy, comparison: config.shadow },
      startShadow: (events) => startShadow({ ...shared, seed, first, ...events }),
      cores: availableParallelism(),
    });
    keep(rebalancing);
    const secondLook = new SecondLook({ journal, inference });
    const learning = new Learning({
      journal,
      registry,
      trainer,
      inference,
      log,
      seed: config.seed,
      steps: ROUND_STEPS,
      policy: rebalancing.chosen.policy,
      followUps: FOLLOW_UPS,
      missing: ({ classes, labels }) => missingForTraining(classes, labels),
      pause: LABELLING_PAUSE_MS,
      onRound: (running) => {
        rebalancing.trains(running);
        if (!running) void secondLook.look();
      },
    });
    keep({ close: () => endTraining(trainer, learning) });
    void secondLook.look(); // what was open when the server ended
    return {
      project: new Project({
        ...{ journal, feedback, registry, inference, learning, rebalancing, secondLook },
        beginning: beginningText(beginning),
      }),
      inference,
      beginning,
      backbones: plugged,
      folder,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The trainer first: a running round ends with it, and the loop that waits for it after that. */
async function endTraining(trainer: Trainer, learning: Learning): Promise<void> {
  const ended = learning.close();
  await trainer.close();
  await ended;
}

function logInference(log: Log, event: InferenceEvent): void {
  if (event.type === 'inference-died') {
    log.warn('the inference process ended; it is started again', {
      reason: event.reason,
      retryInMs: event.retryInMs,
    });
  } else {
    log.info('inference runs', { backend: event.report.backend, reason: event.report.reason });
  }
}
