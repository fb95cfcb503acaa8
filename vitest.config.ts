import { defineConfig } from 'vitest/config';

/** Integration tests that compute rather than wait: none of them measures time, so two of them share the processors. */
const TRAINING =
  'test/integration/{adapter-round,cli-stream*,compute-contract,compute-process,learning,recorded-project,shadow,steady-scenes,trainer}.test.ts';

/** Four projects, fastest first: pure units and laws, real processes on loopback, those that train, a real browser. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.{ts,tsx}', 'test/golden/**/*.test.ts', 'test/architecture.test.ts'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          exclude: [TRAINING],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'training',
          include: [TRAINING],
          testTimeout: 600_000,
          hookTimeout: 240_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
