import { defineConfig } from 'vitest/config';

const APPS = ['test/targets/**']; // these need real applications: npm run test:targets
/** What has no tables of ours, or starts processes with a database of their own: the same on partitioned tables. */
const WITHOUT_TABLES = [
  'test/plan/**',
  'test/connectors/**',
  'test/sandbox/**',
  'test/demo/**',
  'test/bench/**',
  'test/cli/**',
  'test/console/**',
  'test/help/**',
  'test/roster/{csv,error-file,examples,profile,propose,rows,values,xml,brakes}*.test.ts',
  'test/scim/hostile-time.test.ts',
  'test/database/{embedded,recovery,outage}*.test.ts',
  'test/end-to-end/{crash,first-run,guard-crash,npm-start}.test.ts',
  'test/invite/crash.test.ts',
];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: process.env['GANGWAY_TEST_PARTITIONED'] === '1' ? [...APPS, ...WITHOUT_TABLES] : APPS,
    globalSetup: ['test/support/global-setup.ts'],
    maxWorkers: 3,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
