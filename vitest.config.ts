import { defineConfig } from 'vitest/config'

export default defineConfig({
  // React runs in production mode here, as it does in the program, and has no jsxDEV then.
  oxc: { jsx: { runtime: 'automatic', development: false } },
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    env: { TZ: 'UTC', LC_ALL: 'C.UTF-8', FORCE_COLOR: '0', NODE_ENV: 'production', RDS_CA_RUNBOOK_TEST: '1' },
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', './test/support/closing-line.ts'],
  },
})
