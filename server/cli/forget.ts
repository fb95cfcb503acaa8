/**
 * `counterpoise forget`: deletes what was learned from a span of a session, through the running server.
 */
import { ulid } from 'ulid';
import { LIMITS } from '../../proto/limits.ts';
import { type Micros, micros, microsFromSeconds } from '../../proto/units.ts';
import { CliError } from '../errors.ts';
import { parseFlags } from './project-options.ts';
import { WireClient } from './wire-client.ts';

export const FORGET_HELP = `counterpoise forget --session ID --from SECONDS --to SECONDS: delete every label that touches a span

  --session ID          as the page's address has it after ?watch=, or the journal
  --from, --to SECONDS  media time of that session
  --url URL             ws://host:port of the server (ws://127.0.0.1:7600, or COUNTERPOISE_URL)
  --token TOKEN         access token, where the server asks for one (COUNTERPOISE_TOKEN)

Labels go whole, undone ones too, with their features on the disk and every model version that learned from them; the model
goes back to the newest version that did not, and learns again from what is left. This cannot be undone.`;

export type ForgetCommand = {
  readonly sessionId: string;
  readonly start: Micros;
  readonly end: Micros;
  readonly url: string;
  readonly token: string | null;
};

const option = (seen: string, expected: string): CliError =>
  new CliError('ERR_CLI_OPTION', `${seen}, expected ${expected}; see counterpoise forget --help`);

function moment(name: string, text: string | undefined): Micros {
  const seconds = Number(text);
  if (text === undefined || text === '' || !Number.isFinite(seconds) || seconds < 0)
    throw option(
      text === undefined ? `--${name} is not given` : `--${name} is "${text}"`,
      'seconds, 0 or more',
    );
  return microsFromSeconds(seconds);
}

/** @param server says where one is found unless the line does. @throws {CliError} ERR_CLI_OPTION */
export function parseForget(
  args: readonly string[],
  server: Pick<ForgetCommand, 'url' | 'token'>,
): ForgetCommand {
  const { session, from, to, url, token } = parseFlags('forget', args, [
    'session',
    'from',
    'to',
    'url',
    'token',
  ]);
  if (!session) throw option('--session is not given', 'the id of a session');
  const [start, end] = [moment('from', from), moment('to', to)];
  if (end <= start) throw option(`--to is ${to}`, `more than --from, ${from}`);
  return { sessionId: session, start, end, url: url ?? server.url, token: token ?? server.token };
}

/** As many spans as the wire takes at once. */
function* pieces({ start, end }: ForgetCommand): Generator<{ readonly start: Micros; readonly end: Micros }> {
  for (let from: number = start; from < end; from += LIMITS.spanUs)
    yield { start: micros(from), end: micros(Math.min(end, from + LIMITS.spanUs)) };
}

/** Asks the server and waits until it is done. @throws {CliError} ERR_CLI_CONNECT, ERR_CLI_CLOSED, ERR_CLI_REFUSED */
export async function forget(command: ForgetCommand, print: (line: string) => void): Promise<number> {
  const { url, token, sessionId } = command;
  const who = { sessionName: 'forget', pace: 'live', by: 'counterpoise forget', role: 'watch' } as const;
  const { client } = await WireClient.connect({ url, token, ...who });
  try {
    for (const piece of pieces(command)) {
      const id = ulid();
      const span = { sessionId, ...piece };
      const done = client.next('ack', (ack) => ack.id === id);
      const refused = client.next('error', ({ regarding }) => regarding === id);
      done.catch(() => undefined); // whichever is not awaited ends with the connection
      client.send({ type: 'forget', id, classId: '', everything: false, span });
      const answer = await Promise.race([done, refused]);
      refused.catch(() => undefined);
      if (answer.type === 'error')
        throw new CliError('ERR_CLI_REFUSED', `the server refused (${answer.code}): ${answer.message}`);
    }
    const [from, to] = [command.start, command.end].map((at) => (at / 1e6).toFixed(1));
    print(`forgotten: session ${sessionId}, ${from} to ${to} s`);
    return 0;
  } finally {
    client.close();
  }
}
