/** The shadow process: two policies over the project's labels, at the lowest priority, until its parent goes. Composition only. */
import { setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

import { type PolicyName, REBALANCING_OFF, REBALANCING_ON } from '../../proto/policies.ts';
import { encodersOf } from '../../src/model/encoders.ts';
import { openBackend } from '../compute/backend.ts';
import { readCheckpoint } from '../compute/checkpoint.ts';
import { embedWith } from '../compute/embed-samples.ts';
import { Embedder } from '../compute/embedder.ts';
import { failureOf } from '../compute/inference-loop.ts';
import { keepingCompile } from '../compute/keeping-compile.ts';
import { limitThreads } from '../compute/threads.ts';
import { PolicyRun } from '../replay/policy-run.ts';
import { openJournalReader } from '../store/journal-reader.ts';
import { type Arm, Counterfactual } from './counterfactual.ts';
import { isShadowRequest, type ShadowReply, type ShadowRequest, type ShadowSetting } from './messages.ts';
import type { ShadowProgress } from './ports.ts';

const NICENESS = 19; // takes what nobody else wants
/** Share of a step's time that is slept after it: caches and memory are nobody's priority. */
const REST_SHARE = 0.25;
const LONGEST_REST_MS = 100;
const YIELD_MS = 200;
/** Figures are for people: between the first and the last ones one in a second is enough. */
const TELL_MS = 1000;

function send(reply: ShadowReply): void {
  // A gateway that is just going breaks the pipe: `disconnect` follows and ends this process.
  if (process.connected) process.send?.(reply, undefined, undefined, () => undefined);
}

/** The newest thing that was asked; what came before it is part of it. */
let asked: ShadowRequest | null = null;

/** After each step: waits while a round of the product's own trains, then rests for a share of the time since the last rest. */
function resting(): () => Promise<void> {
  let from = performance.now();
  return async () => {
    while (asked?.yields) await sleep(YIELD_MS);
    await sleep(Math.min(LONGEST_REST_MS, REST_SHARE * (performance.now() - from)));
    from = performance.now();
  };
}

/** Sends progress on, now and then, and always when everything was scored. */
function telling(): (progress: ShadowProgress) => void {
  let told = Number.NEGATIVE_INFINITY;
  return (progress) => {
    const now = performance.now();
    if (progress.done < progress.total && now - told < TELL_MS) return;
    told = now;
    send({ type: 'progress', progress });
  };
}

async function open({ backend: choice, journal, featureHash, seed, first: folder }: ShadowSetting) {
  const first = await readCheckpoint(folder, featureHash);
  const backend = await openBackend(choice);
  const embedder = await Embedder.open(
    backend,
    encodersOf([...first.encoders.audio, ...first.encoders.video]),
  );
  const recorded = openJournalReader(journal, featureHash);
  const rest = resting();
  const tools = { embedder, embed: embedWith(embedder), compile: keepingCompile(backend) };
  const common = { recorded, seed, first, backend: backend.report.backend, ...tools };
  const openArm = (policy: PolicyName): Arm => {
    const run = new PolicyRun({ ...common, policy, onProgress: rest });
    return {
      label: (event, place) => run.label(event, place),
      note: (event) => run.note(event),
      learn: (steps) => run.learn(steps),
      dispose: () => run.dispose(),
    };
  };
  const counterfactual = new Counterfactual({
    on: REBALANCING_ON,
    off: REBALANCING_OFF,
    open: openArm,
    onProgress: telling(),
  });
  return { counterfactual, recorded };
}

function main(): void {
  setPriority(NICENESS);
  limitThreads();
  let opened: ReturnType<typeof open> | null = null;
  let running = false;
  const run = async (): Promise<void> => {
    if (running || !asked) return;
    running = true;
    try {
      opened ??= open(asked.setting);
      const { counterfactual, recorded } = await opened;
      for (let upTo = 0; upTo < asked.upTo; ) {
        upTo = asked.upTo;
        await counterfactual.follow(recorded.entries(0, upTo));
      }
    } catch (error) {
      send({ type: 'failed', reason: failureOf(error).message });
    } finally {
      running = false;
    }
  };
  process.on('message', (message: unknown) => {
    if (!isShadowRequest(message)) return;
    asked = message;
    void run();
  });
  process.on('disconnect', () => process.exit());
}

main();
