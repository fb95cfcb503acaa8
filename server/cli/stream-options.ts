/**
 * The options of `counterpoise stream`, and its help.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type Micros, microsFromSeconds } from '../../proto/units.ts';
import { CliError } from '../errors.ts';
import { type LabelledSpan, parseLabels } from './labels-csv.ts';

export const STREAM_HELP = `counterpoise stream: play a clip to a running server, teach it from labels, score its answers

  --video FILE          y4m; other containers through ffmpeg when it is installed
  --audio FILE          wav; other containers through ffmpeg when it is installed
  --labels FILE.csv     columns start_s,end_s,class[,scope]; scope is both, audio or video
  --teach-until SECONDS labels that end before are sent as corrections once their span has passed; later ones only score (0)
  --learning HOW        whole: every label, encoders train; prototypes: every label, training paused;
                        frozen: the first label of each class, training paused (whole)
  --speed 1|max         1: in real time; max: as fast as the server grants credit, nothing is shed (1)
  --settle SECONDS      with --speed max: how long to wait at --teach-until for training to come to rest (30)
  --url URL             ws://host:port of the server (ws://127.0.0.1:7600, or COUNTERPOISE_URL)
  --token TOKEN         access token, where the server asks for one (COUNTERPOISE_TOKEN)
  --out FILE.jsonl      every prediction, one JSON object a line
  --name NAME           how the session is listed ("stream")

Prints progress on stderr and one JSON summary on stdout:
  {windows, accuracy: {fused, audio, video}, perClass, lagMs: {p50, p95}, shed, modelVersion, labels, settle}
A window is scored when it lies wholly inside a labelled span that was not taught.`;

const OPTIONS = {
  video: { type: 'string' },
  audio: { type: 'string' },
  labels: { type: 'string' },
  'teach-until': { type: 'string' },
  learning: { type: 'string' },
  speed: { type: 'string' },
  settle: { type: 'string' },
  url: { type: 'string' },
  token: { type: 'string' },
  out: { type: 'string' },
  name: { type: 'string' },
} as const;

export type StreamOptions = {
  readonly video: string | null;
  readonly audio: string | null;
  readonly spans: readonly LabelledSpan[];
  readonly teachUntil: Micros;
  readonly learning: 'whole' | 'prototypes' | 'frozen';
  readonly fast: boolean;
  readonly settleSeconds: number;
  readonly url: string;
  readonly token: string | null;
  readonly out: string | null;
  readonly name: string;
};

/** Reads the command line. `server` says where one is found unless the line does. @throws {CliError} ERR_CLI_OPTION, ERR_CLI_LABELS */
export async function parseStreamOptions(
  args: readonly string[],
  server: { readonly url: string; readonly token: string | null },
): Promise<StreamOptions> {
  const { values } = parseOptions(args);
  if (!values.video && !values.audio)
    throw option('neither --video nor --audio is given', 'at least one of them');
  const labels = values.labels
    ? parseLabels(await readFile(values.labels, 'utf8').catch(unreadable(values.labels)))
    : [];
  return {
    video: values.video ?? null,
    audio: values.audio ?? null,
    spans: labels,
    teachUntil: microsFromSeconds(seconds('--teach-until', values['teach-until'] ?? '0')),
    learning: oneOf('--learning', values.learning ?? 'whole', ['whole', 'prototypes', 'frozen']),
    fast: oneOf('--speed', values.speed ?? '1', ['1', 'max']) === 'max',
    settleSeconds: seconds('--settle', values.settle ?? '30'),
    url: values.url ?? server.url,
    token: values.token ?? server.token,
    out: values.out ?? null,
    name: values.name ?? 'stream',
  };
}

function parseOptions(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true });
  } catch (cause) {
    throw new CliError(
      'ERR_CLI_OPTION',
      `${cause instanceof Error ? cause.message : cause}; see counterpoise stream --help`,
      { cause },
    );
  }
}

const option = (seen: string, expected: string): CliError =>
  new CliError('ERR_CLI_OPTION', `${seen}, expected ${expected}; see counterpoise stream --help`);

const unreadable =
  (file: string) =>
  (cause: unknown): never => {
    throw new CliError(
      'ERR_CLI_LABELS',
      `${file} cannot be read: ${cause instanceof Error ? cause.message : cause}`,
      { cause },
    );
  };

function seconds(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw option(`${name} is "${text}"`, 'seconds, 0 or more');
  return value;
}

function oneOf<T extends string>(name: string, text: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text);
  if (found === undefined) throw option(`${name} is "${text}"`, choices.join(' or '));
  return found;
}
