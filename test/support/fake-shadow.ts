/** A shadow without a process: figures come when the test says so. */
import type { Shadow, ShadowEvents, ShadowProgress } from '../../server/shadow/ports.ts';

export class FakeShadow {
  /** Each call to `follow` of the shadow that runs. */
  readonly followed: { readonly upTo: number; readonly yields: boolean }[] = [];
  starts = 0;
  running = false;
  #events: ShadowEvents | null = null;

  start(events: ShadowEvents): Shadow {
    this.starts++;
    this.running = true;
    this.#events = events;
    return {
      follow: (upTo, yields) => void this.followed.push({ upTo, yields }),
      close: async () => {
        this.running = false;
      },
    };
  }

  tell(progress: ShadowProgress): void {
    this.#events?.onProgress(progress);
  }

  fail(reason: string): void {
    this.#events?.onFailed(reason);
  }
}
