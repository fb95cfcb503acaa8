/** How a helper process of the gateway ends: by itself when its channel closes, by force if that takes too long. */
import type { ChildProcess } from 'node:child_process';

/** None of them has anything to save; a busy one may end its work and its temporary files by itself. */
const GRACE_MS = 2000;

/** Resolves when the process has ended; at once where there is none. */
export async function endChild(child: ChildProcess | null): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  if (child.connected) child.disconnect();
  const kill = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  await exited;
  clearTimeout(kill);
}
