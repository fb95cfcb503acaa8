/**
 * A sender with Google's own WebRTC and no browser around it: @roamhq/wrtc 0.10.0, in a process of its own, since it brings down
 * whichever process it ends in.
 */
import { fork } from 'node:child_process';

const LIMIT_MS = 10_000;

export class WrtcSender {
  readonly #child = fork(new URL('./wrtc-child.ts', import.meta.url), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  /** Told of each state of its connection. */
  onState: (state: string) => void = () => undefined;
  #last = 0;
  #closed = false;

  constructor() {
    this.#child.on('message', (message) => {
      if (Array.isArray(message) && message[0] === 'state') this.onState(String(message[1]));
    });
  }

  offer(): Promise<string> {
    return this.#ask('offer');
  }

  /** Resolves when it is connected. */
  async answer(sdp: string): Promise<void> {
    await this.#ask('answer', sdp);
  }

  /** Shows the disc of `discPicture` and sounds a tone of 440 Hz, from here on. */
  play({ width = 320, height = 240, fps = 15 } = {}): void {
    this.#child.send([0, 'play', `${width} ${height} ${fps}`]);
  }

  /** Hangs up as a sender does, and ends. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.onState = () => undefined;
    this.#child.send([0, 'close']);
    await new Promise((resolve) => setTimeout(resolve, 100)); // its farewell leaves on a thread of its own
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await gone;
  }

  #ask(method: 'offer' | 'answer', argument = ''): Promise<string> {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      const limit = setTimeout(
        () => reject(new Error(`wrtc has not done ${method} in ${LIMIT_MS} ms`)),
        LIMIT_MS,
      );
      const onMessage = (message: unknown): void => {
        if (!Array.isArray(message) || message[0] !== id) return;
        clearTimeout(limit);
        this.#child.off('message', onMessage);
        resolve(String(message[1]));
      };
      this.#child.on('message', onMessage);
      this.#child.send([id, method, argument]);
    });
  }
}
