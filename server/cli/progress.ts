/**
 * A progress bar on a terminal; a line every ten percent elsewhere.
 */
const WIDTH = 24;

export class Progress {
  readonly #out: NodeJS.WriteStream;
  #tenth = -1;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  /** @param share done, 0 to 1. */
  show(share: number, text: string): void {
    const done = Math.min(1, Math.max(0, share));
    const tenth = Math.floor(done * 10);
    if (this.#out.isTTY) {
      const filled = Math.round(done * WIDTH);
      this.#out.write(
        `\r\x1b[K[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${Math.round(done * 100)} %  ${text}`,
      );
    } else if (tenth > this.#tenth) {
      this.#tenth = tenth;
      this.#out.write(`${Math.round(done * 100)} %  ${text}\n`);
    }
  }

  note(text: string): void {
    this.#out.write(this.#out.isTTY ? `\r\x1b[K${text}` : `${text}\n`);
  }

  /** Makes room for a line of output. */
  clear(): void {
    if (this.#out.isTTY) this.#out.write('\r\x1b[K');
  }

  end(): void {
    if (this.#out.isTTY) this.#out.write('\n');
  }
}
