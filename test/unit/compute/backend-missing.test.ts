import { describe, expect, it, vi } from 'vitest';

import { openBackend } from '../../../server/compute/backend.ts';

vi.mock('@tensorflow/tfjs-node', () => {
  throw new Error('no addon here');
});
vi.mock('@tensorflow/tfjs-backend-wasm', () => ({}));

describe('openBackend, where not even WebAssembly is there', () => {
  it.each(['auto', 'wasm'] as const)('rejects %s with ERR_COMPUTE_BACKEND', async (choice) => {
    await expect(openBackend(choice)).rejects.toMatchObject({ code: 'ERR_COMPUTE_BACKEND' });
  });
});
