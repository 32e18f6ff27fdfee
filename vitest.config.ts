import { defineConfig } from 'vitest/config';

// Two suites: `quick` is what `npm test` runs while one works; `deep` packs and installs the package, replays every capture
// with evidence taken away, and fuzzes; `npm run test:deep` and .ci/run add it.
const deep = ['test/**/*.deep.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'quick',
          include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts', 'tools/**/*.test.ts', 'bench/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**', ...deep],
        },
      },
      { test: { name: 'deep', include: deep, testTimeout: 600_000, hookTimeout: 600_000 } },
    ],
  },
});
