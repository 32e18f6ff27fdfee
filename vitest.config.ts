import { defineConfig } from 'vitest/config';

// Three suites: `quick` is what `npm test` runs while one works; `deep` packs and installs the package, replays every capture
// with evidence taken away, and fuzzes; `live` reads a real control plane. .ci/run runs them all.
const deep = ['test/**/*.deep.test.ts'];
const live = ['test/**/*.live.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'quick',
          // Only what hangs is ended: machines are shared, and slow is no fault.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts', 'tools/**/*.test.ts', 'bench/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**', ...deep, ...live],
        },
      },
      { test: { name: 'deep', include: deep, testTimeout: 600_000, hookTimeout: 600_000 } },
      {
        test: {
          name: 'live',
          include: live,
          globalSetup: ['test/live/setup.ts'],
          // Every file brings up a control plane of its own, and two at a time are more than a small machine carries.
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
