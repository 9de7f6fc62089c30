// npm run soak: the tests that take a sample in `npm test`, on everything: every crash point, thousands of seeds. It takes most of an hour.
// Arguments go to vitest: `npm run soak -- kill` soaks those files alone.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { NODE, ROOT, become, orSay, setUp } from './set-up.js'

await orSay(setUp())

/** Those that ask whether they shall soak. */
const soakable = readdirSync(join(ROOT, 'test'), { recursive: true })
  .filter((name) => /\.test\.tsx?$/.test(name))
  .map((name) => join('test', name))
  .filter((file) => /\bSOAK\b|\bseeds\(/.test(readFileSync(join(ROOT, file), 'utf8')))
const named = process.argv.slice(2)
const files = named.length === 0 ? soakable : soakable.filter((file) => named.some((word) => file.includes(word)))

process.chdir(ROOT)
const vitest = [
  join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'),
  'run',
  '--testTimeout=3600000',
  '--hookTimeout=600000',
]
process.exitCode = await become(NODE, [...vitest, ...files], { ...process.env, SOAK: '1' })
