import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'threads',
    // By default one core is left for whoever watches.
    maxWorkers: '100%',
    testTimeout: 120_000,
  },
});
