/** How much has been written: for progress, so it is quick and never throws. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const DEEPEST = 6; // a download or an unpacked archive; a header tree below that says nothing

/**
 * @param {string} path a file or folder, may vanish while it is read
 * @param {number} [depth]
 * @returns {number} bytes
 */
export function sizeOf(path, depth = DEEPEST) {
  try {
    const stat = statSync(path);
    if (!stat.isDirectory()) return stat.size;
    if (depth === 0) return 0;
    return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name), depth - 1), 0);
  } catch {
    return 0;
  }
}
