/**
 * Rendered windows of one sense, kept in a folder: a reel is rendered once for all cells, orders and scenarios that read it.
 * A file is one row after the other, under a hash of the code and options that made it.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pid } from 'node:process';
import { MEL_VALUES, OLDER_BYTES, PICTURE_BYTES } from '../../../../src/features/spec.ts';
import { cellKey } from '../code-key.ts';
import { type PictureReelOptions, type PictureWindow, pictureReel } from './picture.ts';
import { type SoundReelOptions, soundReel } from './sound.ts';

const ROW = PICTURE_BYTES + OLDER_BYTES;

export class Reels {
  readonly #folder: string;
  readonly #code: string;
  readonly #sounds = new Map<string, Promise<readonly Float32Array[]>>();
  readonly #pictures = new Map<string, Promise<readonly PictureWindow[]>>();

  /** @param code hash of the code that renders: other code, other files. */
  constructor(folder: string, code: string) {
    this.#folder = folder;
    this.#code = code;
  }

  /** Log-mel windows; the same arrays for the same options. */
  sounds(options: SoundReelOptions): Promise<readonly Float32Array[]> {
    return this.#once(this.#sounds, options, async (key) => {
      const bytes = await this.#bytes(key, () => {
        const reel = soundReel(options);
        const values = new Float32Array(reel.length * MEL_VALUES);
        reel.forEach((mel, i) => {
          values.set(mel, i * MEL_VALUES);
        });
        return new Uint8Array(values.buffer);
      });
      const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
      const count = values.length / MEL_VALUES;
      return Array.from({ length: count }, (_, i) => values.subarray(i * MEL_VALUES, (i + 1) * MEL_VALUES));
    });
  }

  /** Picture windows; the same arrays for the same options. */
  pictures(options: PictureReelOptions): Promise<readonly PictureWindow[]> {
    return this.#once(this.#pictures, options, async (key) => {
      const bytes = await this.#bytes(key, () => {
        const reel = pictureReel(options);
        const rows = new Uint8Array(reel.length * ROW);
        reel.forEach(({ rgb, older }, i) => {
          rows.set(rgb, i * ROW);
          rows.set(older, i * ROW + PICTURE_BYTES);
        });
        return rows;
      });
      return Array.from({ length: bytes.length / ROW }, (_, i) => {
        const row = bytes.subarray(i * ROW, (i + 1) * ROW);
        return { rgb: row.subarray(0, PICTURE_BYTES), older: row.subarray(PICTURE_BYTES) };
      });
    });
  }

  #once<T>(known: Map<string, Promise<T>>, options: object, make: (key: string) => Promise<T>): Promise<T> {
    const key = cellKey(this.#code, options);
    const made = known.get(key) ?? make(key);
    known.set(key, made);
    return made;
  }

  /** A file of that name, or what `render` gives, kept. A copy of its own: aligned, and no part of a shared pool. */
  async #bytes(key: string, render: () => Uint8Array): Promise<Uint8Array> {
    const path = join(this.#folder, `${key}.reel`);
    try {
      return Uint8Array.from(await readFile(path));
    } catch {
      const bytes = render();
      await mkdir(this.#folder, { recursive: true });
      await writeFile(`${path}.${pid}`, bytes);
      await rename(`${path}.${pid}`, path);
      return bytes;
    }
  }
}
