// npm run bench: figures with ratios against a named rival, in one run. Tests never assert on time; these only print it.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { NODE, ROOT, orSay, setUp } from './set-up.js'

await orSay(setUp())
const only = process.argv[2]
for (const file of readdirSync(join(ROOT, 'bench'))
  .filter((name) => name.endsWith('.bench.ts'))
  .sort()) {
  if (only && !file.includes(only)) continue
  const { status } = spawnSync(NODE, [join(ROOT, 'bench', file)], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
