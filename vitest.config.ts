import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import LongestFirst from './test/support/longest-first.ts'

/**
 * What keeps nothing beyond a test: its files share a process, for a new one with its imports costs more than they do. Everything that
 * changes the environment, the clock or the terminal of its process has one of its own.
 */
const SHARING = [
  'rules',
  'config',
  'steps',
  'fleet',
  'runner',
  'ui/view',
  'ui/tui/state',
  'ui/tui/keys',
  'ui/tui/scene',
]
const sharing = SHARING.flatMap((folder) => [`test/${folder}/**/*.test.ts`, `test/${folder}/**/*.test.tsx`])

/** `npm run soak` takes its time, and says how far it is. Flags would not do: projects do not take them over. */
const soaks = process.env['SOAK'] !== undefined

export default defineConfig({
  // React runs in production mode here, as it does in the program, and has no jsxDEV then.
  oxc: { jsx: { runtime: 'automatic', development: false } },
  test: {
    env: {
      TZ: 'UTC',
      LC_ALL: 'C.UTF-8',
      FORCE_COLOR: '0',
      NODE_ENV: 'production',
      RDS_CA_RUNBOOK_TEST: '1',
      // What tests start of the sources is translated once: a Region of its own process loads with a third less.
      NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules', '.cache', 'compile'),
    },
    sequence: { sequencer: LongestFirst },
    setupFiles: ['./test/support/own-ports.ts'],
    pool: 'forks',
    // One more than CI has cores: many tests wait for a server, and hold none meanwhile.
    maxWorkers: 3,
    testTimeout: soaks ? 3_600_000 : 60_000,
    hookTimeout: soaks ? 600_000 : 60_000,
    reporters: [
      ['default', { summary: !soaks }],
      ...(soaks ? ['./test/support/soak-progress.ts'] : []),
      './test/support/closing-line.ts',
    ],
    projects: [
      {
        extends: true,
        test: { name: 'own process', include: ['test/**/*.test.ts', 'test/**/*.test.tsx'], exclude: sharing },
      },
      { extends: true, test: { name: 'shared process', include: sharing, isolate: false } },
    ],
  },
})
