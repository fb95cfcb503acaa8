/** Results of cells in a folder, one file each: a bench that was stopped goes on where it was. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pid } from 'node:process';

export class CellStore<T> {
  readonly #folder: string;
  readonly #isResult: (value: unknown) => value is T;

  /** @param isResult what a stored file must hold; another one counts as never run. */
  constructor(folder: string, isResult: (value: unknown) => value is T) {
    this.#folder = folder;
    this.#isResult = isResult;
  }

  /** The stored result, or that of `run`, stored as soon as it is there. */
  async result(
    key: string,
    run: () => Promise<T>,
  ): Promise<{ readonly result: T; readonly stored: boolean }> {
    const known = await this.#read(key);
    if (known !== null) return { result: known, stored: true };
    const result = await run();
    await this.#write(key, result);
    return { result, stored: false };
  }

  async #read(key: string): Promise<T | null> {
    try {
      const value: unknown = JSON.parse(await readFile(this.#path(key), 'utf8'));
      return this.#isResult(value) ? value : null;
    } catch {
      return null; // not there, or cut off while it was written: it is run again
    }
  }

  async #write(key: string, result: T): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const draft = `${this.#path(key)}.${pid}`;
    await writeFile(draft, JSON.stringify(result));
    await rename(draft, this.#path(key));
  }

  #path(key: string): string {
    return join(this.#folder, `${key}.json`);
  }
}
