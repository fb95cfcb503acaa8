/**
 * `counterpoise replay`: what training policies would have made of a project's labels, each label scored before it is learned.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { POLICY_NAMES, type PolicyName } from '../../proto/policies.ts';
import { classTable, policyTable, type RunReport, reportOf } from '../../src/evaluation/report.ts';
import { openBackend } from '../compute/backend.ts';
import { embedWith } from '../compute/embed-samples.ts';
import { Embedder } from '../compute/embedder.ts';
import { keepingCompile } from '../compute/keeping-compile.ts';
import { limitThreads } from '../compute/threads.ts';
import { CliError } from '../errors.ts';
import { courseOf, type ReplayCourse } from '../replay/course.ts';
import { firstCheckpoint } from '../replay/first-checkpoint.ts';
import { runPolicy } from '../replay/policy-run.ts';
import { openRecording, type Recording } from '../replay/recording.ts';
import { Progress } from './progress.ts';
import { PROJECT_HELP, PROJECT_OPTIONS, parseFlags, projectOf } from './project-options.ts';
import { replayPlots } from './replay-plots.ts';

export const REPLAY_HELP = `counterpoise replay --policy NAME[,NAME...]: score training policies on the labels of a project, test, then train

  --policy NAMES        ${POLICY_NAMES.slice(0, 6).join(', ')},
                        ${POLICY_NAMES.slice(6).join(', ')}; or all
${PROJECT_HELP}
  --every N             rounds after every N labels (after the labels where rounds were recorded; else 5)
  --backend KIND        auto, graph, eager or wasm (auto)
  --json FILE           the whole report: accuracies, curves, each round's verdict
  --plots FOLDER        SVG plots: accuracy by policy, along the labels, by class

Each policy starts from the weights that the project began with and gets the same labels in the same order; each label is scored by the model of
that moment, then learned. Rounds, gate and rollback are the product's. What was taken back counts as never given. The same
journal and backend give the same numbers. Reads only, so a server may be running on the same project.
Columns, in percent: answers before learning (fused, sound, picture; last: fused, older labels fading); rounds promoted and
rejected; versions left after a decline; the last model on so many held-out samples.`;

export type ReplayCommand = ReturnType<typeof parseReplay>;

/** @throws {CliError} ERR_CLI_OPTION @throws {ConfigError} ERR_CONFIG_VALUE */
export function parseReplay(args: readonly string[]) {
  const values = parseFlags('replay', args, [...PROJECT_OPTIONS, 'policy', 'every', 'json', 'plots']);
  const { backend, ...source } = projectOf(values);
  return {
    source,
    backend,
    policies: policiesOf(values.policy),
    every: values.every === undefined ? null : everyOf(values.every),
    json: values.json === undefined ? null : resolve(values.json),
    plots: values.plots === undefined ? null : resolve(values.plots),
  };
}

const option = (seen: string, expected: string): CliError =>
  new CliError('ERR_CLI_OPTION', `${seen}, expected ${expected}; see counterpoise replay --help`);

function policiesOf(text: string | undefined): readonly PolicyName[] {
  if (text === 'all') return POLICY_NAMES;
  const names = (text ?? '').split(',').filter((name) => name !== '');
  const expected = `one or more of ${POLICY_NAMES.join(', ')}, or all`;
  if (names.length === 0) throw option('--policy is not given', expected);
  return [...new Set(names)].map((name) => policyOf(name, expected));
}

function policyOf(name: string, expected: string): PolicyName {
  const known = POLICY_NAMES.find((one) => one === name);
  if (known) return known;
  throw option(`--policy names "${name}"`, expected);
}

function everyOf(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw option(`--every is "${text}"`, 'a whole number from 1');
}

/** What `--json` writes. */
export type ReplayReport = {
  readonly project: string;
  readonly backend: string;
  readonly seed: number;
  readonly labels: number;
  readonly groupsOfRounds: number;
  readonly roundSteps: number;
  readonly classes: ReplayCourse['classes'];
  readonly policies: readonly RunReport[];
};

/** Runs the command. @returns the exit code. @throws {CliError | StoreError | ComputeError} */
export async function replay(command: ReplayCommand, print: (line: string) => void): Promise<number> {
  const { source, json, plots, every } = command;
  const recording = await openRecording(source);
  try {
    const course = courseOf(recording.entries, recording.until, every);
    if (course.labels === 0)
      throw option(`the project "${source.project}" holds no label`, 'labels to replay');
    const report = await replayAll(command, recording, course);
    const names = new Map(course.classes.map(({ id, name }) => [id, name]));
    const nameOf = (id: string): string => names.get(id) ?? id;
    print(`${course.labels} labels, rounds after ${course.groups} of them, on ${report.backend}`);
    for (const line of policyTable(report.policies)) print(line);
    print('');
    for (const line of classTable(report.policies, nameOf)) print(line);
    if (json) await writeFile(json, `${JSON.stringify(report, null, 1)}\n`);
    if (plots) {
      await mkdir(plots, { recursive: true });
      for (const [name, plot] of replayPlots(report.policies, nameOf))
        await writeFile(join(plots, name), plot);
    }
    return 0;
  } finally {
    recording.close();
  }
}

async function replayAll(
  { source, backend: choice, policies }: ReplayCommand,
  recording: Recording,
  course: ReplayCourse,
): Promise<ReplayReport> {
  limitThreads();
  const { reader, seed } = recording;
  const { checkpoint: first } = await firstCheckpoint(recording);
  const opened = await openBackend(choice);
  const embedder = await Embedder.open(opened, recording.encoders);
  const { backend } = opened.report;
  const tools = { embedder, embed: embedWith(embedder), compile: keepingCompile(opened) };
  const progress = new Progress(process.stderr);
  const reports: RunReport[] = [];
  try {
    for (const [place, policy] of policies.entries()) {
      const onProgress = (
        labels: number,
        round: number,
        at: { step: number; steps: number } | null,
      ): void => {
        const doing = at ? `round ${round}, step ${at.step} of ${at.steps}` : `label ${labels}`;
        const done = (place + labels / course.labels) / policies.length;
        // Rounds take most of the time, and labels alone move the bar.
        if (at?.step === 1) progress.note(`${policy}: round ${round} after ${labels} labels`);
        progress.show(done, `${policy}: ${doing} (${labels} of ${course.labels} labels)`);
      };
      const common = { recorded: reader, seed, first, backend, ...tools };
      reports.push(reportOf(await runPolicy(course, { policy, ...common, onProgress })));
    }
  } finally {
    progress.end();
    embedder.dispose();
  }
  return {
    project: source.project,
    backend,
    seed,
    labels: course.labels,
    groupsOfRounds: course.groups,
    roundSteps: course.roundSteps,
    classes: course.classes,
    policies: reports,
  };
}
