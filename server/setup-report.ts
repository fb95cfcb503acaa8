/** What the set-up (`deploy/setup`) found out about a native part. */
import { readFile } from 'node:fs/promises';

const FILE = new URL('../node_modules/.counterpoise/native.json', import.meta.url);

export type SetupPart = {
  readonly detail: string;
  /** What would give it, or give it faster; empty where nothing is to be done. */
  readonly remedy: string;
  /** Where its program or library is; empty where it has none, or it could not be had. */
  readonly path: string;
};

const NONE: SetupPart = { detail: '', remedy: '', path: '' };

/** All fields empty where the set-up has not run. */
export async function readSetupPart(name: 'tfjsNode' | 'mediasoup'): Promise<SetupPart> {
  try {
    const parsed: unknown = JSON.parse(await readFile(FILE, 'utf8'));
    const part: unknown = typeof parsed === 'object' && parsed !== null && Reflect.get(parsed, name);
    if (typeof part !== 'object' || part === null) return NONE;
    const textOf = (field: keyof SetupPart): string => {
      const value: unknown = Reflect.get(part, field);
      return typeof value === 'string' ? value : '';
    };
    return { detail: textOf('detail'), remedy: textOf('remedy'), path: textOf('path') };
  } catch {
    return NONE;
  }
}
