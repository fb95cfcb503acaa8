import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkPmr } from '../../server/cli/check-pmr.ts';

describe('counterpoise check-pmr', () => {
  it('runs the golden vectors through the product and finds them within tolerance', async () => {
    const lines: string[] = [];
    const vectors = fileURLToPath(new URL('../golden/pmr', import.meta.url));
    expect(await checkPmr(vectors, (line) => lines.push(line))).toBe(0);
    expect(lines.length).toBeGreaterThan(6);
  });
});
