import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/targets/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts', 'test/targets/support/global-setup.ts'],
    fileParallelism: false, // each file starts applications of several hundred MB
    testTimeout: 60_000,
    hookTimeout: 180_000,
  },
});
