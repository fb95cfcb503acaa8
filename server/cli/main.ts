/**
 * The command line: `counterpoise COMMAND`. Sets the exit code; 2 means that the command line itself does not fit.
 */
import { CodedError } from '../../proto/errors.ts';
import { configHelp, readClientConfig } from '../config.ts';

const HELP = `counterpoise: live audio-video classification that learns your classes from your corrections

  counterpoise serve [options]       start the server and print its address
  counterpoise stream [options]      play a clip to a running server, teach and score it
  counterpoise rebuild [options]     train every version again from the labels, compare the weights bit for bit
  counterpoise replay [options]      score training policies on a project's labels, each before it is learned
  counterpoise forget [options]      delete every label that touches a span, and what was learned from it
  counterpoise check-pmr FOLDER      run golden vectors of PMR through the product's own functions
  counterpoise doctor [--json]       every part, its state, and what to do about it
  counterpoise help [COMMAND]        this text, or a command's options`;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

type Command = {
  readonly help: () => Promise<string>;
  readonly run: (args: readonly string[]) => Promise<number>;
};

// Each command's modules are loaded when it is asked for: `help` must not wait for native libraries.
const COMMANDS: Readonly<Record<string, Command>> = {
  serve: {
    help: async () => `counterpoise serve: start the server and print its address\n\n${configHelp()}`,
    run: async (args) => (await import('../main.ts')).serve(args),
  },
  stream: {
    help: async () => (await import('./stream-options.ts')).STREAM_HELP,
    run: async (args) => {
      const { parseStreamOptions } = await import('./stream-options.ts');
      const { stream } = await import('./stream.ts');
      await stream(await parseStreamOptions(args, readClientConfig()), print);
      return 0;
    },
  },
  rebuild: {
    help: async () => (await import('./rebuild.ts')).REBUILD_HELP,
    run: async (args) => {
      const { parseRebuild, rebuild } = await import('./rebuild.ts');
      return rebuild(parseRebuild(args), print);
    },
  },
  replay: {
    help: async () => (await import('./replay.ts')).REPLAY_HELP,
    run: async (args) => {
      const { parseReplay, replay } = await import('./replay.ts');
      return replay(parseReplay(args), print);
    },
  },
  forget: {
    help: async () => (await import('./forget.ts')).FORGET_HELP,
    run: async (args) => {
      const { forget, parseForget } = await import('./forget.ts');
      return forget(parseForget(args, readClientConfig()), print);
    },
  },
  'check-pmr': {
    help: async () =>
      'counterpoise check-pmr FOLDER: largest error per field and file; exit code 1 beyond tolerance',
    run: async ([folder, ...rest]) => {
      if (!folder || rest.length > 0) return usage('check-pmr takes one folder');
      return (await import('./check-pmr.ts')).checkPmr(folder, print);
    },
  },
};

function usage(fault: string): number {
  process.stderr.write(`counterpoise: ${fault}\n\n${HELP}\n`);
  return 2;
}

async function main([name = 'help', ...args]: readonly string[]): Promise<number> {
  const command = COMMANDS[name];
  if (command) {
    if (!args.includes('--help')) return command.run(args);
    print(await command.help());
    return 0;
  }
  if (name !== 'help' && name !== '--help') return usage(`there is no command "${name}"`);
  const topic = COMMANDS[args[0] ?? ''];
  print(topic ? await topic.help() : HELP);
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof CodedError)) throw error;
  process.stderr.write(`counterpoise: ${error.message} (${error.code})\n`);
  process.exitCode = 1;
}
