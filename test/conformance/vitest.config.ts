import { defineConfig } from 'vitest/config';

/** `npm run conformance`: the requirements for all profiles, written down in docs/conformance.md. */
export default defineConfig({
  test: {
    root: '.',
    include: ['test/conformance/report.run.ts'],
    globalSetup: ['test/support/global-setup.ts'],
  },
});
