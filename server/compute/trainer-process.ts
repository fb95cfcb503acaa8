/** The trainer process: runs one round at a time, at low priority, until its parent goes. Composition only. */
import { setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

import { viewOf } from '../../src/journal.ts';
import { encodersOf } from '../../src/model/encoders.ts';
import { streamStateOf } from '../../src/pmr/stream/fold.ts';
import { planOf } from '../../src/pmr/stream/state.ts';
import type { Embed } from '../../src/training/judging.ts';
import { POLICIES } from '../../src/training/policies/table.ts';
import { type RoundBase, type RoundOutcome, runRound } from '../../src/training/round.ts';
import type { Compile } from '../../src/training/trainee.ts';
import { openJournalReader } from '../store/journal-reader.ts';
import { type ComputeBackend, openBackend } from './backend.ts';
import { inheritedNotes } from './beginning.ts';
import {
  type Checkpoint,
  isPretrained,
  readCheckpoint,
  trainedStepsOf,
  writeCheckpoint,
} from './checkpoint.ts';
import { embedWith, weightsOf } from './embed-samples.ts';
import { Embedder } from './embedder.ts';
import { failureOf } from './inference-loop.ts';
import { keepingCompile } from './keeping-compile.ts';
import type { RoundRequest, RoundResult } from './ports.ts';
import { limitThreads } from './threads.ts';
import { isTrainerRequest, type TrainerReply, type TrainerSetting } from './trainer-messages.ts';

const NICENESS = 10; // with it inference keeps its median latency beside training (compute.md section 5)
/** Share of a step's time that is slept after it, so that an equally nice neighbour gets its turn. */
const REST_SHARE = 0.1;
const LONGEST_REST_MS = 50;

function send(reply: TrainerReply): void {
  // A gateway that is just going breaks the pipe: `disconnect` follows and ends this process.
  if (process.connected) process.send?.(reply, undefined, undefined, () => undefined);
}

/** What is opened once and serves every round. */
type Tools = { readonly backend: ComputeBackend; readonly compile: Compile; readonly embed: Embed };

async function openTools({ backend: choice }: TrainerSetting, { encoders }: Checkpoint): Promise<Tools> {
  const backend = await openBackend(choice);
  // What the sides are is the project's, and this process serves one: every base of it says the same.
  const specs = encodersOf([...encoders.audio, ...encoders.video]);
  const embed = embedWith(await Embedder.open(backend, specs));
  send({ type: 'opened' });
  return { backend, compile: keepingCompile(backend), embed };
}

function baseOf(checkpoint: Checkpoint): RoundBase {
  const { fusion, encoders, classifier } = checkpoint;
  return {
    encoders: [...encoders.audio, ...encoders.video],
    head: classifier.head,
    fusion,
    appliedSeq: classifier.appliedSeq,
    trainedSteps: trainedStepsOf(checkpoint),
    pretrained: isPretrained(checkpoint),
  };
}

/** Rests after each step for a share of the time since the last rest. */
function resting(): () => Promise<void> {
  let from = performance.now();
  return async () => {
    await sleep(Math.min(LONGEST_REST_MS, REST_SHARE * (performance.now() - from)));
    from = performance.now();
  };
}

async function run(
  setting: TrainerSetting,
  request: RoundRequest,
  toolsFor: (base: Checkpoint) => Promise<Tools>,
): Promise<RoundResult> {
  const checkpoint = await readCheckpoint(request.baseFolder, setting.featureHash);
  const tools = await toolsFor(checkpoint);
  const base = baseOf(checkpoint);
  const journal = openJournalReader(setting.journal, setting.featureHash);
  const rest = resting();
  try {
    const entries = journal.entries(0, request.lastSeq);
    const { classes, labels } = viewOf(entries);
    const outcome = await runRound({
      ...tools,
      base,
      classes,
      labels,
      lastSeq: request.lastSeq,
      samplesOf: (seq) => journal.samples(seq),
      seed: request.seed,
      steps: request.steps,
      policy: POLICIES[request.policy],
      plan: planOf(streamStateOf(entries)),
      onProgress: (progress) => {
        send({ type: 'progress', progress });
        return rest();
      },
    });
    return await resultOf(outcome, checkpoint, request, tools);
  } finally {
    journal.close();
  }
}

/** Writes a candidate's checkpoint; other outcomes leave the staged folder empty. */
async function resultOf(
  outcome: RoundOutcome,
  base: Checkpoint,
  { stagedFolder, round, seed, steps, policy, baseVersion }: RoundRequest,
  { backend }: Tools,
): Promise<RoundResult> {
  if (outcome.type !== 'candidate') return outcome;
  const { candidate, ...judged } = outcome;
  const { fusion, encoders, classifier, trainedSteps } = candidate;
  const sha256 = await writeCheckpoint(stagedFolder, {
    featureHash: base.featureHash,
    fusion,
    encoders: { audio: weightsOf(encoders, 'audio'), video: weightsOf(encoders, 'video') },
    classifier,
    notes: {
      origin: 'round',
      round,
      seed,
      steps,
      policy,
      baseVersion,
      trainedSteps,
      backend: backend.report.backend,
      verdict: judged.verdict,
      ...inheritedNotes(base),
    },
  });
  return { ...judged, sha256 };
}

function main(): void {
  setPriority(NICENESS);
  limitThreads();
  let tools: Promise<Tools> | null = null;
  process.on('message', (message: unknown) => {
    if (!isTrainerRequest(message)) return;
    const { setting, request } = message;
    const toolsFor = (base: Checkpoint): Promise<Tools> => {
      tools ??= openTools(setting, base);
      return tools;
    };
    run(setting, request, toolsFor).then(
      (result) => send({ type: 'result', result }),
      (error: unknown) => send({ type: 'failed', failure: failureOf(error) }),
    );
  });
  // Nothing here outlives the gateway: a half-written candidate lies in a staged folder that is cleared at start.
  process.on('disconnect', () => process.exit());
}

main();
