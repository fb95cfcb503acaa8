/** A whole server in this process, on a free loopback port, with a folder of its own that goes with it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../server/config.ts';
import { silentLog } from '../../server/log.ts';
import { type Running, start } from '../../server/main.ts';

export type TestServer = {
  readonly running: Running;
  /** `ws://127.0.0.1:port/ws`. */
  readonly url: string;
  readonly dataFolder: string;
  /** Stops the server and starts it again over the same folder. */
  restart(): Promise<TestServer>;
  /** Stops the server and removes its folder. */
  close(): Promise<void>;
};

/** @param args further flags, as on the command line; without them there is no WebRTC. */
export async function startServer(args: readonly string[] = [], folder?: string): Promise<TestServer> {
  const dataFolder = folder ?? (await mkdtemp(join(tmpdir(), 'counterpoise-test-')));
  const read = readConfig(
    ['--port', '0', '--rtc-port', '0', '--rtc-workers', '0', '--data', dataFolder, ...args],
    {},
  );
  if (read.type !== 'config') throw new Error('these flags ask for help, not for a server');
  const running = await start(read.config, silentLog);
  return {
    running,
    url: `ws://127.0.0.1:${running.port}/ws`,
    dataFolder,
    restart: async () => {
      await running.close();
      return startServer(args, dataFolder);
    },
    close: async () => {
      await running.close();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}
